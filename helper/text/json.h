/* SPDX-License-Identifier: MIT */
/*
 * json.h - one JSON object (RFC 8259), strictly, with values by their type.
 *
 * A pre-scan refuses what json-c lets through: duplicate keys, NUL in a key,
 * raw control bytes, NaN, single quotes, malformed numbers, lone surrogates,
 * trailing data, bad UTF-8.  The only file that knows json-c is json.c.
 */
#ifndef TW_HELPER_JSON_H
#define TW_HELPER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 32
#define JSON_VALUES_MAX 16384 /* json-c takes some 100 bytes for each */

enum json_kind {
    JSON_ABSENT = 0,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json;

/* json_read: NULL when @text is no valid JSON object, passes a limit, has a
 * name twice in one object (errno is EEXIST then), or memory is short
 * (ENOMEM).  A UTF-8 byte order mark in front is skipped. */
struct json *json_read(const char *text, size_t n);
void json_free(struct json *json); /* wiped by the allocator, see wipe.c */

enum json_kind json_kind(const struct json *json, const char *key);

/* json_is_true: the literal. */
bool json_is_true(const struct json *json, const char *key);

/* json_string: borrowed, may hold NUL (so the length); NULL unless a string.
 */
const char *json_string(const struct json *json, const char *key, size_t *n);

/* json_text_at: the same further inside: @path is names and indices of arrays
 * with a dot between them, as in "errors.0.message". */
const char *json_text_at(const struct json *json, const char *path, size_t *n);

/* json_seconds: a number, or a string of 1 to 20 digits, rounded down; false
 * for another type or text.  Saturates at INT64_MAX and INT64_MIN. */
bool json_seconds(const struct json *json, const char *key, int64_t *out);

size_t json_count(const struct json *json,
                  const char *key); /* of an array, else 0 */
const char *json_item(const struct json *json, const char *key, size_t index,
                      size_t *n); /* a string of an array, or NULL */

#endif
