/* SPDX-License-Identifier: MIT */
/*
 * scrub.c - what a server said comes in, what a person may see goes out.
 *
 * Servers echo requests into their errors, encoded in some way or another.
 * Secrets are taken out before the text is cut, so that none is cut in two
 * and shown by half.
 */
#include "helper/base/scrub.h"

#include <string.h>
#include <strings.h>

#define ESCAPES_MAX 8    /* backslashes: JSON in JSON in JSON needs seven */
#define BASE64_MIN 6     /* characters: less holds no secret of SCRUB_MIN */
#define BASE64_MAX 65536 /* of one text: what is behind is never shown */
#define LOOKS_MAX (8 * 1024 * 1024) /* bytes of it that are looked at */

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Hexadecimal digits as a number; -1: one of them is none. */
static int
hex_number(const char *text, size_t n)
{
    int value = 0;

    for (size_t i = 0; i < n; i++) {
        int digit = hex_value(text[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* "&amp;" and its like, for one byte. */
static size_t
match_entity(const char *text, size_t n, char byte)
{
    static const struct {
        char byte;
        const char *text;
    } ENTITIES[] = {
        {'&', "&amp;"},   {'&', "&#38;"},  {'&', "&#x26;"},  {'"', "&quot;"},
        {'"', "&#34;"},   {'"', "&#x22;"}, {'<', "&lt;"},    {'>', "&gt;"},
        {'\'', "&apos;"}, {'\'', "&#39;"}, {'\'', "&#x27;"}, {'+', "&#43;"},
        {'=', "&#61;"},   {'/', "&#47;"},  {'/', "&#x2F;"},
    };

    for (size_t i = 0; i < sizeof ENTITIES / sizeof *ENTITIES; i++) {
        size_t length = strlen(ENTITIES[i].text);

        if (ENTITIES[i].byte == byte && n >= length &&
            strncasecmp(text, ENTITIES[i].text, length) == 0)
            return length;
    }
    return 0;
}

/* How many bytes of @text are @byte as a form, JSON (in JSON), HTML or nothing
 * encodes it. */
static size_t
match_byte(const char *text, size_t n, char byte)
{
    int value = (unsigned char)byte;
    size_t escapes = 0;

    if (n >= 3 && text[0] == '%' && hex_number(text + 1, 2) == value)
        return 3;
    while (escapes < n && escapes < ESCAPES_MAX && text[escapes] == '\\')
        escapes++;
    if (escapes && n - escapes >= 5 && text[escapes] == 'u' &&
        hex_number(text + escapes + 1, 4) == value)
        return escapes + 5;
    if (escapes && byte == '\\')
        return escapes < 2 ? escapes : 2;
    if (n && text[0] == '&') {
        size_t length = match_entity(text, n, byte);

        if (length)
            return length;
    }
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

/* A base64 character at the beginning of @text, as it is or as a form or JSON
 * writes it: its length; 0: there is none. */
static size_t
match_sextet(const char *text, size_t n, int *value)
{
    size_t used = 1;

    *value = base64_value(text[0]);
    if (n >= 3 && text[0] == '%') {
        int byte = hex_number(text + 1, 2);

        *value = byte < 0 ? -1 : base64_value((char)byte);
        used = 3;
    } else if (n >= 2 && text[0] == '\\' && text[1] == '/') {
        *value = base64_value('/');
        used = 2;
    }
    return *value < 0 ? 0 : used;
}

/* The sextets at the beginning of @text, not more than @out takes; how many
 * bytes of text all of them are. */
static size_t
gather(struct secret *out, const char *text, size_t n)
{
    size_t used = 0, more;
    int value;

    while (used < n && (more = match_sextet(text + used, n - used, &value))) {
        char sextet = (char)value;

        (void)secret_append(out, &sextet, 1);
        used += more;
    }
    return used;
}

static bool
decode(struct secret *out, const char *sextets, size_t n)
{
    unsigned bits = 0;

    for (size_t i = 0; i < n; i++) {
        char byte;

        bits = bits << 6 | (unsigned char)sextets[i];
        if (i % 4 == 0)
            continue;
        byte = (char)(bits >> (6 - i % 4 * 2) & 0xff);
        if (!secret_append(out, &byte, 1))
            return false;
    }
    return true;
}

static size_t
longest_of(const struct secret *const *secrets)
{
    size_t longest = 0;

    for (; *secrets; secrets++)
        longest = (*secrets)->len > longest ? (*secrets)->len : longest;
    return longest;
}

/* One that begins behind what is shown is not looked for, and after so many
 * @looks one is taken to be there: of a long text and a long secret, both a
 * server's own, it would be seconds. */
static bool
holds_any(const struct secret *plain, const struct secret *const *secrets,
          size_t *looks)
{
    const size_t longest = longest_of(secrets);

    for (size_t i = 0; i < plain->len && i < TEXT_SHOWN_MAX; i++) {
        size_t left = plain->len - i, most = left < longest ? left : longest;

        if (*looks < most || match_any(plain->bytes + i, left, secrets))
            return true;
        *looks -= most;
    }
    return false;
}

/* The length of the base64 at the beginning of @text, if a secret is in it;
 * when that can't be found out, it is taken to be so.  Where the encoded part
 * begins is not known: "Basic+" in front is base64, too. */
static size_t
match_base64(const char *text, size_t n, const struct secret *const *secrets,
             size_t *looks)
{
    AUTO_SECRET sextets = SECRET_INIT(BASE64_MAX);
    size_t length = gather(&sextets, text, n);

    if (length < BASE64_MIN)
        return 0;
    for (size_t from = 0; from < 4; from++) {
        AUTO_SECRET plain = SECRET_INIT(BASE64_MAX);

        if (sextets.len <= from ||
            !decode(&plain, sextets.bytes + from, sextets.len - from) ||
            holds_any(&plain, secrets, looks))
            return length;
    }
    return 0;
}

void
scrub_show(struct shown *out, const char *text, size_t n,
           const struct secret *const *secrets)
{
    char clean[TEXT_SHOWN_MAX + 4]; /* one more than shown: it was cut */
    size_t used = 0, looks = LOOKS_MAX;
    bool inside = false; /* of base64 that was looked at */

    for (size_t i = 0; i < n && used <= TEXT_SHOWN_MAX;) {
        int value;
        bool is_base64 = match_sextet(text + i, n - i, &value) > 0;
        size_t hidden = match_any(text + i, n - i, secrets);

        if (!hidden && is_base64 && !inside && secrets && *secrets)
            hidden = match_base64(text + i, n - i, secrets, &looks);
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
