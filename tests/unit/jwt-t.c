/* SPDX-License-Identifier: MIT */
/*
 * jwt-t.c - keys are opened or refused with a word, and what they sign is
 * verified by another program (tests/unit/verify_jwt.py), not by our code.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "helper/json.h"
#include "helper/json_write.h"
#include "helper/jwt.h"
#include "tests/unit/scratch.h"

#define NOW 1700000000
#define LABEL "/c/p.yaml:5:20: assertion_key"
#define CLAIMS "{\"iss\":\"me\",\"sub\":\"\\u00e9\\\"\",\"aud\":[\"a\",\"b\"]}"
#define NO_VERIFIER 77
#define NO_INTERPRETER 127

static const struct secret NONE;

TestSuite(jwt, .init = scratch_make, .fini = scratch_remove, .timeout = 60);

enum kind { RSA_KEY, SMALL_KEY, P256_KEY, P384_KEY, ED_KEY };

static EVP_PKEY *
generate(enum kind kind)
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

/* "key" and "public" in the scratch directory; @passphrase may be NULL. */
static void
put_key(enum kind kind, const char *passphrase)
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

static struct key_place
place_of(const char *uri)
{
    return (struct key_place){.uri = uri,
                              .label = LABEL,
                              .passphrase_key = "assertion_key_passphrase"};
}

static struct key
open_key(void)
{
    const struct key_place place = place_of(scratch_path("key"));
    struct key key = {0};
    struct tw_error err = {0};

    cr_assert_eq(key_open(&place, &NONE, &key, &err), TW_OK, "%s",
                 err.message);
    return key;
}

/* Runs the verifier; two lines, header and claims, come back. */
static int
verify(const char *algorithm, const struct secret *jwt, char *out, size_t size)
{
    char command[3 * PATH_MAX];
    FILE *verifier;
    size_t n;
    int rc;

    scratch_put("jwt", 0600, secret_text(jwt), jwt->len);
    (void)snprintf(command, sizeof command,
                   "exec '%s/tests/unit/verify_jwt.py' %s '%s' <'%s'",
                   getenv("TOP_SRC") ? getenv("TOP_SRC") : ".", algorithm,
                   scratch_path("public"), scratch_path("jwt"));
    verifier = popen(command, "r");
    cr_assert(verifier);
    n = fread(out, 1, size - 1, verifier);
    out[n] = '\0';
    rc = pclose(verifier);
    rc = WIFEXITED(rc) ? WEXITSTATUS(rc) : -1;
    return rc == NO_INTERPRETER ? NO_VERIFIER : rc;
}

static void
expect_number(const struct json *json, const char *name, int64_t expected)
{
    int64_t value = 0;

    cr_expect(json_seconds(json, name, &value), "%s", name);
    cr_expect_eq(value, expected, "%s", name);
}

static void
expect_text(const struct json *json, const char *name, const char *expected)
{
    size_t n = 0;
    const char *text = json_string(json, name, &n);

    cr_assert(text, "%s", name);
    cr_expect_str_eq(text, expected);
}

static void
expect_claims(char *answer, const char *algorithm)
{
    char *claims = strchr(answer, '\n');
    struct json *header, *body;
    size_t n = 0;

    cr_assert(claims);
    *claims++ = '\0';
    header = json_read(answer, strlen(answer));
    body = json_read(claims, strlen(claims));
    cr_assert(header && body, "%s %s", answer, claims);
    expect_text(header, "alg", algorithm);
    expect_text(header, "kid", "a \"b\"");
    expect_text(header, "x5t#S256", "thumb");
    expect_text(body, "iss", "me");
    expect_text(body, "sub", "\xc3\xa9\"");
    expect_number(body, "iat", NOW);
    expect_number(body, "exp", NOW + JWT_LIFETIME_S);
    cr_expect(json_string(body, "jti", &n));
    cr_expect_eq(n, 22);
    cr_expect_eq(json_count(body, "aud"), 2);
    json_free(header);
    json_free(body);
}

static void
expect_signed(const struct jwt_signer *signer, const char *algorithm)
{
    AUTO_SECRET jwt = SECRET_INIT(JWT_MAX);
    struct tw_error err = {0};
    char answer[4096];
    int rc;

    cr_assert_eq(jwt_sign(signer, CLAIMS, NOW, JWT_LIFETIME_S, &jwt, &err),
                 TW_OK, "%s", err.message);
    rc = verify(algorithm, &jwt, answer, sizeof answer);
    if (rc == NO_VERIFIER)
        cr_skip_test("python3-jwcrypto is not installed");
    cr_assert_eq(rc, 0, "%s: not verified", algorithm);
    expect_claims(answer, algorithm);
    /* The verifier must be able to say no: another bit of the claims. */
    *strchr(jwt.bytes, '.') ^= '.' ^ 'A';
    cr_expect_neq(verify(algorithm, &jwt, answer, sizeof answer), 0);
}

static struct jwt_signer
signer_of(const struct key *key, enum jwt_algorithm algorithm)
{
    return (struct jwt_signer){.algorithm = algorithm,
                               .key = key,
                               .kid = "a \"b\"",
                               .thumbprint = "thumb"};
}

static void
expect_algorithm(enum kind kind, enum jwt_algorithm algorithm,
                 const char *name)
{
    AUTO_KEY key = {0};
    struct jwt_signer signer;

    put_key(kind, NULL);
    key = open_key();
    signer = signer_of(&key, algorithm);
    expect_signed(&signer, name);
}

Test(jwt, rs256)
{
    expect_algorithm(RSA_KEY, JWT_RS256, "RS256");
}

Test(jwt, ps256)
{
    expect_algorithm(RSA_KEY, JWT_PS256, "PS256");
}

Test(jwt, es256)
{
    /* One in 128 has a number that begins with a zero byte. */
    for (int i = 0; i < 8; i++)
        expect_algorithm(P256_KEY, JWT_ES256, "ES256");
}

Test(jwt, eddsa)
{
    expect_algorithm(ED_KEY, JWT_EDDSA, "EdDSA");
}

Test(jwt, hs256)
{
    static const char SECRET[] = "a-shared-secret-of-at-least-32-bytes!";
    AUTO_SECRET secret = SECRET_INIT(64);
    struct jwt_signer signer = signer_of(NULL, JWT_HS256);

    cr_assert(secret_append_text(&secret, SECRET));
    scratch_put("public", 0600, SECRET, strlen(SECRET));
    signer.secret = &secret;
    expect_signed(&signer, "HS256");
}

Test(jwt, default_by_kind)
{
    expect_algorithm(RSA_KEY, JWT_DEFAULT, "RS256");
    expect_algorithm(P256_KEY, JWT_DEFAULT, "ES256");
    expect_algorithm(ED_KEY, JWT_DEFAULT, "EdDSA");
}

Test(jwt, two_are_never_the_same)
{
    AUTO_SECRET one = SECRET_INIT(JWT_MAX), two = SECRET_INIT(JWT_MAX);
    AUTO_KEY key = {0};
    struct jwt_signer signer = {.key = &key};

    put_key(ED_KEY, NULL);
    key = open_key();
    cr_assert_eq(jwt_sign(&signer, "{}", NOW, 1, &one, NULL), TW_OK);
    cr_assert_eq(jwt_sign(&signer, "{}", NOW, 1, &two, NULL), TW_OK);
    cr_expect_str_neq(secret_text(&one), secret_text(&two));
}

Test(jwt, claims_of_ones_own_stay)
{
    AUTO_SECRET jwt = SECRET_INIT(JWT_MAX);
    AUTO_KEY key = {0};
    struct jwt_signer signer = {.key = &key};
    char answer[4096];

    put_key(ED_KEY, NULL);
    key = open_key();
    cr_assert_eq(jwt_sign(&signer, " { \"iat\":1,\"exp\" : 2,\"jti\":\"x\"} ",
                          NOW, 1, &jwt, NULL),
                 TW_OK);
    if (verify("EdDSA", &jwt, answer, sizeof answer) == NO_VERIFIER)
        cr_skip_test("python3-jwcrypto is not installed");
    cr_expect(strstr(answer, "{\"iat\":1,\"exp\" : 2,\"jti\":\"x\"} \n"), "%s",
              answer);
}

static void
expect_no_signature(const struct jwt_signer *signer, const char *claims,
                    enum tw_status status, const char *message)
{
    AUTO_SECRET jwt = SECRET_INIT(JWT_MAX);
    struct tw_error err = {0};
    char expected[sizeof err.message];

    scratch_expand(message, expected, sizeof expected);
    cr_expect_eq(jwt_sign(signer, claims, NOW, 1, &jwt, &err), status, "%s",
                 expected);
    cr_expect_str_eq(err.message, expected);
    cr_expect_eq(jwt.len, 0);
}

static void
expect_no_fit(enum kind kind, enum jwt_algorithm algorithm,
              const char *message)
{
    AUTO_KEY key = {0};
    struct jwt_signer signer = {.key = &key, .algorithm = algorithm};

    put_key(kind, NULL);
    key = open_key();
    expect_no_signature(&signer, "{}", TW_E_CONFIG, message);
}

Test(jwt, key_and_algorithm_must_fit)
{
    expect_no_fit(RSA_KEY, JWT_ES256,
                  LABEL " %s/key: ES256 needs an EC key on P-256, which it is "
                        "not");
    expect_no_fit(P384_KEY, JWT_ES256,
                  LABEL " %s/key: ES256 needs an EC key on P-256, which it is "
                        "not");
    expect_no_fit(ED_KEY, JWT_RS256,
                  LABEL " %s/key: RS256 needs an RSA key, which it is not");
    expect_no_fit(P256_KEY, JWT_PS256,
                  LABEL " %s/key: PS256 needs an RSA key, which it is not");
    expect_no_fit(RSA_KEY, JWT_EDDSA,
                  LABEL " %s/key: EdDSA needs an Ed25519 key, which it is "
                        "not");
    expect_no_fit(SMALL_KEY, JWT_RS256,
                  LABEL " %s/key: has 1024 bits; RS256 needs 2048");
}

Test(jwt, short_secret)
{
    AUTO_SECRET secret = SECRET_INIT(64);
    struct jwt_signer signer = {.algorithm = JWT_HS256, .secret = &secret};

    cr_assert(secret_append_text(&secret, "0123456789012345678901234567890"));
    expect_no_signature(&signer, "{}", TW_E_CONFIG,
                        "HS256 needs a secret of 32 bytes or more (RFC 7518 "
                        "3.2)");
}

Test(jwt, claims_must_be_an_object)
{
    static const char *const BAD[] = {
        "", "[]", "{", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "\"{}\""};
    AUTO_KEY key = {0};
    struct jwt_signer signer = {.key = &key};

    put_key(ED_KEY, NULL);
    key = open_key();
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_no_signature(&signer, BAD[i], TW_E_MODULE,
                            "the claims to be signed are no JSON object");
}

Test(jwt, limits)
{
    static char claims[JWT_MAX];
    AUTO_SECRET jwt = SECRET_INIT(100);
    AUTO_KEY key = {0};
    struct jwt_signer signer = {.key = &key};

    put_key(ED_KEY, NULL);
    key = open_key();
    (void)snprintf(claims, sizeof claims, "{\"a\":\"%0*d\"}", JWT_MAX - 100,
                   1);
    expect_no_signature(&signer, claims, TW_E_MODULE,
                        "the claims to be signed are too large");
    cr_expect_eq(jwt_sign(&signer, "{}", NOW, 1, &jwt, NULL), TW_E_MODULE);
    cr_expect_eq(jwt.len, 0);
}

Test(jwt, json_is_escaped)
{
    AUTO_SECRET out = SECRET_INIT(100);

    cr_expect(json_write_text(&out, "a\"", "\\\n\x01\xc3\xa9"));
    cr_expect(json_write_number(&out, "n", INT64_MIN));
    cr_expect(json_write_end(&out));
    cr_expect_str_eq(secret_text(&out), "{\"a\\\"\":\"\\\\\\u000a\\u0001\xc3"
                                        "\xa9\",\"n\":-9223372036854775808}");
}

static void
expect_no_key(const char *uri, const char *passphrase, enum tw_status status,
              const char *message)
{
    const struct key_place place = place_of(uri);
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

Test(jwt, passphrase)
{
    const struct key_place place = place_of(scratch_path("key"));
    AUTO_SECRET secret = SECRET_INIT(64);
    AUTO_KEY key = {0};
    struct tw_error err = {0};

    put_key(P256_KEY, "s3cret");
    expect_no_key(place.uri, "", TW_E_CONFIG,
                  LABEL " %s/key: is locked; add assertion_key_passphrase");
    expect_no_key(place.uri, "other", TW_E_CONFIG,
                  LABEL " %s/key: does not open; is assertion_key_passphrase "
                        "the right one?");
    cr_assert(secret_append_text(&secret, "s3cret"));
    cr_expect_eq(key_open(&place, &secret, &key, &err), TW_OK, "%s",
                 err.message);
}

Test(jwt, file_uri)
{
    char uri[PATH_MAX];
    const struct key_place place = place_of(uri);
    AUTO_KEY one = {0}, two = {0};

    put_key(P256_KEY, NULL);
    (void)snprintf(uri, sizeof uri, "file:%s", scratch_path("key"));
    cr_expect_eq(key_open(&place, &NONE, &one, NULL), TW_OK);
    (void)snprintf(uri, sizeof uri, "file://%s", scratch_path("key"));
    cr_expect_eq(key_open(&place, &NONE, &two, NULL), TW_OK);
}

Test(jwt, bad_files)
{
    char twice[8192];
    size_t n;
    FILE *file;

    put_key(P256_KEY, NULL);
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
                        "here");
    file = fopen(scratch_path("key"), "r");
    cr_assert(file);
    n = fread(twice, 1, sizeof twice / 2, file);
    (void)fclose(file);
    memcpy(twice + n, twice, n);
    scratch_put("twice", 0600, twice, 2 * n);
    expect_no_key(scratch_path("twice"), "", TW_E_CONFIG,
                  LABEL " %s/twice: holds more than one key");
}

Test(jwt, uris)
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
