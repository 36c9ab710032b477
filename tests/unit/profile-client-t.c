/* SPDX-License-Identifier: MIT */
/*
 * profile-client-t.c - the keys about who the client is, and what must stand
 * together.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/exchange/assertion.h"
#include "helper/exchange/client_auth.h"
#include "helper/keys/jwt.h"
#include "tests/unit/profile_text.h"

#define ID URL "    client_id: c\n"
#define METHOD(name) "    token_endpoint_auth_method: " name "\n"
#define SIGNED ID METHOD("private_key_jwt") "    assertion_key: key.pem\n"

Test(profile_client, private_key_jwt)
{
    struct profile *profile = profile_text_good(
        SIGNED "    assertion_key_id: k1\n"
               "    assertion_key_passphrase: {env: PASS}\n"
               "    assertion_certificate: cert.pem\n"
               "    assertion_audience: https://as.example.test\n"
               "    assertion_lifetime: 120\n"
               "    token_endpoint_auth_signing_alg: PS256\n");

    cr_expect_eq(profile->auth_method, AUTH_PRIVATE_KEY_JWT);
    cr_expect_str_eq(profile_assertion(profile)->key.uri, "/c/key.pem");
    cr_expect_str_eq(profile_assertion(profile)->key.name, "assertion_key");
    cr_expect_eq(profile_assertion(profile)->key.line, 6);
    cr_expect_eq(profile_assertion(profile)->key.passphrase.kind, SECRET_ENV);
    cr_expect_str_eq(profile_assertion(profile)->key_id, "k1");
    cr_expect_str_eq(profile_assertion(profile)->certificate, "/c/cert.pem");
    cr_expect_eq(profile_assertion(profile)->audience_kind, AUDIENCE_TEXT);
    cr_expect_str_eq(profile_assertion(profile)->audience,
                     "https://as.example.test");
    cr_expect_eq(profile_assertion(profile)->lifetime_s, 120);
    cr_expect_eq(profile_assertion(profile)->algorithm, JWT_PS256);
}

/* Which method it will be is not known before the issuer was asked. */
Test(profile_client, basic_encoding_by_issuer)
{
    struct profile *profile = profile_text_good(
        "    issuer: https://as.example.test\n    client_id: c\n"
        "    client_secret: s3cret\n    basic_encoding: raw\n");

    cr_expect_eq(profile->basic_encoding, BASIC_RAW);
}

Test(profile_client, defaults)
{
    struct profile *profile = profile_text_good(SIGNED);

    cr_expect_eq(profile_assertion(profile)->algorithm, JWT_DEFAULT);
    cr_expect_eq(profile_assertion(profile)->audience_kind, AUDIENCE_DEFAULT);
    cr_expect_eq(profile_assertion(profile)->lifetime_s, JWT_LIFETIME_S);
}

Test(profile_client, keys_in_tokens)
{
    struct profile *profile = profile_text_good(
        ID METHOD("private_key_jwt") "    assertion_key: "
                                     "pkcs11:token=a;object=b\n");

    cr_expect_str_eq(profile_assertion(profile)->key.uri,
                     "pkcs11:token=a;object=b");
    profile = profile_text_good(
        ID METHOD("private_key_jwt") "    "
                                     "assertion_key: handle:0x81000001\n");
    cr_expect_str_eq(profile_assertion(profile)->key.uri, "handle:0x81000001");
}

Test(profile_client, client_assertion)
{
    struct profile *profile = profile_text_good(
        ID METHOD("client_assertion") "    client_assertion: {file: jwt}\n"
                                      "    client_assertion_type: urn:x:y\n");

    cr_expect_eq(profile_assertion(profile)->given.kind, SECRET_FOREIGN_FILE);
    cr_expect_str_eq(profile_assertion(profile)->given.text, "/c/jwt");
    cr_expect_str_eq(profile_assertion(profile)->type, "urn:x:y");
}

Test(profile_client, without_secret)
{
    struct profile *profile = profile_text_good(ID METHOD("none"));

    cr_expect_eq(profile->auth_method, AUTH_NONE);
}

/* A module's claims are signed whatever the client's own method is. */
Test(profile_client, key_of_a_module)
{
    struct profile *profile = profile_text_good(
        "    provider: pickle\n    assertion: {env: A}\n"
        "    assertion_key: key.pem\n    assertion_key_id: k\n");

    cr_expect_str_eq(profile_assertion(profile)->key.uri, "/c/key.pem");
    profile = profile_text_good(GOOD "    assertion_key: key.pem\n");
}

#define SHOWN \
    "    client_certificate: c.pem\n    client_certificate_key: c.key\n"

Test(profile_client, certificate)
{
    struct profile *profile = profile_text_good(
        ID METHOD("tls_client_auth") SHOWN
        "    client_certificate_key_passphrase: {env: PASS}\n"
        "    mtls_endpoint_aliases: {token_endpoint: "
        "https://mtls.example.test/t}\n");

    cr_expect_eq(profile->auth_method, AUTH_TLS);
    cr_expect_str_eq(profile_identity(profile)->certificate, "/c/c.pem");
    cr_expect_str_eq(profile_identity(profile)->key.uri, "/c/c.key");
    cr_expect_eq(profile_identity(profile)->key.passphrase.kind, SECRET_ENV);
    cr_expect_str_eq(profile_endpoint(profile), "https://mtls.example.test/t");
    profile = profile_text_good(GOOD SHOWN);
    cr_expect_str_eq(profile_endpoint(profile),
                     "https://as.example.test/token");
}

Test(profile_client, issuer)
{
    struct profile *profile =
        profile_text_good(SIGNED "    issuer: https://as.example.test\n"
                                 "    assertion_audience: issuer\n");

    cr_expect_str_eq(profile->issuer, "https://as.example.test");
    cr_expect_eq(profile_assertion(profile)->audience_kind, AUDIENCE_ISSUER);
    /* A name that nobody is asked by. */
    profile = profile_text_good(SIGNED "    issuer: http://as.example.test\n");
    cr_expect_str_eq(profile->issuer, "http://as.example.test");
}

/* Whom an assertion is for, by what the profile says of it. */
Test(profile_client, audience)
{
    static const struct {
        const char *keys, *audience;
    } ROWS[] = {
        {"", "https://as.example.test/token"},
        {"    issuer: https://as.example.test\n", "https://as.example.test"},
        {"    issuer: https://as.example.test\n"
         "    assertion_audience: issuer\n",
         "https://as.example.test"},
        {"    issuer: https://as.example.test\n"
         "    assertion_audience: token_endpoint\n",
         "https://as.example.test/token"},
        {"    issuer: https://as.example.test\n"
         "    assertion_audience: urn:as\n",
         "urn:as"},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char body[512], wanted[128];
        AUTO_SECRET claims = SECRET_INIT(512);

        (void)snprintf(body, sizeof body, SIGNED "%s", ROWS[i].keys);
        (void)snprintf(wanted, sizeof wanted, "\"aud\":\"%s\"",
                       ROWS[i].audience);
        cr_assert(assertion_claims(profile_text_good(body), &claims));
        cr_expect(strstr(secret_text(&claims), wanted), "%s: not %s",
                  ROWS[i].keys, secret_text(&claims));
    }
}

static const struct refusal REFUSALS[] = {
    {ID METHOD("jwt"),
     AT(5, 33) "token_endpoint_auth_method must be client_secret_post, "
               "client_assertion, client_secret_basic, client_secret_jwt, "
               "none, private_key_jwt, self_signed_tls_client_auth or "
               "tls_client_auth"},
    {ID METHOD("private_key_jwt"),
     AT(2, 3) "missing: assertion_key (provider client_credentials needs it)\n"
              "token_endpoint_auth_method says that the client proves itself "
              "with it"},
    {ID METHOD("client_secret_jwt"),
     AT(2, 3) "missing: client_secret (provider client_credentials needs it)\n"
              "token_endpoint_auth_method says that the client proves itself "
              "with it"},
    {ID METHOD("client_assertion"),
     AT(2, 3) "missing: client_assertion (provider client_credentials needs "
              "it)\ntoken_endpoint_auth_method says that the client proves "
              "itself with it"},
    {ID "    assertion_key: key.pem\n",
     AT(2, 3) "missing: client_secret (provider client_credentials needs it)\n"
              "or is it token_endpoint_auth_method: private_key_jwt?"},
    {GOOD "    assertion_key: /k\n    assertion_audience: urn:as\n",
     AT(7, 5) "assertion_audience is of no use with "
              "token_endpoint_auth_method: client_secret_post"},
    {GOOD METHOD("none"), AT(5, 5) "client_secret is of no use with "
                                   "token_endpoint_auth_method: none"},
    {SIGNED "    client_secret: s3cret\n",
     AT(7, 5) "client_secret is of no use with token_endpoint_auth_method: "
              "private_key_jwt"},
    {GOOD "    client_assertion: {file: jwt}\n",
     AT(6, 5) "client_assertion is of no use with "
              "token_endpoint_auth_method: client_secret_post"},
    {GOOD "    basic_encoding: raw\n",
     AT(6, 5) "basic_encoding is of no use with token_endpoint_auth_method: "
              "client_secret_post"},
    {SIGNED "    basic_encoding: raw\n",
     AT(7, 5) "basic_encoding is of no use with token_endpoint_auth_method: "
              "private_key_jwt"},
    {"    provider: pickle\n    assertion: {env: A}\n"
     "    basic_encoding: raw\n",
     AT(5, 5) "basic_encoding is of no use without client_id"},
    {"    provider: pickle\n    assertion: {env: A}\n"
     "    client_secret: s3cret\n",
     AT(5, 5) "client_secret is of no use without client_id"},
    {GOOD "    assertion_key_passphrase: {env: A}\n",
     AT(6, 5) "assertion_key_passphrase is of no use without assertion_key"},
    {GOOD "    assertion_key_id: k\n",
     AT(6, 5) "assertion_key_id is of no use where nothing is signed; add "
              "assertion_key"},
    {GOOD "    token_endpoint_auth_signing_alg: RS256\n",
     AT(6, 5) "token_endpoint_auth_signing_alg is of no use where nothing is "
              "signed; add assertion_key"},
    {GOOD "    client_assertion_type: urn:x:y\n",
     AT(6, 5) "client_assertion_type is of no use without client_assertion"},
    {SIGNED "    token_endpoint_auth_signing_alg: HS256\n",
     AT(7, 38) "token_endpoint_auth_signing_alg HS256 is client_secret_jwt's "
               "alone"},
    {GOOD METHOD("client_secret_jwt") "    token_endpoint_auth_signing_alg: "
                                      "RS256\n",
     AT(7, 38) "token_endpoint_auth_signing_alg must be HS256 with "
               "client_secret_jwt"},
    {SIGNED "    token_endpoint_auth_signing_alg: none\n",
     AT(7, 38) "token_endpoint_auth_signing_alg must be EdDSA, ES256, HS256, "
               "PS256 or RS256"},
    {SIGNED "    assertion_audience: issuer\n",
     AT(7, 25) "assertion_audience: issuer needs issuer"},
    {SIGNED "    assertion_lifetime: 3601\n",
     AT(7, 25) "assertion_lifetime must be a whole number of seconds from 1 "
               "to 3600"},
    {ID METHOD("tls_client_auth"),
     AT(2, 3) "missing: client_certificate (provider client_credentials needs "
              "it)\ntoken_endpoint_auth_method says that the client proves "
              "itself with it"},
    {SIGNED "    client_secret_next: {env: A}\n",
     AT(7, 5) "client_secret_next is of no use without client_secret"},
    {GOOD "    client_certificate: c.pem\n",
     AT(6, 25) "client_certificate needs client_certificate_key"},
    {GOOD "    client_certificate_key: c.key\n",
     AT(6, 5) "client_certificate_key is of no use without "
              "client_certificate"},
    {GOOD "    mtls_endpoint_aliases: {token_endpoint: https://a.test}\n",
     AT(6, 5) "mtls_endpoint_aliases is of no use without "
              "client_certificate"},
    {GOOD SHOWN "    mtls_endpoint_aliases: {revocation_endpoint: x}\n",
     AT(8, 28) "mtls_endpoint_aliases must be a map, {token_endpoint: URL}"},
    {GOOD SHOWN "    mtls_endpoint_aliases: {token_endpoint: http://a.test}\n",
     AT(8, 45) "mtls_endpoint_aliases: token_endpoint must begin with "
               "https:// (http would send the secret in the clear)"},
    {"    issuer: http://as.test\n    client_id: c\n"
     "    client_secret: s3cret\n",
     AT(3, 13) "issuer must begin with https:// (http would send the secret "
               "in the clear)"},
    {"    issuer: urn:as\n    client_id: c\n    client_secret: s3cret\n",
     AT(3, 13) "issuer must begin with https://"},
    {SIGNED "    issuer: x\n",
     AT(7,
        13) "issuer must be an absolute URI (like https://api.example.com)"},
    {ID METHOD("private_key_jwt") "    assertion_key: "
                                  "pkcs11:object=b?pin-value=s3cret\n",
     AT(6, 20) "assertion_key must not hold a PIN; name it as the key's "
               "passphrase"},
    {ID METHOD("private_key_jwt") "    assertion_key: https://a/s3cret\n",
     AT(6, 20) "assertion_key must be a path, or a URI that begins with "
               "file:, pkcs11:, handle: or object:"},
    {ID METHOD("private_key_jwt") "    assertion_key: file:s3cret\n",
     AT(6, 20) "assertion_key must have an absolute path after file:"},
};

Test(profile_client, says_what_is_wrong)
{
    profile_text_refused(REFUSALS, sizeof REFUSALS / sizeof *REFUSALS);
}
