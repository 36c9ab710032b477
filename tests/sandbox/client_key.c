/* SPDX-License-Identifier: MIT */
/*
 * client_key.c - see client_key.h.
 */
#include "tests/sandbox/client_key.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "provider/base/auto.h"

enum tw_status
client_key_read(const char *path, EVP_PKEY **out, struct tw_error *err)
{
    AUTO_FCLOSE FILE *file = fopen(path, "re");

    if (!file)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", path);
    *out = PEM_read_PUBKEY(file, NULL, NULL, NULL);
    return *out ? TW_OK
                : tw_fail(err, TW_E_USAGE, "%s: no public key in PEM", path);
}

void
client_key_free(EVP_PKEY *key)
{
    EVP_PKEY_free(key);
}

enum tw_status
client_certificate_read(const char *path,
                        unsigned char out[static CERTIFICATE_SHA256],
                        struct tw_error *err)
{
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    X509 *certificate;
    bool good;

    if (!file)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", path);
    certificate = PEM_read_X509(file, NULL, NULL, NULL);
    good = certificate && X509_digest(certificate, EVP_sha256(), out, NULL);
    X509_free(certificate);
    return good ? TW_OK
                : tw_fail(err, TW_E_USAGE, "%s: no certificate in PEM", path);
}
