/* SPDX-License-Identifier: MIT */
/*
 * json_quoted.h - a text of JSON in its quotes, decoded where it stands.
 */
#ifndef TW_BASE_JSON_QUOTED_H
#define TW_BASE_JSON_QUOTED_H

/* json_quoted_take: the text whose first quote is at *@at, NUL-ended; *@at is
 * then behind its last quote.  NULL, and *@at is where it was: the text does
 * not end before @end, holds U+0000 or a control character, an escape that is
 * none, half a surrogate pair, or bytes that are no UTF-8. */
const char *json_quoted_take(char **at, char *end);

#endif
