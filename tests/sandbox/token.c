/* SPDX-License-Identifier: MIT */
/*
 * token.c - see token.h.
 */
#include "tests/sandbox/token.h"

#include <sys/random.h>

static const char BASE64URL[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#define CHUNK 256 /* getrandom(2) is never interrupted up to here */

bool
token_append(struct secret *out, size_t n)
{
    while (n) {
        char chunk[CHUNK];
        size_t len = n < CHUNK ? n : CHUNK;

        if (getrandom(chunk, len, 0) != (ssize_t)len)
            return false;
        for (size_t i = 0; i < len; i++)
            chunk[i] = BASE64URL[chunk[i] & 63];
        if (!secret_append(out, chunk, len))
            return false;
        n -= len;
    }
    return true;
}
