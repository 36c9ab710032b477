/* SPDX-License-Identifier: MIT */
/*
 * answer_file.h - an answer, kept in a file that the client has chosen.
 */
#ifndef TW_CREDENTIAL_ANSWER_FILE_H
#define TW_CREDENTIAL_ANSWER_FILE_H

#include "provider/base/error.h"
#include "provider/base/secret.h"

/* answer_file_put: @path holds @text, all of it, for its owner alone; a link
 * is replaced and not followed.  TW_E_ACCESS: no directory, or one where
 * everybody may replace what others have written; TW_E_SYSTEM.  What was there
 * is left on failure. */
enum tw_status answer_file_put(const char *path, const struct secret *text,
                               struct tw_error *err);

/* answer_file_remove: TW_OK also if there is none. */
enum tw_status answer_file_remove(const char *path, struct tw_error *err);

#endif
