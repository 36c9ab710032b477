/* SPDX-License-Identifier: MIT */
/*
 * explain-t.c - every error code there is: the line of the profile, what the
 * server said, and a cause of its own; never a secret.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/exchange/explain.h"

#define SECRET "s3cret-c4nary"
#define GENERAL "the server's documentation explains its own error codes"

static const struct tw_option OPTIONS[] = {
    {"resource", TW_OPTION_URLS, 0, "what for"},
    {"scope", TW_OPTION_SCOPE, 0, "what"},
};
static const struct module MODULE = {
    .provider = {.name = "some_grant", .options = OPTIONS, .option_count = 2}};
static char *scopes[] = {(char *)"pay read", NULL};
static char *resources[] = {(char *)"https://api.example.test", NULL};
static struct profile_option options[] = {
    {.name = "resource", .values = resources, .line = 7},
    {.name = "scope", .values = scopes, .line = 6},
};
static struct profile_field params[] = {
    {.name = (char *)"authorization_details",
     .value = {.kind = SECRET_VALUE, .line = 8}}};
static struct profile profile = {
    .name = (char *)"acme",
    .file = "/c/p.yaml",
    .line = 2,
    .module = &MODULE,
    .token_endpoint = (char *)"https://as.example.test/token",
    .token_endpoint_line = 3,
    .client_id = (char *)"id",
    .client_id_line = 4,
    .client_secret = {.kind = SECRET_FILE, .text = (char *)"/c/secret"},
    .client_secret_line = 5,
    .request = {.params = params, .param_count = 1, .scope_separator = ' '},
    .options = options,
    .option_count = 2,
};

static const char *asked; /* NULL: the token endpoint */

static enum tw_status
explain(int status, const char *body, struct tw_error *err)
{
    AUTO_SECRET secret = SECRET_INIT(100);
    const struct secret *const scrub[] = {&secret, NULL};
    struct http_reply http = {.status = status,
                              .retry_after = -1,
                              .body = SECRET_INIT(HTTP_BODY_MAX)};
    struct reply reply;

    memset(err, 0, sizeof *err);
    cr_assert(secret_append_text(&secret, SECRET));
    cr_assert(secret_append_text(&http.body, body));
    reply_read(&http, scrub, &reply);
    cr_assert_neq(reply.class, REPLY_TOKEN);
    explain_reply(&profile, asked, &reply, NULL, err);
    reply_clear(&reply);
    secret_clear(&http.body);
    return (enum tw_status)err->status;
}

static const struct {
    const char *code, *place;
    enum tw_status status;
} CODES[] = {
    {"invalid_request", "6: profile 'acme': scope", TW_E_DENIED},
    {"invalid_client", "4: profile 'acme': client_id", TW_E_DENIED},
    {"invalid_grant", "2: profile 'acme'", TW_E_DENIED},
    {"unauthorized_client", "4: profile 'acme': client_id", TW_E_DENIED},
    {"unsupported_grant_type", "2: profile 'acme'", TW_E_DENIED},
    {"invalid_scope", "6: profile 'acme': scope", TW_E_DENIED},
    {"invalid_target", "7: profile 'acme': resource", TW_E_DENIED},
    {"access_denied", "4: profile 'acme': client_id", TW_E_DENIED},
    {"expired_token", "2: profile 'acme'", TW_E_DENIED},
    {"authorization_pending", "2: profile 'acme'", TW_E_DENIED},
    {"slow_down", "3: profile 'acme': token_endpoint", TW_E_DENIED},
    {"unsupported_token_type", "3: profile 'acme': token_endpoint",
     TW_E_DENIED},
    {"use_dpop_nonce", "4: profile 'acme': client_id", TW_E_DENIED},
    {"invalid_dpop_proof", "4: profile 'acme': client_id", TW_E_DENIED},
    {"invalid_authorization_details", "8: profile 'acme': params",
     TW_E_DENIED},
    {"invalid_token", "2: profile 'acme'", TW_E_DENIED},
    {"insufficient_scope", "6: profile 'acme': scope", TW_E_DENIED},
    {"interaction_required", "4: profile 'acme': client_id", TW_E_DENIED},
    {"login_required", "4: profile 'acme': client_id", TW_E_DENIED},
    {"consent_required", "4: profile 'acme': client_id", TW_E_DENIED},
    {"incorrect_client_credentials", "4: profile 'acme': client_id",
     TW_E_DENIED},
    {"server_error", "3: profile 'acme': token_endpoint", TW_E_RETRY},
    {"temporarily_unavailable", "3: profile 'acme': token_endpoint",
     TW_E_RETRY},
};

Test(explain, every_code)
{
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        char body[300], wanted[300];
        struct tw_error err;
        const char *hint;

        (void)snprintf(body, sizeof body,
                       "{\"error\":\"%s\",\"error_description\":\"so it is, "
                       "with " SECRET "\"}",
                       CODES[i].code);
        cr_expect_eq(explain(400, body, &err), CODES[i].status, "%s: %s",
                     CODES[i].code, err.message);
        (void)snprintf(wanted, sizeof wanted, "/c/p.yaml:%s", CODES[i].place);
        cr_expect_eq(strncmp(err.message, wanted, strlen(wanted)), 0, "%s",
                     err.message);
        (void)snprintf(wanted, sizeof wanted,
                       "the server says %s: \"so it is, with ***\" (HTTP "
                       "400)\n",
                       CODES[i].code);
        cr_expect(strstr(err.message, wanted), "%s", err.message);
        hint = strchr(err.message, '\n');
        cr_expect(hint && strlen(hint) > 30, "%s", err.message);
        cr_expect(!strstr(err.message, GENERAL), "%s", err.message);
        cr_expect(!strstr(err.message, SECRET), "%s", err.message);
    }
}

/* The advice is one that can be followed. */
Test(explain, a_code_that_expired_is_a_logins_alone)
{
    static const struct module LOGIN = {
        .provider = {.name = "device_code", .needs = TW_NEEDS_PERSON}};
    static const char EXPIRED[] = "{\"error\":\"expired_token\"}";
    struct tw_error err;

    cr_expect_eq(explain(400, EXPIRED, &err), TW_E_DENIED);
    cr_expect(!strstr(err.message, "login"), "%s", err.message);
    profile.module = &LOGIN;
    cr_expect_eq(explain(400, EXPIRED, &err), TW_E_INTERACT);
    cr_expect(strstr(err.message, "a new login"), "%s", err.message);
    cr_expect(!strstr(err.message, "tokenward"), "the system's has another");
    profile.module = &MODULE;
}

Test(explain, facts_of_the_profile)
{
    struct tw_error err;

    (void)explain(400, "{\"error\":\"invalid_scope\"}", &err);
    cr_expect(strstr(err.message, "sent was \"pay read\""), "%s", err.message);
    cr_expect(!strstr(err.message, "openid"), "%s", err.message);
    scopes[0] = (char *)"pay openid";
    (void)explain(400, "{\"error\":\"invalid_scope\"}", &err);
    cr_expect(strstr(err.message, "openid is for people's logins; "), "%s",
              err.message);
    (void)explain(400, "{\"error\":\"invalid_client\"}", &err);
    cr_expect(strstr(err.message, "/c/secret"), "%s", err.message);
    profile.request.grant_type = (char *)"account_credentials";
    (void)explain(400, "{\"error\":\"unsupported_grant_type\"}", &err);
    cr_expect(strstr(err.message, "the profile uses provider some_grant with "
                                  "grant_type: account_credentials; "),
              "%s", err.message);
    profile.request.grant_type = NULL;
    profile.option_count = 1;
    (void)explain(400, "{\"error\":\"invalid_request\"}", &err);
    cr_expect(strstr(err.message, "add a line scope: below line 2"), "%s",
              err.message);
    profile.option_count = 0;
    (void)explain(400, "{\"error\":\"invalid_target\"}", &err);
    cr_expect(strstr(err.message, "/c/p.yaml:2: profile 'acme': the server"),
              "%s", err.message);
}

Test(explain, another_endpoint_than_the_token_s)
{
    static char text[] = "https://as.example.test/device";
    static char *urls[] = {text, NULL};
    struct profile_option endpoint = {
        .name = "device_authorization_endpoint", .values = urls, .line = 9};
    struct tw_error err;

    profile.options = &endpoint;
    profile.option_count = 1;
    asked = text;
    (void)explain(404, "", &err);
    cr_expect(strstr(err.message, "/c/p.yaml:9: profile 'acme': "
                                  "device_authorization_endpoint: "),
              "%s", err.message);
    asked = profile.token_endpoint;
    (void)explain(404, "", &err);
    cr_expect(strstr(err.message, "/c/p.yaml:3: profile 'acme': "
                                  "token_endpoint: "),
              "%s", err.message);
    profile.mtls_token_endpoint = text;
    profile.mtls_token_endpoint_line = 5;
    profile.option_count = 0;
    asked = text;
    (void)explain(404, "", &err);
    cr_expect(strstr(err.message, "/c/p.yaml:5: profile 'acme': "
                                  "mtls_endpoint_aliases: "),
              "%s", err.message);
    profile.mtls_token_endpoint = NULL;
    profile.mtls_token_endpoint_line = 0;
    profile.option_count = 1;
    profile.issuer_line = endpoint.line; /* all in one line */
    (void)explain(404, "", &err);
    cr_expect(strstr(err.message, "/c/p.yaml:9: profile 'acme': "
                                  "device_authorization_endpoint: "),
              "%s", err.message);
    profile.is_found = true;
    (void)explain(404, "", &err);
    cr_expect(strstr(err.message, "/c/p.yaml:9: profile 'acme': issuer: "),
              "%s", err.message);
}

Test(explain, a_name_that_stands_twice)
{
    static const char *const BODIES[] = {
        "{\"access_token\":\"" SECRET "\",\"access_token\":\"x\"}",
        "{\"access_token\":\"" SECRET "\",\"x\":[{\"a\":1,\"a\":2}]}",
    };
    struct tw_error err;

    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
        cr_expect_eq(explain(200, BODIES[i], &err), TW_E_PROTOCOL);
        cr_expect(strstr(err.message, "malformed_response: a name stands in "
                                      "it twice\nis this the endpoint's "),
                  "%s", err.message);
        cr_expect(!strstr(err.message, SECRET), "%s", err.message);
    }
    (void)explain(200, "{\"access_token\":\"" SECRET "\",}", &err);
    cr_expect(!strstr(err.message, "twice"), "%s", err.message);
}

Test(explain, a_code_nobody_knows)
{
    struct tw_error err;

    cr_expect_eq(explain(400, "{\"error\":\"\\u001b[31mx\"}", &err),
                 TW_E_DENIED);
    cr_expect(
        strstr(err.message, "the server says ?[31mx (HTTP 400)\n" GENERAL),
        "%s", err.message);
}
