/* SPDX-License-Identifier: MIT */
/*
 * json_quoted.c - see json_quoted.h; RFC 8259 7, RFC 3629 4.
 *
 * Decoded text is never longer than written text, so it is put where that
 * stood.
 */
#include "provider/base/json_quoted.h"

#include <stdint.h>
#include <string.h>

#define NO_UNIT UINT32_MAX

struct cursor {
    char *at, *end;
};

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits behind "\u". */
static uint32_t
take_unit(struct cursor *cursor)
{
    uint32_t unit = 0;

    if (cursor->end - cursor->at < 4)
        return NO_UNIT;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(*cursor->at++);

        if (digit < 0)
            return NO_UNIT;
        unit = unit << 4 | (uint32_t)digit;
    }
    return unit;
}

static char *
put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

/* "\u0041", or a pair of them. */
static char *
take_escaped_unit(struct cursor *cursor, char *out)
{
    uint32_t high = take_unit(cursor), low;

    if (high == NO_UNIT || high == 0 || (high >= 0xdc00 && high <= 0xdfff))
        return NULL;
    if (high < 0xd800 || high > 0xdfff)
        return put_utf8(out, high);
    if (cursor->end - cursor->at < 2 || cursor->at[0] != '\\' ||
        cursor->at[1] != 'u')
        return NULL;
    cursor->at += 2;
    low = take_unit(cursor);
    if (low == NO_UNIT || low < 0xdc00 || low > 0xdfff)
        return NULL;
    return put_utf8(out, 0x10000 + (high - 0xd800) * 0x400 + low - 0xdc00);
}

static char *
take_escape(struct cursor *cursor, char *out)
{
    static const char WRITTEN[] = "\"\\/bfnrt", MEANT[] = "\"\\/\b\f\n\r\t";
    const char *found;
    char c;

    if (cursor->at == cursor->end)
        return NULL;
    c = *cursor->at++;
    if (c == 'u')
        return take_escaped_unit(cursor, out);
    found = c ? strchr(WRITTEN, c) : NULL;
    if (!found)
        return NULL;
    *out++ = MEANT[found - WRITTEN];
    return out;
}

/* One character of UTF-8 of more than one byte (RFC 3629 4). */
static char *
take_utf8(struct cursor *cursor, char *out)
{
    unsigned char first = (unsigned char)*cursor->at;
    size_t size = first < 0xc2   ? 0
                  : first < 0xe0 ? 2
                  : first < 0xf0 ? 3
                  : first < 0xf5 ? 4
                                 : 0;
    unsigned char second;

    if (!size || (size_t)(cursor->end - cursor->at) < size)
        return NULL;
    second = (unsigned char)cursor->at[1];
    for (size_t i = 1; i < size; i++) {
        if (((unsigned char)cursor->at[i] & 0xc0) != 0x80)
            return NULL;
    }
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
        return NULL;
    memmove(out, cursor->at, size);
    cursor->at += size;
    return out + size;
}

const char *
json_quoted_take(char **at, char *end)
{
    struct cursor cursor = {.at = *at + 1, .end = end};
    char *text = cursor.at, *out = text;

    while (out && cursor.at < end && *cursor.at != '"') {
        unsigned char c = (unsigned char)*cursor.at;

        if (c < 0x20)
            return NULL;
        if (c == '\\') {
            cursor.at++;
            out = take_escape(&cursor, out);
        } else if (c < 0x80) {
            *out++ = *cursor.at++;
        } else {
            out = take_utf8(&cursor, out);
        }
    }
    if (!out || cursor.at == end)
        return NULL;
    *at = cursor.at + 1;
    *out = '\0';
    return text;
}
