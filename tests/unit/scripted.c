/* SPDX-License-Identifier: MIT */
/*
 * scripted.c - see scripted.h.
 */
#include "tests/unit/scripted.h"

#include <criterion/criterion.h>

struct raw_server server;
const char *answers[4];
char requests[4][4096];
struct profile profile;
struct scripted scripted;
struct result result;
const struct tw_field PLAIN[1] = {{"grant_type", "x y", TW_FIELD_TEXT, 0}};
const struct tw_field NAMED[1] = {
    {"assertion", "assertion", TW_FIELD_SECRET, 0}};
const struct tw_field MEMBER[1] = {
    {"device_code", "code", TW_FIELD_MEMBER, 0}};

/* The script, and whether it came to its end. */
static struct tw_action actions[4];
static size_t action_count;
static int done_count;

static void
see_members(const struct tw_host *host)
{
    for (size_t i = 0; scripted.asks_members && scripted.asks_members[i];
         i++) {
        const char *text = host->member(host, scripted.asks_members[i]);

        (void)snprintf(scripted.seen[i], sizeof scripted.seen[i], "%s",
                       text ? text : "(none)");
    }
}

static void
see_options(const struct tw_host *host)
{
    static const char *const OPTIONS[] = {"client_id", "token_endpoint",
                                          "assertion", "scope"};

    for (size_t i = 0; i < 4; i++) {
        const char *text = host->option(host, OPTIONS[i], 0);

        (void)snprintf(scripted.seen[i], sizeof scripted.seen[i], "%s",
                       text ? text : "(none)");
        cr_expect_null(host->option(host, OPTIONS[i], 1));
        cr_expect_eq(host->has(host, OPTIONS[i]), i == 2);
    }
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    size_t at =
        scripted.calls < action_count ? scripted.calls : action_count - 1;
    uint32_t size = action->size;

    cr_expect_eq(event->size, sizeof *event);
    cr_expect_eq(size, sizeof *action);
    cr_expect_eq(host->size, sizeof *host);
    (*(int *)state)++;
    if (scripted.calls < SCRIPTED_STEPS)
        scripted.events[scripted.calls] = event->kind;
    scripted.calls++;
    if (event->error)
        (void)snprintf(scripted.last_error, sizeof scripted.last_error, "%s",
                       event->error);
    see_members(host);
    if (scripted.asks_options)
        see_options(host);
    *action = actions[at];
    action->size = size;
    return scripted.rc;
}

static bool
answer(struct raw_server *self, int fd, const char *request)
{
    int at = (atomic_load(&self->requests) - 1) & 3;
    const char *body = strstr(request, "\r\n\r\n");

    (void)snprintf(requests[at], sizeof requests[at], "%s",
                   body ? body + 4 : "");
    (void)raw_send_text(fd, answers[at] ? answers[at] : HTTP("500 No", ""));
    return false;
}

static char *given[] = {(char[]){"ASSERTION=s3cret+1"},
                        (char[]){"FORM=access_token=f&expires_in=77"},
                        (char[]){"TWO=a\nb"},
                        (char[]){"JSON={\"access_token\": \"j\",\n"
                                 "\"expires_in\": 30}"},
                        (char[]){"REFUSED={\"error\":\"login_needed\",\n"
                                 "\"error_description\":\"no session\"}"},
                        (char[]){"DATED={\"access_token\":\"j\","
                                 "\"expiresOn\":4102444800}"},
                        (char[]){"OLD_DATED={\"access_token\":\"j\","
                                 "\"expiresOn\":1000000000}"},
                        (char[]){"JWT=e30.eyJleHAiOjQxMDI0NDQ4MDB9.c2ln"},
                        (char[]){"OLD_JWT=e30.eyJleHAiOjF9.c2ln"},
                        (char[]){"OLDEST_JWT=e30.eyJleHAiOi0xZTMwfQ.c2ln"},
                        (char[]){"BOTH={\"access_token\":\"j\","
                                 "\"error\":{}}"},
                        (char[]){"SAID={\"access_token\":\"j\","
                                 "\"error\":{\"message\":\"x\"}}"},
                        (char[]){"MAC={\"access_token\":\"j\","
                                 "\"token_type\":\"mac\"}"},
                        NULL};
static const struct environment ENVIRONMENT = {.given = given};
static struct module module = {.provider = {.name = "scripted",
                                            .state_size = sizeof(int),
                                            .advance = advance}};
static char *scopes[] = {(char[]){"a b"}, NULL};
static struct profile_option options[] = {
    {.name = "assertion",
     .secret = {.kind = SECRET_ENV, .file = "/c/p.yaml", .line = 9}},
    {.name = "scope", .values = scopes},
};
static char name[] = "p", client_id[] = "me";
static struct http *engine;

static void
done(void *arg, struct outcome *outcome)
{
    (void)arg;
    done_count++;
    result.err = outcome->err;
    result.was_sent = outcome->sent;
    result.lifetime = outcome->reply.lifetime;
    (void)snprintf(result.token, sizeof result.token, "%s",
                   secret_text(&outcome->reply.token));
    (void)snprintf(result.token_type, sizeof result.token_type, "%s",
                   outcome->reply.token_type);
}

void
set_source(const char *variable)
{
    options[0].secret.text = (char *)(uintptr_t)variable;
}

void
scripted_set_up(void)
{
    struct tw_error err = {0};

    raw_start(&server, answer);
    cr_assert_eq(http_new(false, &engine, &err), TW_OK, "%s", err.message);
    profile = (struct profile){.name = name,
                               .file = "/c/p.yaml",
                               .line = 3,
                               .module = &module,
                               .token_endpoint = server.url,
                               .client_id = client_id,
                               .options = options,
                               .option_count = 2,
                               .allow_loopback_http = true,
                               .timeout_s = 5};
    profile.client_secret.kind = SECRET_VALUE;
    profile.client_secret.value = "cl1ent";
    set_source("ASSERTION");
}

void
scripted_tear_down(void)
{
    http_free(engine);
    raw_stop(&server);
}

void
run(size_t count, const struct tw_action *script)
{
    const struct exchange_context context = {
        .http = engine,
        .profile = &profile,
        .secrets = {.environment = &ENVIRONMENT},
        .deadline_ms = clock_monotonic_ms() + 5000};
    struct exchange *exchange;
    struct tw_error err = {0};

    memcpy(actions, script, count * sizeof *script);
    action_count = count;
    scripted.calls = 0;
    done_count = 0;
    memset(&result, 0, sizeof result);
    cr_assert_eq(exchange_start(&context, done, NULL, &exchange, &err), TW_OK);
    while (!done_count && clock_monotonic_ms() < context.deadline_ms) {
        (void)http_run(engine, exchange_wake_ms(exchange), context.deadline_ms,
                       NULL);
        if (!done_count)
            exchange_turn(exchange, clock_monotonic_ms());
    }
    cr_expect_eq(done_count, 1);
    exchange_free(exchange);
}

void
expect(enum tw_status status, const char *message)
{
    cr_expect_eq(result.err.status, (int32_t)status, "%d %s",
                 (int)result.err.status, result.err.message);
    cr_expect_str_eq(result.err.message, message);
    cr_expect_null(strstr(result.err.message, "s3cret"));
    cr_expect_null(strstr(result.err.message, "cl1ent"));
}

void
expect_events(size_t count, const unsigned *kinds)
{
    cr_expect_eq(scripted.calls, count, "%zu calls", scripted.calls);
    for (size_t i = 0; i < count && i < SCRIPTED_STEPS; i++)
        cr_expect_eq(scripted.events[i], kinds[i], "event %zu is %u", i,
                     scripted.events[i]);
}
