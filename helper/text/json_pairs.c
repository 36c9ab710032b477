/* SPDX-License-Identifier: MIT */
/*
 * json_pairs.c - json-c (0.16 to 0.18 at least) takes a pair whose character
 * ends in the bits of half a pair, as U+1DE01, for a mistake, and makes it
 * U+FFFD.  So it is given none.
 */
#include "helper/text/json_pairs.h"

#include <stdint.h>

#define ESCAPE 6 /* bytes of one, as \u00e9 */

static uint32_t
hex(const char *digits)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        char digit = digits[i];

        value = value << 4 | (uint32_t)(digit <= '9'   ? digit - '0'
                                        : digit >= 'a' ? digit - 'a' + 10
                                                       : digit - 'A' + 10);
    }
    return value;
}

/* The character of the pair at @at, or 0: there is none. */
static uint32_t
pair_at(const char *at, const char *end)
{
    uint32_t high;

    if (end - at < 2 * ESCAPE || at[1] != 'u')
        return 0;
    high = hex(at + 2);
    if (high < 0xd800 || high > 0xdbff)
        return 0;
    return 0x10000 + ((high - 0xd800) << 10) + (hex(at + ESCAPE + 2) - 0xdc00);
}

static bool
put(struct secret *out, uint32_t character)
{
    const char bytes[] = {(char)(0xf0 | character >> 18),
                          (char)(0x80 | (character >> 12 & 0x3f)),
                          (char)(0x80 | (character >> 6 & 0x3f)),
                          (char)(0x80 | (character & 0x3f))};

    return secret_append(out, bytes, sizeof bytes);
}

/* A backslash stands in texts alone, and what follows it is not the next. */
bool
json_pairs_write_out(const char *text, size_t n, struct secret *out)
{
    const char *end = text + n, *from = text;

    for (const char *at = text; at < end;) {
        uint32_t character = *at == '\\' ? pair_at(at, end) : 0;

        if (!character) {
            at += *at == '\\' ? 2 : 1;
            continue;
        }
        if (!secret_append(out, from, (size_t)(at - from)) ||
            !put(out, character))
            return false;
        from = at += 2 * ESCAPE;
    }
    return secret_append(out, from, (size_t)(end - from));
}
