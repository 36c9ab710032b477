/* SPDX-License-Identifier: MIT */
/*
 * client-proof-t.c - what tells a server who the client is: whom an assertion
 * is for, and how an identifier stands in a header.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/exchange/assertion.h"
#include "helper/exchange/client_auth.h"

#define ENDPOINT "https://token.example.test/t"
#define ISSUER "https://issuer.example.test"
#define OTHER "https://other.example.test"

TestSuite(client_proof, .timeout = 30);

static char client_id[] = "me", endpoint[] = ENDPOINT, issuer[] = ISSUER,
            other[] = OTHER;

/* The issuer's name is its own alone; an endpoint may be what somebody else's
 * metadata said (CVE-2025-27370). */
Test(client_proof, of_an_assertion_is_for_the_issuer_where_it_is_known)
{
    static const struct {
        enum audience_kind kind;
        bool has_issuer;
        const char *audience;
    } ROWS[] = {
        {AUDIENCE_DEFAULT, true, ISSUER},
        {AUDIENCE_DEFAULT, false, ENDPOINT},
        {AUDIENCE_ISSUER, true, ISSUER},
        {AUDIENCE_TOKEN_ENDPOINT, true, ENDPOINT},
        {AUDIENCE_TEXT, true, OTHER},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        AUTO_SECRET claims = SECRET_INIT(1024);
        const struct profile_assertion assertion = {
            .audience_kind = ROWS[i].kind, .audience = other};
        const struct profile profile = {.client_id = client_id,
                                        .issuer =
                                            ROWS[i].has_issuer ? issuer : NULL,
                                        .token_endpoint = endpoint,
                                        .assertion = &assertion};
        const char *at;

        cr_assert(assertion_claims(&profile, &claims));
        at = strstr(secret_text(&claims), "\"aud\":\"");
        cr_assert_not_null(at, "%s", secret_text(&claims));
        at += strlen("\"aud\":\"");
        cr_expect_eq(strncmp(at, ROWS[i].audience, strlen(ROWS[i].audience)),
                     0, "%zu: %s", i, at);
        cr_expect_eq(at[strlen(ROWS[i].audience)], '"', "%zu: %s", i, at);
    }
}

/* RFC 6749 2.3.1: a colon of its own does not end it. */
Test(client_proof, in_a_header_may_have_a_colon)
{
    static char urn[] = "urn:a", name[] = "p";
    const struct secret_context secrets = {.system = false};
    struct profile profile = {.client_id = urn,
                              .file = "/c/p.yaml",
                              .name = name,
                              .auth_method = AUTH_CLIENT_SECRET_BASIC,
                              .client_secret = {.kind = SECRET_VALUE,
                                                .value = "s:1",
                                                .file = "/c/p.yaml"}};
    AUTO_SECRET form = SECRET_INIT(1024);
    AUTO_CLIENT_PROOF proof = {.has_identity = false};
    struct tw_error err = {0};

    client_proof_init(&proof);
    cr_assert_eq(client_auth_apply(&profile, &secrets, AUTH_SECRET, &form,
                                   &proof, &err),
                 TW_OK, "%s", err.message);
    /* urn%3Aa:s%3A1 */
    cr_expect_str_eq(secret_text(&proof.authorization),
                     "Authorization: Basic dXJuJTNBYTpzJTNBMQ==");
    cr_expect_eq(form.len, 0);
    profile.basic_encoding = BASIC_RAW;
    cr_expect_eq(client_auth_apply(&profile, &secrets, AUTH_SECRET, &form,
                                   &proof, &err),
                 TW_E_CONFIG);
    cr_expect(strstr(err.message, "client_id holds a colon"), "%s",
              err.message);
}
