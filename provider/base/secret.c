/* SPDX-License-Identifier: MIT */
/*
 * secret.c - see secret.h.  realloc(3) is not used: it may leave a copy.
 */
#include "provider/base/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_FIRST 256 /* the first allocation; most secrets fit */

/* Into a buffer of @capacity bytes, which is larger than the one there is. */
static bool
move(struct secret *secret, size_t capacity)
{
    char *bytes = malloc(capacity);

    if (!bytes)
        return false;
    if (secret->bytes) {
        memcpy(bytes, secret->bytes, secret->len + 1);
        explicit_bzero(secret->bytes, secret->capacity);
        free(secret->bytes);
    } else {
        bytes[0] = '\0';
    }
    secret->bytes = bytes;
    secret->capacity = capacity;
    return true;
}

static bool
grow(struct secret *secret, size_t need)
{
    size_t capacity = secret->capacity ? secret->capacity : SECRET_FIRST;

    while (capacity < need)
        capacity *= 2;
    return move(secret, capacity);
}

bool
secret_reserve(struct secret *secret, size_t n)
{
    if (n > secret->max) {
        errno = EMSGSIZE;
        return false;
    }
    return n < secret->capacity || move(secret, n + 1);
}

bool
secret_append(struct secret *secret, const void *bytes, size_t n)
{
    if (n > secret->max - secret->len) {
        errno = EMSGSIZE;
        return false;
    }
    if (secret->len + n >= secret->capacity &&
        !grow(secret, secret->len + n + 1))
        return false;
    if (n)
        memcpy(secret->bytes + secret->len, bytes, n);
    secret->len += n;
    secret->bytes[secret->len] = '\0';
    return true;
}

bool
secret_append_text(struct secret *secret, const char *text)
{
    return secret_append(secret, text, strlen(text));
}

void
secret_take(struct secret *to, struct secret *from)
{
    secret_clear(to);
    *to = *from;
    *from = SECRET_INIT(from->max);
}

const char *
secret_text(const struct secret *secret)
{
    return secret->bytes ? secret->bytes : "";
}

void
secret_clear(struct secret *secret)
{
    if (secret->bytes) {
        explicit_bzero(secret->bytes, secret->capacity);
        free(secret->bytes);
    }
    *secret = SECRET_INIT(secret->max);
}

bool
bytes_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
    const volatile unsigned char *left = a, *right = b;
    unsigned char difference = 0;

    if (a_len != b_len)
        return false;
    for (size_t i = 0; i < a_len; i++)
        difference |= (unsigned char)(left[i] ^ right[i]);
    return difference == 0;
}
