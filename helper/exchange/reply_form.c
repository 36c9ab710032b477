/* SPDX-License-Identifier: MIT */
/*
 * reply_form.c - see reply_form.h.  Fields are split before they are decoded;
 * the JSON reader refuses what decoding brings to light (bad UTF-8, a name
 * twice).
 */
#include "helper/exchange/reply_form.h"

#include <stdio.h>
#include <string.h>

#include "provider/base/secret.h"
#include "provider/base/text.h"

#define JSON_MAX (1024 * 1024)

static int
hex_digit(char c)
{
    static const char DIGITS[] = "0123456789abcdef";
    const char *at;

    if (c >= 'A' && c <= 'F')
        c = (char)(c - 'A' + 'a');
    at = c ? strchr(DIGITS, c) : NULL;
    return at ? (int)(at - DIGITS) : -1;
}

static bool
add_byte(struct secret *out, char byte)
{
    char escape[7];

    if (byte != '"' && byte != '\\' && (unsigned char)byte >= 0x20)
        return secret_append(out, &byte, 1);
    (void)snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)byte);
    return secret_append(out, escape, 6);
}

/* Decodes @text into a JSON string. */
static bool
add_string(struct secret *out, const char *text, size_t n)
{
    bool good = secret_append(out, "\"", 1);

    for (size_t i = 0; good && i < n; i++) {
        char byte = text[i] == '+' ? ' ' : text[i];

        if (byte == '%') {
            int high = n - i > 2 ? hex_digit(text[i + 1]) : -1;
            int low = high < 0 ? -1 : hex_digit(text[i + 2]);

            if (low < 0)
                return false;
            byte = (char)(high * 16 + low);
            i += 2;
        }
        good = add_byte(out, byte);
    }
    return good && secret_append(out, "\"", 1);
}

static bool
add_field(struct secret *out, const char *field, size_t n)
{
    const char *equals = memchr(field, '=', n);
    size_t name = equals ? (size_t)(equals - field) : 0;

    return name && (out->len == 1 || secret_append(out, ",", 1)) &&
           add_string(out, field, name) && secret_append(out, ":", 1) &&
           add_string(out, equals + 1, n - name - 1);
}

struct json *
reply_form_read(const char *text, size_t n)
{
    AUTO_SECRET json = SECRET_INIT(JSON_MAX);
    size_t fields = 0;

    while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        n--;
    if (!n || !text_is_line(text, n) || !secret_append(&json, "{", 1))
        return NULL;
    for (size_t at = 0; at < n; fields++) {
        const char *end = memchr(text + at, '&', n - at);
        size_t length = end ? (size_t)(end - text) - at : n - at;

        if (fields == REPLY_FORM_FIELDS_MAX ||
            !add_field(&json, text + at, length))
            return NULL;
        at += length + 1;
    }
    return secret_append(&json, "}", 1)
               ? json_read(secret_text(&json), json.len)
               : NULL;
}
