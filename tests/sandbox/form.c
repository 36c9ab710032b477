/* SPDX-License-Identifier: MIT */
/*
 * form.c - see form.h.  Fields are split before they are decoded: an encoded
 * '&' or '=' is part of a value.
 */
#include "tests/sandbox/form.h"

#include <stdio.h>

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool
url_decode(char *text, size_t *n, bool plus)
{
    size_t out = 0;

    for (size_t in = 0; in < *n; in++, out++) {
        int high, low;

        text[out] = text[in];
        if (plus && text[in] == '+')
            text[out] = ' ';
        if (text[in] != '%')
            continue;
        if (*n - in < 3)
            return false;
        high = hex_digit(text[in + 1]);
        low = hex_digit(text[in + 2]);
        if (high < 0 || low < 0)
            return false;
        text[out] = (char)(high * 16 + low);
        in += 2;
    }
    *n = out;
    return true;
}

bool
url_encode(struct secret *out, struct span value)
{
    static const char UNRESERVED[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~";

    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.bytes[i];
        char text[sizeof "%XX"];

        (void)snprintf(text, sizeof text,
                       c && strchr(UNRESERVED, c) ? "%c" : "%%%02X", c);
        if (!secret_append_text(out, text))
            return false;
    }
    return true;
}

static bool
add_field(struct form *form, char *text, size_t n)
{
    char *equals = memchr(text, '=', n);
    size_t name_len = equals ? (size_t)(equals - text) : n;
    size_t value_len = equals ? n - name_len - 1 : 0;
    char *value = equals ? equals + 1 : text + n;

    if (n == 0) /* "a=1&&b=2" */
        return true;
    if (form->n == FORM_FIELDS_MAX || !url_decode(text, &name_len, true) ||
        !url_decode(value, &value_len, true))
        return false;
    form->fields[form->n].name = (struct span){text, name_len};
    form->fields[form->n].value = (struct span){value, value_len};
    form->n++;
    return true;
}

bool
form_parse(struct form *form, char *text, size_t n)
{
    form->n = 0;
    while (n) {
        char *end = memchr(text, '&', n);
        size_t len = end ? (size_t)(end - text) : n;
        size_t taken = end ? len + 1 : len;

        if (!add_field(form, text, len))
            return false;
        text += taken;
        n -= taken;
    }
    return true;
}

struct span
form_value(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->n; i++) {
        if (form->fields[i].value.len && span_is(form->fields[i].name, name))
            return form->fields[i].value;
    }
    return (struct span){NULL, 0};
}

bool
form_repeats(const struct form *form, const char *name)
{
    size_t seen = 0;

    for (size_t i = 0; i < form->n; i++)
        seen += span_is(form->fields[i].name, name);
    return seen > 1;
}
