/* SPDX-License-Identifier: MIT */
/*
 * certificate-t.c - the file of a client's certificate and of those that vouch
 * for it: all of them can be read, or none is shown.
 */
#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "helper/keys/certificate.h"
#include "tests/unit/scratch.h"

#define LABEL "/c/p.yaml:5: client_certificate"
#define HEAD "-----BEGIN CERTIFICATE-----\n"
#define TAIL "-----END CERTIFICATE-----\n"

static char one[4096]; /* in PEM */

static void
make_one(void)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *certificate = X509_new();
    BIO *bio = BIO_new(BIO_s_mem());
    int n;

    scratch_make();
    cr_assert(pkey && certificate && bio);
    cr_assert(X509_gmtime_adj(X509_getm_notBefore(certificate), 0) &&
              X509_gmtime_adj(X509_getm_notAfter(certificate), 3600) &&
              X509_set_pubkey(certificate, pkey) &&
              X509_sign(certificate, pkey, EVP_sha256()) &&
              PEM_write_bio_X509(bio, certificate));
    n = BIO_read(bio, one, sizeof one - 1);
    cr_assert_gt(n, 0);
    one[n] = '\0';
    (void)BIO_free(bio);
    X509_free(certificate);
    EVP_PKEY_free(pkey);
}

TestSuite(certificate, .init = make_one, .fini = scratch_remove,
          .timeout = 60);

/* A file of @count good ones, with @before and @behind. */
static enum tw_status
read_file(const char *before, int count, const char *behind)
{
    AUTO_SECRET text = SECRET_INIT(2 * CERTIFICATE_FILE_MAX);
    AUTO_CERTIFICATE certificate = {0};
    struct tw_error err = {0};
    enum tw_status status;

    cr_assert(secret_append_text(&text, before));
    for (int i = 0; i < count; i++)
        cr_assert(secret_append_text(&text, one));
    cr_assert(secret_append_text(&text, behind));
    scratch_put("pem", 0644, secret_text(&text), text.len);
    status = certificate_read(scratch_path("pem"), LABEL, &certificate, &err);
    cr_expect_eq(status == TW_OK, certificate.own != NULL);
    if (status == TW_E_CONFIG)
        cr_expect_str_eq(err.message,
                         LABEL ": must hold 1 to 15 certificates in PEM, the "
                               "client's own first");
    return status;
}

Test(certificate, may_have_others_behind_it)
{
    static const char KEY[] = "-----BEGIN EC PARAMETERS-----\n"
                              "BggqhkjOPQMBBw==\n"
                              "-----END EC PARAMETERS-----\n";

    cr_expect_eq(read_file("", 1, ""), TW_OK);
    cr_expect_eq(read_file("", 15, ""), TW_OK);
    cr_expect_eq(read_file("", 16, ""), TW_E_CONFIG);
    cr_expect_eq(read_file("Issuer: us\n", 2, "and that is all\n"), TW_OK);
    cr_expect_eq(read_file(KEY, 1, KEY), TW_OK);
}

/* A chain that was cut, or copied badly, is none that vouches for it. */
Test(certificate, is_not_shown_with_half_of_the_others)
{
    static const char *const HALVES[] = {
        HEAD,        HEAD TAIL, HEAD "AAAA\n" TAIL, HEAD "not base64!\n" TAIL,
        HEAD "MIIB",
    };

    cr_expect_eq(read_file("", 0, ""), TW_E_CONFIG);
    cr_expect_eq(read_file("", 0, "no certificate\n"), TW_E_CONFIG);
    for (size_t i = 0; i < sizeof HALVES / sizeof *HALVES; i++) {
        cr_expect_eq(read_file(HALVES[i], 0, ""), TW_E_CONFIG, "%zu", i);
        cr_expect_eq(read_file("", 1, HALVES[i]), TW_E_CONFIG, "%zu", i);
        cr_expect_eq(read_file("", 3, HALVES[i]), TW_E_CONFIG, "%zu", i);
    }
}
