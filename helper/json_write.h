/* SPDX-License-Identifier: MIT */
/*
 * json_write.h - a small JSON object, written straight into a secret buffer.
 */
#ifndef TW_HELPER_JSON_WRITE_H
#define TW_HELPER_JSON_WRITE_H

#include <stdint.h>

#include "provider/base/secret.h"

/* Each appends one member, with "{" or "," before it as @out wants it: begin
 * with an empty buffer, end with json_write_end().  @name and @value are
 * UTF-8.  False when the buffer's maximum is passed. */
bool json_write_text(struct secret *out, const char *name, const char *value);
bool json_write_number(struct secret *out, const char *name, int64_t value);

bool json_write_end(struct secret *out);

#endif
