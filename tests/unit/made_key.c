/* SPDX-License-Identifier: MIT */
/*
 * made_key.c - see made_key.h.
 */
#include "tests/unit/made_key.h"

#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

static EVP_PKEY *
generate(enum made_key_kind kind)
{
    switch (kind) {
    case RSA_KEY:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    case SMALL_KEY:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
    case P256_KEY:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    case P384_KEY:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    case ED_KEY:
        break;
    }
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

void
made_key_put(enum made_key_kind kind, const char *passphrase)
{
    EVP_PKEY *pkey = generate(kind);
    FILE *file = fopen(scratch_path("key"), "w");

    cr_assert(pkey && file);
    cr_assert(PEM_write_PKCS8PrivateKey(
        file, pkey, passphrase ? EVP_aes_256_cbc() : NULL, passphrase,
        passphrase ? (int)strlen(passphrase) : 0, NULL, NULL));
    (void)fclose(file);
    cr_assert_eq(chmod(scratch_path("key"), 0600), 0);
    file = fopen(scratch_path("public"), "w");
    cr_assert(file && PEM_write_PUBKEY(file, pkey));
    (void)fclose(file);
    EVP_PKEY_free(pkey);
}

struct key_place
made_key_place(const char *uri)
{
    return (struct key_place){.uri = uri,
                              .label = LABEL,
                              .passphrase_key = "assertion_key_passphrase"};
}

struct key
made_key_open(void)
{
    const struct key_place place = made_key_place(scratch_path("key"));
    const struct secret none = {0};
    struct key key = {0};
    struct tw_error err = {0};

    cr_assert_eq(key_open(&place, &none, &key, &err), TW_OK, "%s",
                 err.message);
    return key;
}
