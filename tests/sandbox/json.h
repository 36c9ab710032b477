/* SPDX-License-Identifier: MIT */
/*
 * json.h - the little JSON that the sandbox writes.
 */
#ifndef TW_SANDBOX_JSON_H
#define TW_SANDBOX_JSON_H

#include "provider/base/secret.h"
#include "tests/sandbox/span.h"

/* json_string: appends @value quoted and escaped; false as secret_append. */
bool json_string(struct secret *out, struct span value);

/* json_member: ',' unless first, then "name":"value". */
bool json_member(struct secret *out, const char *name, struct span value);

/* json_raw_member: the same with @value as it is: 3600, "3600", null. */
bool json_raw_member(struct secret *out, const char *name, struct span value);

#endif
