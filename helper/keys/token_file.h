/* SPDX-License-Identifier: MIT */
/*
 * token_file.h - a bare token, in a file of its own.
 */
#ifndef TW_HELPER_TOKEN_FILE_H
#define TW_HELPER_TOKEN_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* token_file_says: is @token the whole text of <@dir>/@name?  A link is not
 * followed. */
bool token_file_says(int dir, const char *name, const char *token, size_t n);

#endif
