/* SPDX-License-Identifier: MIT */
/*
 * jwt_expiry.c - a token in, its exp out; RFC 7515 3.1, RFC 4648 5.
 */
#include "helper/text/jwt_expiry.h"

#include <string.h>

#include "helper/text/json.h"
#include "provider/base/secret.h"
#include "provider/base/text.h"

static int
value_of(char c)
{
    static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz"
                                   "0123456789-_";
    const char *at = c ? strchr(ALPHABET, c) : NULL;

    return at ? (int)(at - ALPHABET) : -1;
}

static bool
decode(const char *text, size_t n, struct secret *out)
{
    unsigned bits = 0, count = 0;

    for (size_t i = 0; i < n; i++) {
        int value = value_of(text[i]);
        char byte;

        if (value < 0)
            return false;
        bits = bits << 6 | (unsigned)value;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        byte = (char)(bits >> count & 0xff);
        if (!secret_append(out, &byte, 1))
            return false;
    }
    return true;
}

bool
jwt_expiry(const char *token, size_t n, int64_t *out)
{
    AUTO_SECRET claims = SECRET_INIT(TOKEN_MAX);
    const char *first = memchr(token, '.', n), *second;
    struct json *json;
    bool found;

    if (!first)
        return false;
    first++;
    second = memchr(first, '.', n - (size_t)(first - token));
    if (!second || !decode(first, (size_t)(second - first), &claims))
        return false;
    json = json_read(secret_text(&claims), claims.len);
    if (!json)
        return false;
    found = json_kind(json, "exp") == JSON_NUMBER &&
            json_seconds(json, "exp", out);
    json_free(json);
    return found;
}
