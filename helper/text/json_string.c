/* SPDX-License-Identifier: MIT */
/*
 * json_string.c - see json_string.h.
 */
#include "helper/text/json_string.h"

#include <string.h>

#define FNV_OFFSET 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

bool
json_take(struct json_cursor *cursor, char wanted)
{
    if (cursor->at >= cursor->end || *cursor->at != (unsigned char)wanted)
        return false;
    cursor->at++;
    return true;
}

/* A name ends at its first NUL, as json-c has it. */
static void
add_byte(struct json_cursor *cursor, struct json_name *facts, unsigned byte)
{
    if (facts)
        facts->has_nul = facts->has_nul || byte == 0;
    if (facts && facts->has_nul)
        return;
    cursor->bytes++;
    if (facts)
        facts->hash = (facts->hash ^ byte) * FNV_PRIME;
}

static void
add_character(struct json_cursor *cursor, struct json_name *facts,
              uint32_t character)
{
    if (character < 0x80) {
        add_byte(cursor, facts, character);
    } else if (character < 0x800) {
        add_byte(cursor, facts, 0xc0 | character >> 6);
        add_byte(cursor, facts, 0x80 | (character & 0x3f));
    } else if (character < 0x10000) {
        add_byte(cursor, facts, 0xe0 | character >> 12);
        add_byte(cursor, facts, 0x80 | (character >> 6 & 0x3f));
        add_byte(cursor, facts, 0x80 | (character & 0x3f));
    } else {
        add_byte(cursor, facts, 0xf0 | character >> 18);
        add_byte(cursor, facts, 0x80 | (character >> 12 & 0x3f));
        add_byte(cursor, facts, 0x80 | (character >> 6 & 0x3f));
        add_byte(cursor, facts, 0x80 | (character & 0x3f));
    }
}

static bool
take_hex(struct json_cursor *cursor, uint32_t *out)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        static const char DIGITS[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit;

        if (cursor->at >= cursor->end || !*cursor->at ||
            !(digit = strchr(DIGITS, *cursor->at)))
            return false;
        value = value << 4 | ((uint32_t)(digit - DIGITS) & 15);
        cursor->at++;
    }
    *out = value;
    return true;
}

static bool
read_escape(struct json_cursor *cursor, struct json_name *facts)
{
    static const char NAMES[] = "\"\\/bfnrt", VALUES[] = "\"\\/\b\f\n\r\t";
    uint32_t high, low;
    const char *name;

    if (json_take(cursor, 'u')) {
        if (!take_hex(cursor, &high) || (high >= 0xdc00 && high <= 0xdfff))
            return false;
        if (high >= 0xd800 && high <= 0xdbff) {
            if (!json_take(cursor, '\\') || !json_take(cursor, 'u') ||
                !take_hex(cursor, &low) || low < 0xdc00 || low > 0xdfff)
                return false;
            cursor->pairs++;
            high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        }
        add_character(cursor, facts, high);
        return true;
    }
    if (cursor->at >= cursor->end || !*cursor->at ||
        !(name = strchr(NAMES, *cursor->at)))
        return false;
    add_byte(cursor, facts, (unsigned char)VALUES[name - NAMES]);
    cursor->at++;
    return true;
}

/* One character of more than one byte (RFC 3629): shortest form, no
 * surrogates, nothing above U+10FFFF. */
static bool
read_utf8(struct json_cursor *cursor, struct json_name *facts)
{
    unsigned first = *cursor->at;
    size_t n = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    uint32_t value = first & (0x3fu >> n);

    if (first < 0xc2 || first > 0xf4 ||
        (size_t)(cursor->end - cursor->at) <= n)
        return false;
    for (size_t i = 1; i <= n; i++) {
        if ((cursor->at[i] & 0xc0) != 0x80)
            return false;
        value = value << 6 | (cursor->at[i] & 0x3f);
    }
    if ((n == 2 && value < 0x800) || (n == 3 && value < 0x10000) ||
        value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return false;
    add_character(cursor, facts, value);
    cursor->at += n + 1;
    return true;
}

/* Is one of eight bytes no plain character of a string?  In each byte's top
 * bit: what was there, and what a subtraction has borrowed. */
static bool
has_special(const unsigned char *bytes)
{
    const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
    uint64_t word, quote, escape;

    memcpy(&word, bytes, sizeof word);
    quote = word ^ ones * '"';
    escape = word ^ ones * '\\';
    return ((word | (word - ones * 0x20) | (quote - ones) | (escape - ones)) &
            tops) != 0;
}

/* Over what stands for itself, which is nearly all of a token. */
static void
skip_plain(struct json_cursor *cursor)
{
    const unsigned char *at = cursor->at;

    while (cursor->end - at >= 8 && !has_special(at))
        at += 8;
    while (at < cursor->end && *at >= 0x20 && *at < 0x80 && *at != '"' &&
           *at != '\\')
        at++;
    cursor->bytes += (size_t)(at - cursor->at);
    cursor->at = at;
}

bool
json_take_string(struct json_cursor *cursor, struct json_name *facts)
{
    if (facts)
        *facts = (struct json_name){.hash = FNV_OFFSET};
    if (!json_take(cursor, '"'))
        return false;
    if (!facts)
        skip_plain(cursor);
    while (cursor->at < cursor->end) {
        unsigned char byte = *cursor->at;

        if (byte == '"') {
            cursor->at++;
            return true;
        }
        if (byte < 0x20)
            return false;
        if (byte == '\\') {
            cursor->at++;
            if (!read_escape(cursor, facts))
                return false;
        } else if (byte < 0x80) {
            add_byte(cursor, facts, byte);
            cursor->at++;
        } else if (!read_utf8(cursor, facts)) {
            return false;
        }
    }
    return false;
}
