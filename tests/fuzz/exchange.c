/* SPDX-License-Identifier: MIT */
/*
 * exchange.c - whole exchanges: the bytes are what the provider wants next and
 * what the server answers.
 *
 * The first byte picks one of our grants, whose options the next ones pick, or
 * one that does what the bytes say, as hostile as can be.  However it goes, it
 * comes to one end within its steps, a token is one, no secret is in what is
 * told, and what a grant of ours has signed is what the profile says.
 */
#include "helper/exchange/exchange.h"

#include <string.h>

#include "helper/exchange/assertion.h"
#include "helper/text/json.h"
#include "helper/text/url.h"
#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/script.h"

#define SECRET "s3cret-of-the-profile"
#define CLIENT_SECRET "cl1ent-secret"

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    FUZZ_CHECK(event->kind >= TW_EVENT_START && event->kind <= TW_EVENT_TOLD);
    FUZZ_CHECK(!event->error ||
               text_is_line(event->error, strlen(event->error)));
    return script_action(host, state, action);
}

extern const struct tw_provider_v1 grant_authorization_code, grant_device_code,
    grant_jwt_bearer, grant_refresh_token, grant_token_exchange;
static const struct tw_provider_v1 SCRIPTED = {
    .name = "scripted", .state_size = SCRIPT_STATE_SIZE, .advance = advance};
static const struct tw_provider_v1 *const PROVIDERS[] = {
    &SCRIPTED,         &grant_authorization_code, &grant_device_code,
    &grant_jwt_bearer, &grant_refresh_token,      &grant_token_exchange};

static char *given[] = {(char[]){"ASSERTION=" SECRET}, NULL};
static const struct environment ENVIRONMENT = {.given = given};
static char *scope[] = {(char[]){"a b"}, NULL};
static char *device[] = {(char[]){"https://as.example.test/device"}, NULL};
static char own_name[] = "https://as.example.test";
static char variable[] = "ASSERTION";
#define FROM_VARIABLE                                                        \
    {                                                                        \
        .kind = SECRET_ENV, .text = variable, .file = "/c/p.yaml", .line = 9 \
    }
/* Of the hostile one, whose options nobody declared. */
static struct profile_option own_options[] = {
    {.name = "assertion", .secret = FROM_VARIABLE},
    {.name = "refresh_token", .secret = FROM_VARIABLE},
    {.name = "scope", .values = scope},
};

#define OPTIONS_MAX 16
#define VALUES_MAX 4

/* Of our grants: what their tables declare, as the bytes say. */
static struct profile_option options[OPTIONS_MAX];
static char *values[OPTIONS_MAX][VALUES_MAX + 1];

/* What is under way, and what came of it. */
static struct {
    const struct http_request *request;
    struct http_request copy;
    http_done *done;
    void *arg;
    bool has_secret, has_client;
} asked;
static struct tw_error result;
static int ends;
static bool is_foretold; /* a server had a secret that it was not sent, or the
                            hostile module one that nobody shows it */

/* The engine's part, in its place: the answer comes in answer_one(). */
enum tw_status
http_post(struct http *http, const struct http_request *request,
          http_done *done, void *arg, struct tw_error *err)
{
    const char *url = request->url;

    (void)http;
    FUZZ_CHECK(!asked.request && request->form &&
               request->form->len <= HTTP_FORM_MAX);
    if (url_endpoint_problem(url, strlen(url), request->allow_loopback_http))
        return tw_fail(err, TW_E_CONFIG, "no address to send a secret to");
    FUZZ_CHECK(request->timeout_ms > 0 && request->header_count <= 16);
    FUZZ_CHECK(!strpbrk(secret_text(request->form), "\r\n "));
    asked.has_secret = strstr(secret_text(request->form), SECRET) != NULL;
    asked.has_client =
        strstr(secret_text(request->form), CLIENT_SECRET) != NULL;
    asked.copy = *request;
    asked.request = &asked.copy;
    asked.done = done;
    asked.arg = arg;
    return TW_OK;
}

static void
check_claim(const struct json *json, const char *name, const char *value,
            const char *otherwise)
{
    size_t n = 0;
    const char *text = json_string(json, name, &n);

    FUZZ_CHECK(fuzz_equal(text, value ? value : otherwise));
}

static const char *
text_of(const struct profile *profile, const char *name)
{
    const struct profile_option *option = profile_option(profile, name);

    return option ? option->values[0] : NULL;
}

/* Whatever is in the options, the claims are one object that says so. */
static void
check_claims(const struct json *json, const struct profile *profile)
{
    const char *issuer = text_of(profile, "iss");
    const char *server =
        profile->issuer ? profile->issuer : profile->token_endpoint;

    if (!issuer)
        issuer = profile->client_id;
    FUZZ_CHECK(json && issuer);
    check_claim(json, "iss", issuer, NULL);
    check_claim(json, "sub", text_of(profile, "sub"), issuer);
    check_claim(json, "aud", text_of(profile, "aud"), server);
    check_claim(json, "scope", text_of(profile, "scope"), NULL);
}

/* No key, and no clock: the claims, as they would be signed. */
enum tw_status __wrap_assertion_sign(const struct profile *profile,
                                     const struct secret_context *secrets,
                                     const char *claims, struct secret *out,
                                     struct secret *mark,
                                     struct tw_error *err);
enum tw_status
__wrap_assertion_sign(const struct profile *profile,
                      const struct secret_context *secrets, const char *claims,
                      struct secret *out, struct secret *mark,
                      struct tw_error *err)
{
    struct json *json = json_read(claims, strlen(claims));
    bool good = json != NULL;

    (void)secrets;
    (void)mark;
    if (profile->module->provider.advance == grant_jwt_bearer.advance)
        check_claims(json, profile);
    json_free(json);
    if (!good)
        return tw_fail(err, TW_E_MODULE,
                       "the claims to be signed are no JSON object");
    return secret_append_text(out, "s1gned") ? TW_OK : tw_no_memory(err);
}

static void
answer_one(void)
{
    struct http_reply reply = {.retry_after = -1,
                               .body = SECRET_INIT(HTTP_BODY_MAX)};

    asked.request = NULL;
    script_reply(&reply);
    if ((!asked.has_secret && strstr(secret_text(&reply.body), SECRET)) ||
        (!asked.has_client && strstr(secret_text(&reply.body), CLIENT_SECRET)))
        is_foretold = true;
    asked.done(asked.arg, &reply);
    secret_clear(&reply.body);
}

static void
check_shown(const char *text)
{
    FUZZ_CHECK(!text || text_is_line(text, strlen(text)));
}

static void
show(void *arg, const struct tell *tell)
{
    (void)arg;
    check_shown(tell->text);
    check_shown(tell->url);
    check_shown(tell->code);
    check_shown(tell->scan);
    FUZZ_CHECK(!tell->url || url_endpoint_problem(tell->url, strlen(tell->url),
                                                  true) == NULL);
}

static void
done(void *arg, struct outcome *outcome)
{
    const struct reply *reply = &outcome->reply;

    (void)arg;
    ends++;
    result = outcome->err;
    FUZZ_CHECK(is_foretold || (!strstr(result.message, SECRET) &&
                               !strstr(result.message, CLIENT_SECRET)));
    if (result.status) {
        fuzz_check_message(&result);
        return;
    }
    FUZZ_CHECK(reply->class == REPLY_TOKEN &&
               text_is_token(reply->token.bytes, reply->token.len));
    FUZZ_CHECK(reply->lifetime == LIFETIME_UNKNOWN ||
               (reply->lifetime > 0 && reply->lifetime <= LIFETIME_MAX));
}

static void
run(const struct profile *profile)
{
    static const struct person PERSON = {.show = show};
    const struct exchange_context context = {
        .profile = profile,
        .secrets = {.environment = &ENVIRONMENT},
        .person = &PERSON,
        .deadline_ms = clock_monotonic_ms() + 60000};
    struct exchange *exchange = NULL;
    struct tw_error err = {0};

    ends = 0;
    asked.request = NULL;
    FUZZ_CHECK(!exchange_start(&context, done, NULL, &exchange, &err));
    for (int i = 0; !ends && i <= EXCHANGE_STEPS_TOLD_MAX; i++) {
        if (asked.request)
            answer_one();
        else
            exchange_turn(exchange, INT64_MAX - 1);
    }
    FUZZ_CHECK(ends == 1);
    exchange_free(exchange);
}

static bool
has_bytes(const uint8_t *data, size_t n, const char *text)
{
    return n && memmem(data, n, text, strlen(text));
}

/* What is no secret of this profile is none of these texts either. */
static char *
choose_text(void)
{
    const char *text = script_line();

    if (strstr(text, SECRET) || strstr(text, CLIENT_SECRET))
        text = "a";
    return (char *)(uintptr_t)text;
}

/* The option of @row, at @at; false: the profile does not have it. */
static bool
choose_option(const struct tw_option *row, size_t at)
{
    size_t count = 1;

    if (!(row->flags & TW_OPTION_REQUIRED) && script_below(2))
        return false;
    options[at] = (struct profile_option){.name = row->name};
    if (row->type == TW_OPTION_SECRET) {
        options[at].secret = (struct secret_source)FROM_VARIABLE;
        return true;
    }
    if (row->type == TW_OPTION_URLS)
        count += script_below(VALUES_MAX);
    for (size_t i = 0; i < count; i++)
        values[at][i] = choose_text();
    values[at][count] = NULL;
    options[at].values = values[at];
    if (strcmp(row->name, "device_authorization_endpoint") == 0)
        options[at].values = device;
    return true;
}

static void
choose_options(struct profile *profile)
{
    const struct tw_provider_v1 *provider = &profile->module->provider;

    FUZZ_CHECK(provider->option_count <= OPTIONS_MAX);
    for (uint32_t i = 0; i < provider->option_count; i++) {
        if (choose_option(&provider->options[i], profile->option_count))
            profile->option_count++;
    }
    profile->options = options;
    if (script_below(2))
        profile->client_id = NULL;
    if (script_below(2))
        profile->issuer = own_name;
}

void
fuzz_exchange(const uint8_t *data, size_t n)
{
    static char name[] = "p", client_id[] = "me",
                endpoint[] = "https://as.example.test/token";
    const struct tw_provider_v1 *provider;
    struct module module = {.fd = -1};
    struct profile profile = {
        .name = name,
        .file = "/c/p.yaml",
        .line = 3,
        .module = &module,
        .token_endpoint = endpoint,
        .client_id = client_id,
        .options = own_options,
        .option_count = sizeof own_options / sizeof *own_options,
        .timeout_s = 5,
        .client_secret = {.kind = SECRET_VALUE, .value = CLIENT_SECRET}};

    script_begin(data, n);
    is_foretold =
        has_bytes(data, n, SECRET) || has_bytes(data, n, CLIENT_SECRET);
    provider = PROVIDERS[script_below(sizeof PROVIDERS / sizeof *PROVIDERS)];
    module.provider = *provider;
    if (provider != &SCRIPTED) {
        profile.option_count = 0;
        choose_options(&profile);
    }
    run(&profile);
    script_end();
}
