/* SPDX-License-Identifier: MIT */
/*
 * json_pairs.h - characters beyond U+FFFF, which JSON may write as two
 * escapes (RFC 8259 7).  Private to json.c.
 */
#ifndef TW_HELPER_JSON_PAIRS_H
#define TW_HELPER_JSON_PAIRS_H

#include "provider/base/secret.h"

/* json_pairs_write_out: @text, which json_scan() let through, with each such
 * pair as the character itself.  False: out of memory. */
bool json_pairs_write_out(const char *text, size_t n, struct secret *out);

#endif
