/* SPDX-License-Identifier: MIT */
/*
 * base64.c - see base64.h.  In steps of 48 bytes, so that no copy of a secret
 * is larger than a line.
 */
#include "helper/base/base64.h"

#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

#define STEP 48 /* a multiple of 3, so that only the last step is padded */

static size_t
to_url(unsigned char *text, size_t length)
{
    while (length && text[length - 1] == '=')
        length--;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '+')
            text[i] = '-';
        else if (text[i] == '/')
            text[i] = '_';
    }
    return length;
}

static bool
encode(struct secret *out, const unsigned char *bytes, size_t n, bool for_url)
{
    bool good = true;

    while (good && n) {
        unsigned char text[STEP / 3 * 4 + 1];
        size_t step = n < STEP ? n : STEP;
        size_t length = (size_t)EVP_EncodeBlock(text, bytes, (int)step);

        if (for_url)
            length = to_url(text, length);
        good = secret_append(out, text, length);
        explicit_bzero(text, sizeof text);
        bytes += step;
        n -= step;
    }
    return good;
}

bool
base64_encode(struct secret *out, const void *bytes, size_t n)
{
    return encode(out, bytes, n, false);
}

bool
base64url_encode(struct secret *out, const void *bytes, size_t n)
{
    return encode(out, bytes, n, true);
}

bool
base64url_random(struct secret *out, size_t n)
{
    unsigned char bytes[BASE64_RANDOM_MAX];
    bool good = n <= sizeof bytes && getrandom(bytes, n, 0) == (ssize_t)n &&
                base64url_encode(out, bytes, n);

    explicit_bzero(bytes, sizeof bytes);
    return good;
}

bool
base64url_sha256(struct secret *out, const void *bytes, size_t n)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    return EVP_Digest(bytes, n, digest, &length, EVP_sha256(), NULL) == 1 &&
           base64url_encode(out, digest, length);
}
