/* SPDX-License-Identifier: MIT */
/*
 * jwt-signature-t.c - the bytes of a signature, as RFC 7518 has them: verified
 * by OpenSSL, which knows neither the two numbers of ES256 side by side nor
 * that the salt of PS256 has one length alone.
 */
#include <criterion/criterion.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "helper/keys/jwt_signature.h"
#include "tests/unit/made_key.h"

#define TEXT "header.claims"
#define NUMBER_BYTES 32 /* of P-256 */
#define MANY 1500       /* one number in 256 begins with a zero byte */

TestSuite(jwt_signature, .init = scratch_make, .fini = scratch_remove,
          .timeout = 60);

static void
sign(const struct key *key, enum jwt_algorithm algorithm, struct secret *out)
{
    AUTO_SECRET text = SECRET_INIT(64);
    struct tw_error err = {0};

    cr_assert(secret_append_text(&text, TEXT));
    cr_assert_eq(jwt_signature_make(algorithm, key, NULL, &text, out, &err),
                 TW_OK, "%s", err.message);
}

/* @salt: as RSA's padding has it; 0: it has none. */
static bool
is_verified(const struct key *key, int salt, const void *bytes, size_t n)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *detail = NULL;
    bool good =
        context &&
        EVP_DigestVerifyInit(context, &detail, EVP_sha256(), NULL,
                             key->pkey) == 1 &&
        (!salt ||
         (EVP_PKEY_CTX_set_rsa_padding(detail, RSA_PKCS1_PSS_PADDING) > 0 &&
          EVP_PKEY_CTX_set_rsa_pss_saltlen(detail, salt) > 0)) &&
        EVP_DigestVerify(context, bytes, n, (const unsigned char *)TEXT,
                         sizeof TEXT - 1) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

static bool
is_pair_verified(const struct key *key, const unsigned char *bytes)
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    unsigned char *der = NULL;
    bool good;
    int n;

    cr_assert(pair);
    cr_assert_eq(
        ECDSA_SIG_set0(pair, BN_bin2bn(bytes, NUMBER_BYTES, NULL),
                       BN_bin2bn(bytes + NUMBER_BYTES, NUMBER_BYTES, NULL)),
        1);
    n = i2d_ECDSA_SIG(pair, &der);
    good = n > 0 && is_verified(key, 0, der, (size_t)n);
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return good;
}

Test(jwt_signature, of_es256_has_two_numbers_of_one_length)
{
    AUTO_KEY key = {0};

    made_key_put(P256_KEY, NULL);
    key = made_key_open();
    for (int i = 0; i < MANY; i++) {
        AUTO_SECRET out = SECRET_INIT(JWT_SIGNATURE_MAX);

        sign(&key, JWT_ES256, &out);
        cr_assert_eq(out.len, 2 * NUMBER_BYTES);
        cr_assert(is_pair_verified(&key, (const unsigned char *)out.bytes));
    }
}

static void
expect_salt(enum jwt_algorithm algorithm, int salt)
{
    AUTO_SECRET out = SECRET_INIT(JWT_SIGNATURE_MAX);
    AUTO_KEY key = {0};

    made_key_put(RSA_KEY, NULL);
    key = made_key_open();
    sign(&key, algorithm, &out);
    cr_expect(is_verified(&key, salt, out.bytes, out.len));
}

Test(jwt_signature, of_ps256_has_a_salt_as_long_as_the_digest)
{
    expect_salt(JWT_PS256, RSA_PSS_SALTLEN_DIGEST);
}

Test(jwt_signature, of_rs256_has_no_salt)
{
    expect_salt(JWT_RS256, 0);
}
