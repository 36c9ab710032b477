/* SPDX-License-Identifier: MIT */
/*
 * credentials.c - see credentials.h.  libmicrohttpd's own Basic parser ends
 * at a NUL and undoes nothing, so it is done here.
 */
#include "tests/sandbox/credentials.h"

#include <strings.h>

static const char BASE64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool
decode_base64(struct secret *out, const char *text)
{
    unsigned bits = 0, held = 0;
    size_t digits = strspn(text, BASE64);
    size_t padding = strspn(text + digits, "=");

    if (text[digits + padding] || (digits + padding) % 4 || padding > 2)
        return false;
    for (size_t i = 0; i < digits; i++) {
        bits = bits << 6 | (unsigned)(strchr(BASE64, text[i]) - BASE64);
        held += 6;
        if (held >= 8) {
            char byte = (char)(bits >> (held - 8) & 0xff);

            if (!secret_append(out, &byte, 1))
                return false;
            held -= 8;
        }
    }
    return true;
}

static void
read_basic(struct credentials *out, const char *text, bool raw)
{
    char *id, *secret;
    size_t id_len, secret_len;

    if (!decode_base64(&out->decoded, text) || !out->decoded.len)
        return;
    id = out->decoded.bytes;
    secret = memchr(id, ':', out->decoded.len);
    if (!secret)
        return;
    id_len = (size_t)(secret - id);
    secret++;
    secret_len = out->decoded.len - id_len - 1;
    if (!raw && (!url_decode(id, &id_len, true) ||
                 !url_decode(secret, &secret_len, true)))
        return;
    out->id = (struct span){id, id_len};
    out->secret = (struct span){secret, secret_len};
}

enum auth
credentials_read(struct credentials *out, const struct form *form,
                 const char *authorization, bool raw)
{
    static const char scheme[] = "Basic ";
    const size_t scheme_len = sizeof scheme - 1;
    struct span id = form_value(form, "client_id");
    struct span secret = form_value(form, "client_secret");

    if (authorization && strncasecmp(authorization, scheme, scheme_len) == 0) {
        const char *text = authorization + scheme_len;

        read_basic(out, text + strspn(text, " "), raw);
        if (secret.bytes)
            return AUTH_BOTH;
        if (id.bytes && !span_equal(id, out->id)) /* two clients at once */
            out->secret = (struct span){NULL, 0};
        return AUTH_BASIC;
    }
    out->id = id;
    out->secret = secret;
    if (form_value(form, "client_assertion").bytes)
        return secret.bytes ? AUTH_BOTH : AUTH_ASSERTION;
    return secret.bytes ? AUTH_POST : AUTH_NONE;
}

void
credentials_clear(struct credentials *credentials)
{
    secret_clear(&credentials->decoded);
    *credentials = CREDENTIALS_INIT;
}
