/* SPDX-License-Identifier: MIT */
/*
 * authorization-t.c - what a browser is sent with, and what is believed of
 * what it brings back.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helper/base/base64.h"
#include "helper/exchange/authorization.h"
#include "provider/base/auto.h"

#define ENDPOINT "https://a.test/authorize"
#define ISSUER "https://a.test"

static struct module module = {
    .provider = {.name = "scripted",
                 .needs = TW_NEEDS_PERSON | TW_NEEDS_REDIRECT}};
static char name[] = "p", client_id[] = "me & co", issuer[] = ISSUER;
static struct profile profile;
static struct redirect *redirect;
static struct authorization *authorization;
static char shown[AUTHORIZATION_URL_MAX + 1];
static int shown_count;
static struct tw_error err;

static void
show(void *arg, const struct tell *tell)
{
    (void)arg;
    cr_expect(tell->comes_back);
    cr_expect_eq(tell->is_pasted, redirect_is_pasted(redirect));
    cr_expect_eq(tell->valid_s, AUTHORIZATION_S);
    cr_expect(redirect_is_expected(redirect), "who is quick is not missed");
    (void)snprintf(shown, sizeof shown, "%s", tell->url);
    shown_count++;
}

static void
set_up(void)
{
    profile = (struct profile){.name = name,
                               .file = "/c/p.yaml",
                               .line = 3,
                               .module = &module,
                               .client_id = client_id,
                               .timeout_s = 5};
    profile.request.scope_separator = ' ';
    cr_assert_eq(redirect_open(NULL, &redirect, &err), TW_OK, "%s",
                 err.message);
}

static void
tear_down(void)
{
    authorization_free(authorization);
    redirect_close(redirect);
}

TestSuite(authorization, .init = set_up, .fini = tear_down, .timeout = 60);

static enum tw_status
begin(const struct tw_action *action)
{
    const struct person person = {.show = show, .redirect = redirect};
    const struct exchange_context context = {.profile = &profile,
                                             .person = &person};

    authorization_free(TAKE_POINTER(authorization));
    shown_count = 0;
    err = (struct tw_error){.status = TW_OK};
    return authorization_begin(&context, action, &authorization, &err);
}

static void
begin_well(const char *url)
{
    const struct tw_action action = {.url = url};

    cr_assert_eq(begin(&action), TW_OK, "%s", err.message);
    cr_expect_eq(shown_count, 1);
}

/* A parameter of what was shown, as it stands there. */
static const char *
parameter(const char *key)
{
    static char values[8][512];
    static int next;
    char *value = values[next++ & 7];
    char mark[64];
    const char *at;

    (void)snprintf(mark, sizeof mark, "%s=", key);
    for (at = strchr(shown, '?'); at; at = strpbrk(at + 1, "&")) {
        if (strncmp(at + 1, mark, strlen(mark)) == 0) {
            at += 1 + strlen(mark);
            (void)snprintf(value, 512, "%.*s", (int)strcspn(at, "&"), at);
            return value;
        }
    }
    return "(none)";
}

/* The browser comes back with that. */
static void
come_back(const char *query)
{
    unsigned port = 0;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)sscanf(redirect_uri(redirect), "http://127.0.0.1:%u", &port);
    address.sin_port = htons((uint16_t)port);
    cr_assert_eq(
        connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    (void)dprintf(fd,
                  "GET /?%s&state=%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
                  query, parameter("state"), port);
    redirect_wait(redirect, 5000);
}

static void
expect_end(const char *query, enum tw_status status, const char *word)
{
    begin_well(ENDPOINT);
    cr_expect_not(authorization_turn(authorization, &err));
    come_back(query);
    cr_assert(authorization_turn(authorization, &err), "%s", query);
    cr_expect_eq(err.status, (int32_t)status, "%s: %s", query, err.message);
    cr_expect_not_null(strstr(err.message, word), "%s: %s", query,
                       err.message);
    if (status)
        cr_expect_eq(strncmp(err.message, "/c/p.yaml:3: profile 'p': ", 26), 0,
                     "%s", err.message);
}

Test(authorization, asks_as_the_standards_say)
{
    static const struct tw_field FIELDS[] = {
        {"scope", "a b", TW_FIELD_TEXT, 0}, {"x", "&=", TW_FIELD_TEXT, 0}};
    const struct tw_action action = {
        .url = ENDPOINT "?tenant=1", .fields = FIELDS, .field_count = 2};

    cr_assert_eq(begin(&action), TW_OK, "%s", err.message);
    cr_expect_eq(strncmp(shown, ENDPOINT "?tenant=1&response_type=code&",
                         strlen(ENDPOINT "?tenant=1&response_type=code&")),
                 0, "%s", shown);
    cr_expect_str_eq(parameter("client_id"), "me+%26+co");
    cr_expect_eq(
        strncmp(parameter("redirect_uri"), "http%3A%2F%2F127.0.0.1%3A", 25),
        0);
    cr_expect_str_eq(parameter("code_challenge_method"), "S256");
    cr_expect_str_eq(parameter("scope"), "a+b");
    cr_expect_str_eq(parameter("x"), "%26%3D");
    cr_expect_eq(strlen(parameter("state")), 43);
    cr_expect_eq(strlen(parameter("code_challenge")), 43);
}

Test(authorization, separates_scopes_as_the_profile_says)
{
    const struct tw_field fields[] = {
        {"scope", "a b c", TW_FIELD_TEXT, 0},
        {"audience", "you and me", TW_FIELD_TEXT, 0}};
    const struct tw_action action = {
        .url = ENDPOINT, .fields = fields, .field_count = 2};

    profile.request.scope_separator = ',';
    cr_assert_eq(begin(&action), TW_OK, "%s", err.message);
    cr_expect_str_eq(parameter("scope"), "a%2Cb%2Cc");
    cr_expect_str_eq(parameter("audience"), "you+and+me");
}

Test(authorization, is_another_each_time)
{
    char state[64], challenge[64];

    begin_well(ENDPOINT);
    (void)snprintf(state, sizeof state, "%s", parameter("state"));
    (void)snprintf(challenge, sizeof challenge, "%s",
                   parameter("code_challenge"));
    begin_well(ENDPOINT);
    cr_expect_str_neq(parameter("state"), state);
    cr_expect_str_neq(parameter("code_challenge"), challenge);
}

/* The words of RFC 7636, appendix B. */
Test(authorization, has_a_challenge_that_others_make_too)
{
    static const char VERIFIER[] =
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    AUTO_SECRET challenge = SECRET_INIT(64);

    cr_assert(base64url_sha256(&challenge, VERIFIER, strlen(VERIFIER)));
    cr_expect_str_eq(secret_text(&challenge),
                     "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    cr_expect_not(base64url_random(&challenge, BASE64_RANDOM_MAX + 1));
}

Test(authorization, keeps_what_the_code_is_bought_with)
{
    AUTO_SECRET expected = SECRET_INIT(64);
    unsigned char digest[EVP_MAX_MD_SIZE];
    const struct secret *verifier;
    unsigned n = 0;

    begin_well(ENDPOINT);
    cr_expect_null(authorization_field(authorization, "code"));
    cr_expect_null(authorization_field(authorization, "code_verifier"));
    come_back("code=c0de");
    cr_assert(authorization_turn(authorization, &err));
    cr_expect_eq(err.status, TW_OK, "%s", err.message);
    cr_expect_str_eq(secret_text(authorization_field(authorization, "code")),
                     "c0de");
    cr_expect_str_eq(
        secret_text(authorization_field(authorization, "redirect_uri")),
        redirect_uri(redirect));
    verifier = authorization_field(authorization, "code_verifier");
    cr_assert_not_null(verifier);
    cr_expect_eq(verifier->len, 43);
    cr_assert_eq(EVP_Digest(verifier->bytes, verifier->len, digest, &n,
                            EVP_sha256(), NULL),
                 1);
    cr_assert(base64url_encode(&expected, digest, n));
    cr_expect_str_eq(parameter("code_challenge"), secret_text(&expected));
    cr_expect_null(authorization_field(authorization, "state"));
}

Test(authorization, says_who_must_act)
{
    expect_end("error=access_denied&error_description=not+you", TW_E_DENIED,
               "the login was refused: access_denied (not you)");
    expect_end("error=consent_required", TW_E_DENIED, "consent_required");
    expect_end("error=invalid_scope", TW_E_CONFIG, "invalid_scope");
    expect_end("error=unauthorized_client", TW_E_CONFIG, "unauthorized");
    expect_end("error=temporarily_unavailable", TW_E_RETRY, "temporarily");
    expect_end("error=server_error&code=c", TW_E_RETRY, "server_error");
    expect_end("error=", TW_E_DENIED, "refused");
    expect_end("error=invalid_scope", TW_E_CONFIG,
               "invalid_scope\na scope this client was not granted");
    expect_end("error=access_denied", TW_E_DENIED,
               "access_denied\nwho was asked said no");
    expect_end("error=login_required", TW_E_DENIED,
               "login_required\nthe server was asked to show nothing");
    expect_end("error=x", TW_E_DENIED,
               "x\nthe server's documentation explains");
    expect_end("x=y", TW_E_PROTOCOL, "neither a code nor an error");
    expect_end("code=", TW_E_PROTOCOL, "neither a code nor an error");
}

Test(authorization, believes_its_own_issuer_alone)
{
    expect_end("code=c&iss=https%3A%2F%2Fb.test", TW_OK, "");
    profile.issuer = issuer;
    expect_end("code=c&iss=https%3A%2F%2Fa.test", TW_OK, "");
    expect_end("code=c", TW_OK, "");
    expect_end("code=c&iss=https%3A%2F%2Fb.test", TW_E_PROTOCOL,
               "another issuer's");
    expect_end("code=c&iss=https%3A%2F%2Fa.test%2F", TW_E_PROTOCOL,
               "another issuer's");
    expect_end("code=c&iss=", TW_E_PROTOCOL, "another issuer's");
    expect_end("error=access_denied&iss=https%3A%2F%2Fb.test", TW_E_PROTOCOL,
               "another issuer's");
    profile.names_issuer = true;
    expect_end("code=c", TW_E_PROTOCOL, "does not say whose it is");
    expect_end("error=access_denied", TW_E_PROTOCOL, "whose it is");
    expect_end("code=c&iss=https%3A%2F%2Fa.test", TW_OK, "");
}

Test(authorization, is_asked_for_by_modules_that_say_so)
{
    static const char *const OURS[] = {
        "state",         "redirect_uri",   "client_id",
        "response_mode", "code_challenge", "code_challenge_method",
        "response_type", "request_uri",    "request"};
    struct tw_field field = {NULL, "x", TW_FIELD_TEXT, 0};
    struct tw_action action = {
        .url = ENDPOINT, .fields = &field, .field_count = 1};

    for (size_t i = 0; i < sizeof OURS / sizeof *OURS; i++) {
        field.name = OURS[i];
        cr_expect_eq(begin(&action), TW_E_MODULE, "%s", OURS[i]);
        cr_expect_eq(shown_count, 0);
    }
    field = (struct tw_field){"x", "assertion", TW_FIELD_SECRET, 0};
    cr_expect_eq(begin(&action), TW_E_MODULE, "no secret gets into a URL");
    action.field_count = 0;
    module.provider.needs = TW_NEEDS_PERSON;
    cr_expect_eq(begin(&action), TW_E_MODULE);
    module.provider.needs = TW_NEEDS_PERSON | TW_NEEDS_REDIRECT;
}

Test(authorization, is_asked_for_with_a_whole_form)
{
    static const struct tw_field BROKEN[] = {{NULL, "x", TW_FIELD_TEXT, 0},
                                             {"", "x", TW_FIELD_TEXT, 0},
                                             {"x", NULL, TW_FIELD_TEXT, 0}};
    static struct tw_field fields[TW_FIELDS_MAX + 1];
    struct tw_action action = {.url = ENDPOINT, .field_count = 1};

    cr_expect_eq(begin(&action), TW_E_MODULE, "no fields, and one of them");
    for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++) {
        action.fields = &BROKEN[i];
        cr_expect_eq(begin(&action), TW_E_MODULE, "%zu", i);
        cr_expect_eq(shown_count, 0);
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        fields[i] = (struct tw_field){"x", "y", TW_FIELD_TEXT, 0};
    action.fields = fields;
    action.field_count = TW_FIELDS_MAX + 1;
    cr_expect_eq(begin(&action), TW_E_MODULE);
    action.field_count = TW_FIELDS_MAX;
    cr_expect_eq(begin(&action), TW_OK, "%s", err.message);
}

Test(authorization, may_be_of_a_client_without_a_number)
{
    profile.client_id = NULL;
    begin_well(ENDPOINT);
    cr_expect_str_eq(parameter("client_id"), "(none)");
}

Test(authorization, goes_to_an_address_that_may_be_opened)
{
    static const char *const BAD[] = {"http://a.test/", "https://a.test/#x",
                                      "https://me@a.test/", "file:///etc",
                                      "javascript:alert(1)"};
    static char value[AUTHORIZATION_URL_MAX];
    const struct tw_field field = {"scope", value, TW_FIELD_TEXT, 0};
    struct tw_action action = {.url = NULL};

    cr_expect_eq(begin(&action), TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "no authorization_endpoint"));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        action.url = BAD[i];
        cr_expect_eq(begin(&action), TW_E_CONFIG, "%s", BAD[i]);
        cr_expect_eq(shown_count, 0);
    }
    memset(value, 'a', sizeof value - 1);
    action = (struct tw_action){
        .url = ENDPOINT, .fields = &field, .field_count = 1};
    cr_expect_eq(begin(&action), TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "longer than"), "%s", err.message);
    for (size_t n = sizeof value - 1; begin(&action); n--)
        value[n] = '\0';
    cr_expect_eq(strlen(shown), AUTHORIZATION_URL_MAX);
}

Test(authorization, needs_somebody)
{
    const struct person deaf = {.show = show};
    struct exchange_context context = {.profile = &profile};
    const struct tw_action action = {.url = ENDPOINT};

    cr_expect_eq(authorization_begin(&context, &action, &authorization, &err),
                 TW_E_INTERACT);
    cr_expect_not_null(strstr(err.message, "run: tokenward login p"));
    context.secrets.system = true;
    cr_expect_eq(authorization_begin(&context, &action, &authorization, &err),
                 TW_E_INTERACT);
    cr_expect_not_null(strstr(err.message, "run: tokenward login --system p"));
    context.person = &deaf;
    cr_expect_eq(authorization_begin(&context, &action, &authorization, &err),
                 TW_E_INTERACT);
}
