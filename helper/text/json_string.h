/* SPDX-License-Identifier: MIT */
/*
 * json_string.h - one string of a JSON text, strictly: RFC 8259 7 with UTF-8
 * as RFC 3629 has it.  Private to json_scan.c.
 */
#ifndef TW_HELPER_JSON_STRING_H
#define TW_HELPER_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_cursor {
    const unsigned char *at, *end;
    size_t bytes; /* that json-c must have kept of all strings so far */
    size_t pairs; /* of escapes that are one character */
};

/* Of a member's name: a hash, and whether there is a NUL in it. */
struct json_name {
    uint64_t hash;
    bool has_nul;
};

/* json_take: over @wanted, if it comes next. */
bool json_take(struct json_cursor *cursor, char wanted);

/* json_take_string: over a string.  @facts: of a name; NULL: of a value, where
 * nobody asks.  False: it is none. */
bool json_take_string(struct json_cursor *cursor, struct json_name *facts);

#endif
