/* SPDX-License-Identifier: MIT */
/*
 * exchange.c - whole exchanges: the bytes are what the provider wants next and
 * what the server answers.
 *
 * The first byte picks one of our grants, or one that does what the bytes say,
 * as hostile as can be.  However it goes, it comes to one end within its
 * steps, a token is one, and no secret is in what is told.
 */
#include "helper/exchange.h"

#include <string.h>

#include "helper/url.h"
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

extern const struct tw_provider_v1 grant_device_code, grant_jwt_bearer,
    grant_refresh_token, grant_token_exchange;
static const struct tw_provider_v1 SCRIPTED = {
    .name = "scripted", .state_size = SCRIPT_STATE_SIZE, .advance = advance};
static const struct tw_provider_v1 *const PROVIDERS[] = {
    &SCRIPTED, &grant_device_code, &grant_jwt_bearer, &grant_refresh_token,
    &grant_token_exchange};

static char *given[] = {(char[]){"ASSERTION=" SECRET}, NULL};
static const struct environment ENVIRONMENT = {.given = given};
static char *scope[] = {(char[]){"a b"}, NULL};
static char *device[] = {(char[]){"https://as.example.test/device"}, NULL};
static char *type[] = {(char[]){"urn:ietf:params:oauth:token-type:jwt"}, NULL};
static char variable[] = "ASSERTION";
#define FROM_VARIABLE                                                        \
    {                                                                        \
        .kind = SECRET_ENV, .text = variable, .file = "/c/p.yaml", .line = 9 \
    }
static struct profile_option options[] = {
    {.name = "assertion", .secret = FROM_VARIABLE},
    {.name = "device_authorization_endpoint", .values = device},
    {.name = "refresh_token", .secret = FROM_VARIABLE},
    {.name = "scope", .values = scope},
    {.name = "subject_token", .secret = FROM_VARIABLE},
    {.name = "subject_token_type", .values = type},
};

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
static bool is_foretold; /* a server had a secret that it was not sent */

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
    is_foretold = false;
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

void
fuzz_exchange(const uint8_t *data, size_t n)
{
    static char name[] = "p", client_id[] = "me",
                endpoint[] = "https://as.example.test/token";
    struct module module = {.fd = -1};
    struct profile profile = {
        .name = name,
        .file = "/c/p.yaml",
        .line = 3,
        .module = &module,
        .token_endpoint = endpoint,
        .client_id = client_id,
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .timeout_s = 5,
        .client_secret = {.kind = SECRET_VALUE, .value = CLIENT_SECRET}};

    script_begin(data, n);
    module.provider =
        *PROVIDERS[script_below(sizeof PROVIDERS / sizeof *PROVIDERS)];
    run(&profile);
    script_end();
}
