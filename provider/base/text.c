/* SPDX-License-Identifier: MIT */
/*
 * text.c - see text.h.  ASCII on purpose: no locale changes an answer.
 */
#include "provider/base/text.h"

#include <string.h>

#define LOWER 1u
#define UPPER 2u
#define DIGIT 4u
#define UNDERSCORE 8u
#define HYPHEN 16u
#define DOT 32u

static const unsigned char CLASSES[256] = {
    ['a' ... 'z'] = LOWER, ['A' ... 'Z'] = UPPER, ['0' ... '9'] = DIGIT,
    ['_'] = UNDERSCORE,    ['-'] = HYPHEN,        ['.'] = DOT};

static unsigned
class_of(char c)
{
    return CLASSES[(unsigned char)c];
}

/* 1 to @max characters, of these classes: the first, and each after it. */
static bool
is_made_of(const char *text, size_t max, unsigned first, unsigned rest)
{
    size_t n = 1;

    if (!(class_of(text[0]) & first))
        return false;
    while (n <= max && (class_of(text[n]) & rest))
        n++;
    return n <= max && text[n] == '\0';
}

bool
text_is_name_part(const char *text)
{
    return is_made_of(text, NAME_PART_MAX, LOWER | UPPER | DIGIT | UNDERSCORE,
                      LOWER | UPPER | DIGIT | DOT | UNDERSCORE | HYPHEN);
}

/* What stands before the '@' at @at is a part? */
static bool
begins_with_part(const char *text, const char *at)
{
    char part[NAME_PART_MAX + 1];
    size_t n = (size_t)(at - text);

    if (n > NAME_PART_MAX)
        return false;
    memcpy(part, text, n);
    part[n] = '\0';
    return text_is_name_part(part);
}

bool
text_is_profile_name(const char *text)
{
    const char *at = strchr(text, '@');

    return at ? begins_with_part(text, at) && text_is_name_part(at + 1)
              : text_is_name_part(text);
}

bool
text_is_template_name(const char *text)
{
    const char *at = strchr(text, '@');

    return at && !at[1] && begins_with_part(text, at);
}

const char *
text_template_of(const char *text, char out[static NAME_PART_MAX + 2])
{
    const char *at = strchr(text, '@');
    size_t n = at ? (size_t)(at - text) + 1 : 0;

    if (n == 0 || n > NAME_PART_MAX + 1)
        return NULL;
    memcpy(out, text, n);
    out[n] = '\0';
    return at + 1;
}

bool
text_is_module_name(const char *text)
{
    return is_made_of(text, 32, LOWER, LOWER | DIGIT | UNDERSCORE | HYPHEN);
}

bool
text_is_variable_name(const char *text)
{
    return is_made_of(text, 64, LOWER | UPPER | UNDERSCORE,
                      LOWER | UPPER | DIGIT | UNDERSCORE);
}

/* Sixteen bytes at once: a token is up to 64 KiB, and every read looks at all
 * of it. */
typedef unsigned char block __attribute__((vector_size(16)));

bool
text_begins(const char *text, const char *lower)
{
    for (; *lower; text++, lower++) {
        char letter = *text;

        if (letter >= 'A' && letter <= 'Z')
            letter = (char)(letter - 'A' + 'a');
        if (letter != *lower)
            return false;
    }
    return true;
}

bool
text_may_hold_password(const char *text)
{
    const char *at = strrchr(text, '@');

    return strstr(text, "://") ||
           (at && memchr(text, ':', (size_t)(at - text)));
}

bool
text_is_token(const char *text, size_t n)
{
    block bad = {0}, bytes;
    uint64_t halves[2];

    if (n == 0 || n > TOKEN_MAX)
        return false;
    for (; n >= sizeof bytes; n -= sizeof bytes, text += sizeof bytes) {
        memcpy(&bytes, text, sizeof bytes);
        bad |= (block)(bytes - '!' > '~' - '!');
    }
    memset(&bytes, '!', sizeof bytes);
    memcpy(&bytes, text, n);
    bad |= (block)(bytes - '!' > '~' - '!');
    memcpy(halves, &bad, sizeof halves);
    return !(halves[0] | halves[1]);
}

bool
text_is_line(const char *text, size_t n)
{
    block bad = {0}, bytes;
    uint64_t halves[2];

    for (; n >= sizeof bytes; n -= sizeof bytes, text += sizeof bytes) {
        memcpy(&bytes, text, sizeof bytes);
        bad |= (block)((bytes < ' ') | (bytes == 0x7f));
    }
    memcpy(halves, &bad, sizeof halves);
    if (halves[0] | halves[1])
        return false;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return false;
    }
    return true;
}

const char *
text_printable(struct shown *out, const char *text, size_t n)
{
    size_t shown = n < TEXT_SHOWN_MAX ? n : TEXT_SHOWN_MAX;

    for (size_t i = 0; i < shown; i++)
        out->text[i] = text[i] >= 0x20 && text[i] <= 0x7e ? text[i] : '?';
    memcpy(out->text + shown, shown < n ? "..." : "", shown < n ? 4 : 1);
    return out->text;
}

bool
text_to_int64(const char *text, int64_t *out)
{
    bool negative = text[0] == '-';
    const char *digit = text + negative;
    int64_t value = 0;

    if (!*digit)
        return false;
    for (; *digit; digit++) {
        if (*digit < '0' || *digit > '9' ||
            __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *digit - '0', &value))
            return false;
    }
    *out = negative ? -value : value;
    return true;
}

char *
text_put_unsigned(char *at, uint64_t number, int width)
{
    char digits[20]; /* of 2^64 - 1 */
    size_t n = 0;

    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number || (n < (size_t)width && n < sizeof digits));
    while (n)
        *at++ = digits[--n];
    *at = '\0';
    return at;
}

char *
text_put_int64(char *at, int64_t number)
{
    uint64_t magnitude = (uint64_t)number;

    if (number < 0) {
        *at++ = '-';
        magnitude = -magnitude;
    }
    return text_put_unsigned(at, magnitude, 1);
}

bool
text_join(char *out, size_t size, const char *const *parts)
{
    size_t used = 0;

    for (; *parts; parts++) {
        size_t n = strlen(*parts);

        if (n >= size - used) {
            out[0] = '\0';
            return false;
        }
        memcpy(out + used, *parts, n);
        used += n;
    }
    out[used] = '\0';
    return true;
}
