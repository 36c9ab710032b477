/* SPDX-License-Identifier: MIT */
/*
 * jwt_signature.c - see jwt_signature.h.  ECDSA's two numbers are joined in
 * 32 bytes each, not as the DER that OpenSSL makes (RFC 7518 3.4); the salt of
 * PS256 is as long as the digest (3.5).
 */
#include "helper/keys/jwt_signature.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <string.h>

#define P256_BYTES 32

struct algorithm {
    const char *name;
    const char *kind;   /* of the key, as EVP_PKEY_is_a() knows it */
    const char *digest; /* NULL: the algorithm has its own */
    const char *wanted; /* for a message */
    bool is_pss;
};

static const struct algorithm ALGORITHMS[] = {
    [JWT_DEFAULT] = {"", NULL, NULL, NULL, false},
    [JWT_EDDSA] = {"EdDSA", "ED25519", NULL, "an Ed25519 key", false},
    [JWT_ES256] = {"ES256", "EC", "SHA256", "an EC key on P-256", false},
    [JWT_HS256] = {"HS256", NULL, "SHA256", NULL, false},
    [JWT_PS256] = {"PS256", "RSA", "SHA256", "an RSA key", true},
    [JWT_RS256] = {"RS256", "RSA", "SHA256", "an RSA key", false},
};

/* What is taken for a key when nobody says which. */
static const enum jwt_algorithm BY_KIND[] = {JWT_EDDSA, JWT_ES256, JWT_RS256};

const char *
jwt_algorithm_name(enum jwt_algorithm algorithm)
{
    return ALGORITHMS[algorithm].name;
}

static bool
is_p256(const EVP_PKEY *pkey)
{
    static const char *const NAMES[] = {"prime256v1", "P-256", "secp256r1"};
    char name[32];
    size_t n;

    if (EVP_PKEY_get_group_name(pkey, name, sizeof name, &n) != 1)
        return false;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(name, NAMES[i]) == 0)
            return true;
    }
    return false;
}

enum tw_status
jwt_algorithm_choose(const struct key *key, enum jwt_algorithm *algorithm,
                     struct tw_error *err)
{
    enum jwt_algorithm chosen = *algorithm;
    const struct algorithm *row;

    if (chosen == JWT_HS256)
        return TW_OK;
    for (size_t i = 0; !chosen && i < sizeof BY_KIND / sizeof *BY_KIND; i++) {
        if (EVP_PKEY_is_a(key->pkey, ALGORITHMS[BY_KIND[i]].kind))
            chosen = BY_KIND[i];
    }
    row = &ALGORITHMS[chosen];
    if (!chosen)
        return tw_fail(err, TW_E_CONFIG,
                       "%s: is neither an RSA, a P-256 nor an Ed25519 key",
                       key->label);
    if (!EVP_PKEY_is_a(key->pkey, row->kind) ||
        (chosen == JWT_ES256 && !is_p256(key->pkey)))
        return tw_fail(err, TW_E_CONFIG, "%s: %s needs %s, which it is not",
                       key->label, row->name, row->wanted);
    if (strcmp(row->kind, "RSA") == 0 &&
        EVP_PKEY_get_bits(key->pkey) < JWT_RSA_MIN)
        return tw_fail(err, TW_E_CONFIG, "%s: has %d bits; %s needs %d",
                       key->label, EVP_PKEY_get_bits(key->pkey), row->name,
                       JWT_RSA_MIN);
    *algorithm = chosen;
    return TW_OK;
}

static void
auto_digest(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void
auto_ecdsa(ECDSA_SIG **pair)
{
    ECDSA_SIG_free(*pair);
}

static bool
put_pair(const unsigned char *der, size_t n, struct secret *out)
{
    AUTO(auto_ecdsa)
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)n);
    unsigned char bytes[2 * P256_BYTES];

    return pair &&
           BN_bn2binpad(ECDSA_SIG_get0_r(pair), bytes, P256_BYTES) ==
               P256_BYTES &&
           BN_bn2binpad(ECDSA_SIG_get0_s(pair), bytes + P256_BYTES,
                        P256_BYTES) == P256_BYTES &&
           secret_append(out, bytes, sizeof bytes);
}

static bool
set_pss(EVP_PKEY_CTX *context)
{
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) >
               0;
}

static bool
sign(const struct algorithm *row, const struct key *key,
     const struct secret *text, struct secret *out)
{
    AUTO(auto_digest) EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *detail = NULL; /* the digest context's own */
    unsigned char bytes[JWT_SIGNATURE_MAX];
    size_t n = sizeof bytes;

    if (!context ||
        EVP_DigestSignInit_ex(context, &detail, row->digest, key->library,
                              key->properties, key->pkey, NULL) != 1 ||
        (row->is_pss && !set_pss(detail)) ||
        EVP_DigestSign(context, bytes, &n,
                       (const unsigned char *)secret_text(text),
                       text->len) != 1)
        return false;
    return strcmp(row->kind, "EC") == 0 ? put_pair(bytes, n, out)
                                        : secret_append(out, bytes, n);
}

static enum tw_status
authenticate(const struct secret *secret, const struct secret *text,
             struct secret *out, struct tw_error *err)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int n = 0;

    if (secret->len < JWT_SECRET_MIN)
        return tw_fail(err, TW_E_CONFIG,
                       "HS256 needs a secret of %d bytes or more (RFC 7518 "
                       "3.2)",
                       JWT_SECRET_MIN);
    if (!HMAC(EVP_sha256(), secret_text(secret), (int)secret->len,
              (const unsigned char *)secret_text(text), text->len, bytes,
              &n) ||
        !secret_append(out, bytes, n))
        return tw_fail(err, TW_E_SYSTEM, "HMAC-SHA-256 is not available");
    return TW_OK;
}

enum tw_status
jwt_signature_make(enum jwt_algorithm algorithm, const struct key *key,
                   const struct secret *secret, const struct secret *text,
                   struct secret *out, struct tw_error *err)
{
    bool good;

    if (algorithm == JWT_HS256)
        return authenticate(secret, text, out, err);
    good = sign(&ALGORITHMS[algorithm], key, text, out);
    ERR_clear_error();
    return good ? TW_OK
                : tw_fail(err, TW_E_SYSTEM,
                          "%s: did not sign; is it allowed "
                          "to, and its token there?",
                          key->label);
}
