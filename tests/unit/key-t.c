/* SPDX-License-Identifier: MIT */
/*
 * key-t.c - keys are opened, or refused with a word.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/made_key.h"

static const struct secret NONE;

TestSuite(key, .init = scratch_make, .fini = scratch_remove, .timeout = 60);

static void
expect_no_key(const char *uri, const char *passphrase, enum tw_status status,
              const char *message)
{
    const struct key_place place = made_key_place(uri);
    AUTO_SECRET secret = SECRET_INIT(64);
    AUTO_KEY key = {0};
    struct tw_error err = {0};
    char expected[sizeof err.message];

    scratch_expand(message, expected, sizeof expected);
    cr_assert(secret_append_text(&secret, passphrase));
    cr_expect_eq(key_open(&place, &secret, &key, &err), status, "%s",
                 expected);
    cr_expect_str_eq(err.message, expected);
    cr_expect_null(key.pkey);
}

Test(key, passphrase)
{
    const struct key_place place = made_key_place(scratch_path("key"));
    AUTO_SECRET secret = SECRET_INIT(64);
    AUTO_KEY key = {0};
    struct tw_error err = {0};

    made_key_put(P256_KEY, "s3cret");
    expect_no_key(place.uri, "", TW_E_CONFIG,
                  LABEL " %s/key: is locked; add assertion_key_passphrase");
    expect_no_key(place.uri, "other", TW_E_CONFIG,
                  LABEL " %s/key: does not open; is assertion_key_passphrase "
                        "the right one?");
    cr_assert(secret_append_text(&secret, "s3cret"));
    cr_expect_eq(key_open(&place, &secret, &key, &err), TW_OK, "%s",
                 err.message);
}

/* As openssl-ecparam(1) writes one that it makes, and OpenSSL's own programs
 * read it. */
Test(key, behind_the_parameters_of_its_curve)
{
    static const char P256[] = "-----BEGIN EC PARAMETERS-----\n"
                               "BggqhkjOPQMBBw==\n"
                               "-----END EC PARAMETERS-----\n";
    static const char *const PASSPHRASES[] = {NULL, "s3cret"};
    char both[8192], uri[PATH_MAX] = "";
    const struct key_place place = made_key_place(uri);

    (void)snprintf(uri, sizeof uri, "%s", scratch_path("both"));
    for (size_t i = 0; i < 2; i++) {
        AUTO_SECRET secret = SECRET_INIT(64);
        AUTO_KEY key = {0};
        struct tw_error err = {0};
        size_t n = sizeof P256 - 1;
        FILE *file;

        made_key_put(P256_KEY, PASSPHRASES[i]);
        file = fopen(scratch_path("key"), "r");
        cr_assert(file);
        memcpy(both, P256, n);
        n += fread(both + n, 1, sizeof both - n, file);
        (void)fclose(file);
        scratch_put("both", 0600, both, n);
        cr_assert(!PASSPHRASES[i] ||
                  secret_append_text(&secret, PASSPHRASES[i]));
        cr_expect_eq(key_open(&place, &secret, &key, &err), TW_OK, "%s",
                     err.message);
    }
    expect_no_key(place.uri, "", TW_E_CONFIG,
                  LABEL " %s/both: is locked; add assertion_key_passphrase");
    expect_no_key(place.uri, "other", TW_E_CONFIG,
                  LABEL " %s/both: does not open; is assertion_key_passphrase "
                        "the right one?");
    scratch_put("both", 0600, P256, sizeof P256 - 1);
    expect_no_key(place.uri, "", TW_E_CONFIG,
                  LABEL " %s/both: no private key is found there");
}

Test(key, file_uri)
{
    char uri[PATH_MAX] = "";
    const struct key_place place = made_key_place(uri);
    AUTO_KEY one = {0}, two = {0};

    made_key_put(P256_KEY, NULL);
    (void)snprintf(uri, sizeof uri, "file:%s", scratch_path("key"));
    cr_expect_eq(key_open(&place, &NONE, &one, NULL), TW_OK);
    (void)snprintf(uri, sizeof uri, "file://%s", scratch_path("key"));
    cr_expect_eq(key_open(&place, &NONE, &two, NULL), TW_OK);
}

Test(key, bad_files)
{
    char twice[8192];
    size_t n;
    FILE *file;

    made_key_put(P256_KEY, NULL);
    expect_no_key(scratch_path("none"), "", TW_E_CONFIG,
                  LABEL " %s/none: does not exist");
    (void)chmod(scratch_path("key"), 0640);
    expect_no_key(scratch_path("key"), "", TW_E_ACCESS,
                  LABEL " %s/key: mode 0640 lets others read it; wanted: 0600"
                        "\nchmod 600 %s/key");
    (void)chmod(scratch_path("public"), 0600);
    expect_no_key(scratch_path("public"), "", TW_E_CONFIG,
                  LABEL " %s/public: no private key is found there");
    cr_assert_eq(symlink(scratch_path("public"), scratch_path("link")), 0);
    expect_no_key(scratch_path("link"), "", TW_E_ACCESS,
                  LABEL " %s/link: is a symbolic link, which is not followed "
                        "here\nput the file itself there, or name it");
    file = fopen(scratch_path("key"), "r");
    cr_assert(file);
    n = fread(twice, 1, sizeof twice / 2, file);
    (void)fclose(file);
    memcpy(twice + n, twice, n);
    scratch_put("twice", 0600, twice, 2 * n);
    expect_no_key(scratch_path("twice"), "", TW_E_CONFIG,
                  LABEL " %s/twice: holds more than one key");
    /* Nor is the first one it where the second is locked. */
    made_key_put(P256_KEY, "s3cret");
    file = fopen(scratch_path("key"), "r");
    cr_assert(file);
    n += fread(twice + n, 1, sizeof twice - n, file);
    (void)fclose(file);
    scratch_put("twice", 0600, twice, n);
    expect_no_key(scratch_path("twice"), "", TW_E_CONFIG,
                  LABEL " %s/twice: holds more than one key");
    expect_no_key(scratch_path("twice"), "other", TW_E_CONFIG,
                  LABEL " %s/twice: holds more than one key");
}

Test(key, uris)
{
    cr_expect_null(key_uri_problem("/etc/key.pem"));
    cr_expect_null(key_uri_problem("file:/etc/key.pem"));
    cr_expect_null(key_uri_problem("pkcs11:token=a;object=b"));
    cr_expect_null(key_uri_problem("handle:0x81000001"));
    cr_expect(
        strstr(key_uri_problem("pkcs11:object=b?pin-value=1234"), "PIN"));
    cr_expect(strstr(key_uri_problem("file:key.pem"), "absolute"));
    cr_expect(strstr(key_uri_problem("https://a/key.pem"), "must be a path"));
    cr_expect(key_is_uri("pkcs11:"));
    cr_expect_not(key_is_uri("/a:b"));
    cr_expect_not(key_is_uri("key.pem"));
    cr_expect_not(key_is_uri("./a:b"));
}
