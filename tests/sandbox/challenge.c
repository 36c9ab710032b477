/* SPDX-License-Identifier: MIT */
/*
 * challenge.c - see challenge.h.  RFC 7636 4.1, 4.2, 4.6.
 */
#include "tests/sandbox/challenge.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#define VERIFIER_MIN 43
#define VERIFIER_MAX 128

#define BASE64URL                \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
    "abcdefghijklmnopqrstuvwxyz" \
    "0123456789-_"

static bool
consists_of(struct span text, const char *alphabet)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!text.bytes[i] || !strchr(alphabet, text.bytes[i]))
            return false;
    }
    return true;
}

bool
challenge_is_well_formed(struct span challenge)
{
    return challenge.len == CHALLENGE_LEN && consists_of(challenge, BASE64URL);
}

bool
challenge_is_met(struct span challenge, struct span verifier)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    char text[CHALLENGE_LEN + sizeof "="];

    if (verifier.len < VERIFIER_MIN || verifier.len > VERIFIER_MAX ||
        !consists_of(verifier, BASE64URL ".~") ||
        EVP_Digest(verifier.bytes, verifier.len, hash, NULL, EVP_sha256(),
                   NULL) != 1)
        return false;
    (void)EVP_EncodeBlock((unsigned char *)text, hash, sizeof hash);
    for (size_t i = 0; i < CHALLENGE_LEN; i++) {
        if (text[i] == '+')
            text[i] = '-';
        else if (text[i] == '/')
            text[i] = '_';
    }
    return span_equal(challenge, (struct span){text, CHALLENGE_LEN});
}
