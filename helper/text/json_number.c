/* SPDX-License-Identifier: MIT */
/*
 * json_number.c - decimal text comes in, its floor goes out (RFC 8259 6).
 *
 * By its digits and not by way of a double, which makes 3600 of
 * 3599.9999999999999999 and infinity of 1e400: a lifetime is never rounded
 * up, and never wraps.
 */
#include "helper/text/json_number.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define EXPONENT_MAX 1000000000 /* further away than any number has digits */

/* Digits before and behind the point, and how far the point moves. */
struct decimal {
    const char *whole, *fraction;
    size_t whole_len, fraction_len;
    int64_t exponent;
};

static int64_t
read_exponent(const char *text)
{
    bool negative = *text == '-';
    int64_t value = 0;

    text += *text == '-' || *text == '+';
    for (; *text >= '0' && *text <= '9' && value < EXPONENT_MAX; text++)
        value = value * 10 + (*text - '0');
    return negative ? -value : value;
}

static void
split(const char *text, struct decimal *out)
{
    *out = (struct decimal){.whole = text, .fraction = ""};
    out->whole_len = strspn(text, DIGITS);
    text += out->whole_len;
    if (*text == '.') {
        out->fraction = text + 1;
        out->fraction_len = strspn(text + 1, DIGITS);
        text = out->fraction + out->fraction_len;
    }
    if (*text == 'e' || *text == 'E')
        out->exponent = read_exponent(text + 1);
}

static int
digit_at(const struct decimal *decimal, size_t i)
{
    if (i < decimal->whole_len)
        return decimal->whole[i] - '0';
    return decimal->fraction[i - decimal->whole_len] - '0';
}

int64_t
json_number_floor(const char *text)
{
    bool negative = *text == '-', has_rest = false;
    struct decimal decimal;
    size_t count;
    int64_t point, value = 0;

    split(text + negative, &decimal);
    count = decimal.whole_len + decimal.fraction_len;
    point = (int64_t)decimal.whole_len + decimal.exponent;
    for (size_t i = 0; i < count; i++) {
        int digit = digit_at(&decimal, i);

        if ((int64_t)i >= point)
            has_rest = has_rest || digit != 0;
        else if (__builtin_mul_overflow(value, 10, &value) ||
                 __builtin_sub_overflow(value, digit, &value))
            return negative ? INT64_MIN : INT64_MAX;
    }
    for (int64_t i = (int64_t)count; value && i < point; i++) {
        if (__builtin_mul_overflow(value, 10, &value))
            return negative ? INT64_MIN : INT64_MAX;
    }
    /* The value was gathered below zero, where there is room for one more. */
    if (negative)
        return has_rest && value > INT64_MIN ? value - 1 : value;
    return value == INT64_MIN ? INT64_MAX : -value;
}
