/* SPDX-License-Identifier: MIT */
/*
 * json_text.h - JSON (RFC 8259), written piece by piece into a buffer.
 *
 * Nothing but ASCII comes out: other characters as \u escapes, bytes that
 * are no UTF-8 as U+FFFD.
 */
#ifndef TW_BASE_JSON_TEXT_H
#define TW_BASE_JSON_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "provider/base/secret.h"

/* json_put_text: "@text" in quotes.  False when @out is full; so do all. */
bool json_put_text(struct secret *out, const char *text);
bool json_put_number(struct secret *out, int64_t number);

/* json_put_name: a comma unless a '{' or '[' is before it, "@name" and ':'. */
bool json_put_name(struct secret *out, const char *name);

/* The same with the value: */
bool json_put_text_member(struct secret *out, const char *name,
                          const char *text);
bool json_put_number_member(struct secret *out, const char *name,
                            int64_t number);
bool json_put_raw_member(struct secret *out, const char *name,
                         const char *raw); /* true, null, [ ... */

#endif
