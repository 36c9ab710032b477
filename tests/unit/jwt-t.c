/* SPDX-License-Identifier: MIT */
/*
 * jwt-t.c - what keys sign is verified by another program
 * (tests/unit/verify_jwt.py), not by our code.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "helper/keys/jwt.h"
#include "helper/text/json.h"
#include "tests/unit/made_key.h"

#define NOW 1700000000
#define CLAIMS "{\"iss\":\"me\",\"sub\":\"\\u00e9\\\"\",\"aud\":[\"a\",\"b\"]}"
#define NO_VERIFIER 77
#define NO_INTERPRETER 127
TestSuite(jwt, .init = scratch_make, .fini = scratch_remove, .timeout = 60);

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
expect_algorithm(enum made_key_kind kind, enum jwt_algorithm algorithm,
                 const char *name)
{
    AUTO_KEY key = {0};
    struct jwt_signer signer;

    made_key_put(kind, NULL);
    key = made_key_open();
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

    made_key_put(ED_KEY, NULL);
    key = made_key_open();
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

    made_key_put(ED_KEY, NULL);
    key = made_key_open();
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
expect_no_fit(enum made_key_kind kind, enum jwt_algorithm algorithm,
              const char *message)
{
    AUTO_KEY key = {0};
    struct jwt_signer signer = {.key = &key, .algorithm = algorithm};

    made_key_put(kind, NULL);
    key = made_key_open();
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

    made_key_put(ED_KEY, NULL);
    key = made_key_open();
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

    made_key_put(ED_KEY, NULL);
    key = made_key_open();
    (void)snprintf(claims, sizeof claims, "{\"a\":\"%0*d\"}", JWT_MAX - 100,
                   1);
    expect_no_signature(&signer, claims, TW_E_MODULE,
                        "the claims to be signed are too large");
    cr_expect_eq(jwt_sign(&signer, "{}", NOW, 1, &jwt, NULL), TW_E_MODULE);
    cr_expect_eq(jwt.len, 0);
}
