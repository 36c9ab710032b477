/* SPDX-License-Identifier: MIT */
/*
 * json_scan.h - is this text one JSON object, by RFC 8259, from the first
 * byte to the last?
 */
#ifndef TW_HELPER_JSON_SCAN_H
#define TW_HELPER_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* What a reader of it finds. */
struct json_size {
    size_t values; /* at every level */
    size_t bytes;  /* of all names and texts; a name ends at a NUL */
    size_t pairs;  /* of escapes that are one character, in them */
};

/* json_scan: also false for more than JSON_DEPTH_MAX levels or
 * JSON_VALUES_MAX values, a key twice in one object, however it is escaped
 * (errno is EEXIST then), a NUL in a key of the outermost object, bad UTF-8
 * and lone surrogates.  Time and memory grow with @n alone. */
bool json_scan(const char *text, size_t n, struct json_size *out);

#endif
