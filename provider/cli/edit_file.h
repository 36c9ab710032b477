/* SPDX-License-Identifier: MIT */
/*
 * edit_file.h - which file tokenward edit is for.
 */
#ifndef TW_CLI_EDIT_FILE_H
#define TW_CLI_EDIT_FILE_H

#include <limits.h>

#include "provider/base/error.h"

/* edit_file: @word as it stands if it is a path; of a profile the file that it
 * stands in; else a file of that name among the user's, else the one of all,
 * which NULL means, too.  Nothing says that there is such a file.
 * TW_E_USAGE: the path is too long; TW_E_NOT_FOUND: nothing says where the
 * user's are. */
enum tw_status edit_file(const char *word, char out[static PATH_MAX],
                         struct tw_error *err);

#endif
