/* SPDX-License-Identifier: MIT */
/*
 * scrub.c - what a server said comes in, what a person may see goes out.
 *
 * Servers echo requests into their errors, encoded in some way or another.
 * Secrets are taken out before the text is cut, so that none is cut in two
 * and shown by half.
 */
#include "helper/scrub.h"

#include <string.h>

#define BASE64_MIN 8     /* characters: less holds no secret of SCRUB_MIN */
#define BASE64_MAX 65536 /* of one text: what is behind is never shown */

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* How many bytes of @text are @byte as a form, JSON (in JSON) or nothing
 * encodes it. */
static size_t
match_byte(const char *text, size_t n, char byte)
{
    size_t escapes = 0;

    if (n >= 3 && text[0] == '%') {
        int high = hex_value(text[1]), low = hex_value(text[2]);

        if (high >= 0 && low >= 0 &&
            (unsigned char)byte == (unsigned)(high * 16 + low))
            return 3;
    }
    while (escapes < n && text[escapes] == '\\')
        escapes++;
    if (escapes && byte == '\\')
        return escapes < 2 ? escapes : 2;
    if (escapes < n && text[escapes] == byte)
        return escapes + 1;
    return n && byte == ' ' && text[0] == '+';
}

/* How many bytes at the beginning of @text are the secret; 0: it is not
 * there. */
static size_t
match(const char *text, size_t n, const struct secret *secret)
{
    const char *bytes = secret_text(secret);
    size_t used = 0;

    if (secret->len < SCRUB_MIN)
        return 0;
    if (n >= secret->len && memcmp(text, bytes, secret->len) == 0)
        return secret->len;
    for (size_t i = 0; i < secret->len; i++) {
        size_t more = match_byte(text + used, n - used, bytes[i]);

        if (!more)
            return 0;
        used += more;
    }
    return used;
}

static size_t
match_any(const char *text, size_t n, const struct secret *const *secrets)
{
    for (; secrets && *secrets; secrets++) {
        size_t used = match(text, n, *secrets);

        if (used)
            return used;
    }
    return 0;
}

/* Both alphabets of RFC 4648; -1: neither. */
static int
base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

static bool
decode(struct secret *out, const char *text, size_t n)
{
    unsigned bits = 0;

    for (size_t i = 0; i < n; i++) {
        char byte;

        bits = bits << 6 | (unsigned)base64_value(text[i]);
        if (i % 4 == 0)
            continue;
        byte = (char)(bits >> (6 - i % 4 * 2) & 0xff);
        if (!secret_append(out, &byte, 1))
            return false;
    }
    return true;
}

/* The length of the base64 at the beginning of @text, if a secret is in it;
 * when that can't be found out, it is taken to be so. */
static size_t
match_base64(const char *text, size_t n, const struct secret *const *secrets)
{
    AUTO_SECRET plain = SECRET_INIT(BASE64_MAX);
    size_t length = 0;

    while (length < n && base64_value(text[length]) >= 0)
        length++;
    if (length < BASE64_MIN)
        return 0;
    if (!decode(&plain, text, length < BASE64_MAX ? length : BASE64_MAX))
        return length;
    for (size_t i = 0; i < plain.len; i++) {
        if (match_any(plain.bytes + i, plain.len - i, secrets))
            return length;
    }
    return 0;
}

void
scrub_show(struct shown *out, const char *text, size_t n,
           const struct secret *const *secrets)
{
    char clean[TEXT_SHOWN_MAX + 4]; /* one more than shown: it was cut */
    size_t used = 0;
    bool inside = false; /* of base64 that was looked at */

    for (size_t i = 0; i < n && used <= TEXT_SHOWN_MAX;) {
        bool is_base64 = base64_value(text[i]) >= 0;
        size_t hidden = match_any(text + i, n - i, secrets);

        if (!hidden && is_base64 && !inside && secrets && *secrets)
            hidden = match_base64(text + i, n - i, secrets);
        inside = is_base64 && !hidden;
        if (hidden) {
            memcpy(clean + used, "***", 3);
            used += 3;
            i += hidden;
        } else {
            clean[used++] = text[i++];
        }
    }
    (void)text_printable(out, clean, used);
    explicit_bzero(clean, sizeof clean);
}
