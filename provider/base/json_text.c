/* SPDX-License-Identifier: MIT */
/*
 * json_text.c - see json_text.h.
 */
#include "provider/base/json_text.h"

#include <stdio.h>
#include <string.h>

#include "provider/base/text.h"

#define REPLACEMENT 0xfffd

/* One character of UTF-8 (RFC 3629) and how many bytes it has. */
static uint32_t
decode(const unsigned char *text, size_t *n)
{
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = text[0] < 0x80   ? 1
                  : text[0] < 0xc2 ? 0
                  : text[0] < 0xe0 ? 2
                  : text[0] < 0xf0 ? 3
                  : text[0] < 0xf5 ? 4
                                   : 0;
    uint32_t character = size > 1 ? text[0] & (0xffu >> (size + 1)) : text[0];

    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80)
            size = 0;
        else
            character = character << 6 | (text[i] & 0x3fu);
    }
    *n = size ? size : 1;
    if (!size || character < LEAST[size] || character > 0x10ffff ||
        (character >= 0xd800 && character <= 0xdfff))
        return REPLACEMENT;
    return character;
}

static bool
put_unit(struct secret *out, unsigned unit)
{
    char text[8];

    (void)snprintf(text, sizeof text, "\\u%04x", unit & 0xffffu);
    return secret_append_text(out, text);
}

static bool
put_escaped(struct secret *out, uint32_t character)
{
    static const char ESCAPED[] = "\"\\\n\r\t", AS[] = "\"\\nrt";
    const char *found =
        character && character < 0x80 ? strchr(ESCAPED, (int)character) : NULL;
    char pair[2] = {'\\'};

    if (found) {
        pair[1] = AS[found - ESCAPED];
        return secret_append(out, pair, 2);
    }
    if (character > 0xffff)
        return put_unit(out, (character - 0x10000) / 0x400 + 0xd800) &&
               put_unit(out, (character - 0x10000) % 0x400 + 0xdc00);
    return put_unit(out, character);
}

bool
json_put_text(struct secret *out, const char *text)
{
    bool good = secret_append(out, "\"", 1);

    while (good && *text) {
        size_t n = 0;

        while (text[n] >= 0x20 && text[n] <= 0x7e && text[n] != '"' &&
               text[n] != '\\')
            n++;
        if (n) {
            good = secret_append(out, text, n);
        } else {
            uint32_t character = decode((const unsigned char *)text, &n);

            good = put_escaped(out, character);
        }
        text += n;
    }
    return good && secret_append(out, "\"", 1);
}

bool
json_put_number(struct secret *out, int64_t number)
{
    char text[24];
    const char *end = text_put_int64(text, number);

    return secret_append(out, text, (size_t)(end - text));
}

bool
json_put_name(struct secret *out, const char *name)
{
    char last = out->len ? out->bytes[out->len - 1] : '{';

    return (last == '{' || last == '[' || secret_append(out, ",", 1)) &&
           json_put_text(out, name) && secret_append(out, ":", 1);
}

bool
json_put_text_member(struct secret *out, const char *name, const char *text)
{
    return json_put_name(out, name) && json_put_text(out, text);
}

bool
json_put_number_member(struct secret *out, const char *name, int64_t number)
{
    return json_put_name(out, name) && json_put_number(out, number);
}

bool
json_put_raw_member(struct secret *out, const char *name, const char *raw)
{
    return json_put_name(out, name) && secret_append_text(out, raw);
}
