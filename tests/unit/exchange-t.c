/* SPDX-License-Identifier: MIT */
/*
 * exchange-t.c - modules that are nothing but a script, driven against a
 * server that is nothing but a script: every action, every event, and
 * everything a broken module may answer.
 */
#include <criterion/criterion.h>

#include "helper/exchange.h"
#include "tests/unit/raw_server.h"

#define STEPS 70
#define HTTP(status, body) \
    "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n" body
#define TOKEN HTTP("200 OK", "{\"access_token\":\"t0ken\",\"expires_in\":60}")
#define IN_PROFILE "/c/p.yaml:3: profile 'p': "
#define IS_BROKEN "provider 'scripted' is broken: "

/* The script: what the module answers, one after the other, and what it was
 * told.  The last action is given again and again. */
static struct tw_action actions[4];
static size_t action_count, call_count;
static unsigned events[STEPS];
static char last_error[64], seen[4][64];
static const char *const *asked_members;
static bool asked_options;
static int advance_rc;

static void
see_members(const struct tw_host *host)
{
    for (size_t i = 0; asked_members && asked_members[i]; i++) {
        const char *text = host->member(host, asked_members[i]);

        (void)snprintf(seen[i], sizeof seen[i], "%s", text ? text : "(none)");
    }
}

static void
see_options(const struct tw_host *host)
{
    static const char *const OPTIONS[] = {"client_id", "token_endpoint",
                                          "assertion", "scope"};

    for (size_t i = 0; i < 4; i++) {
        const char *text = host->option(host, OPTIONS[i], 0);

        (void)snprintf(seen[i], sizeof seen[i], "%s", text ? text : "(none)");
        cr_expect_null(host->option(host, OPTIONS[i], 1));
        cr_expect_eq(host->has(host, OPTIONS[i]), i == 2);
    }
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    size_t at = call_count < action_count ? call_count : action_count - 1;
    uint32_t size = action->size;

    cr_expect_eq(event->size, sizeof *event);
    cr_expect_eq(size, sizeof *action);
    cr_expect_eq(host->size, sizeof *host);
    (*(int *)state)++;
    if (call_count < STEPS)
        events[call_count] = event->kind;
    call_count++;
    if (event->error)
        (void)snprintf(last_error, sizeof last_error, "%s", event->error);
    see_members(host);
    if (asked_options)
        see_options(host);
    *action = actions[at];
    action->size = size;
    return advance_rc;
}

/* The other script: what the server answers, and what it was sent. */
static struct raw_server server;
static const char *answers[4];
static char requests[4][4096];

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
static struct profile profile;
static struct http *engine;

/* What came of it. */
static struct tw_error result;
static char token[64], token_type[32];
static int64_t lifetime;
static bool was_sent;
static int done_count;

static void
done(void *arg, struct outcome *outcome)
{
    (void)arg;
    done_count++;
    result = outcome->err;
    was_sent = outcome->sent;
    lifetime = outcome->reply.lifetime;
    (void)snprintf(token, sizeof token, "%s",
                   secret_text(&outcome->reply.token));
    (void)snprintf(token_type, sizeof token_type, "%s",
                   outcome->reply.token_type);
}

static void
set_source(const char *variable)
{
    options[0].secret.text = (char *)(uintptr_t)variable;
}

static void
set_up(void)
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

static void
tear_down(void)
{
    http_free(engine);
    raw_stop(&server);
}

TestSuite(exchange, .init = set_up, .fini = tear_down, .timeout = 60);

static void
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
    call_count = 0;
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

#define RUN(...)                                                            \
    run(sizeof(struct tw_action[]){__VA_ARGS__} / sizeof(struct tw_action), \
        (struct tw_action[]){__VA_ARGS__})
#define POST(fields_)                           \
    ((struct tw_action){.kind = TW_ACTION_POST, \
                        .fields = (fields_),    \
                        .field_count = sizeof(fields_) / sizeof *(fields_)})
#define DO(kind_, ...) \
    ((struct tw_action){.kind = TW_ACTION_##kind_, __VA_ARGS__})
#define DONE DO(DONE, .text = NULL)
#define FAIL DO(FAIL, .text = NULL)

static const struct tw_field PLAIN[] = {
    {"grant_type", "x y", TW_FIELD_TEXT, 0},
};
static const struct tw_field NAMED[] = {
    {"assertion", "assertion", TW_FIELD_SECRET, 0},
};
static const struct tw_field MEMBER[] = {
    {"device_code", "code", TW_FIELD_MEMBER, 0},
};

static void
expect(enum tw_status status, const char *message)
{
    cr_expect_eq(result.status, (int32_t)status, "%d %s", (int)result.status,
                 result.message);
    cr_expect_str_eq(result.message, message);
    cr_expect_null(strstr(result.message, "s3cret"));
    cr_expect_null(strstr(result.message, "cl1ent"));
}

static void
expect_events(size_t count, const unsigned *kinds)
{
    cr_expect_eq(call_count, count, "%zu calls", call_count);
    for (size_t i = 0; i < count && i < STEPS; i++)
        cr_expect_eq(events[i], kinds[i], "event %zu is %u", i, events[i]);
}

#define EVENTS(...)                                                   \
    expect_events(sizeof(unsigned[]){__VA_ARGS__} / sizeof(unsigned), \
                  (unsigned[]){__VA_ARGS__})

Test(exchange, a_form_brings_a_token)
{
    answers[0] = TOKEN;
    RUN(POST(PLAIN), DONE);
    expect(TW_OK, "");
    EVENTS(TW_EVENT_START, TW_EVENT_TOKEN);
    cr_expect_str_eq(token, "t0ken");
    cr_expect_eq(lifetime, 60);
    cr_expect(was_sent);
    cr_expect_str_eq(requests[0],
                     "grant_type=x+y&client_id=me&client_secret=cl1ent");
}

Test(exchange, a_secret_is_named_and_put_in)
{
    answers[0] = TOKEN;
    RUN(POST(NAMED), DONE);
    expect(TW_OK, "");
    cr_expect_str_eq(requests[0],
                     "assertion=s3cret%2B1&client_id=me&client_secret=cl1ent");
}

Test(exchange, a_secret_that_comes_back_is_scrubbed)
{
    answers[0] =
        HTTP("400 Bad", "{\"error\":\"invalid_grant\","
                        "\"error_description\":\"bad s3cret+1 of cl1ent\"}");
    RUN(POST(NAMED), FAIL);
    cr_expect_eq(result.status, TW_E_DENIED);
    cr_expect_not_null(strstr(result.message, "\"bad *** of ***\""), "%s",
                       result.message);
    cr_expect_str_eq(last_error, "invalid_grant");
}

Test(exchange, without_the_client)
{
    struct tw_action alone = POST(PLAIN);

    alone.flags = TW_POST_NO_CLIENT;
    answers[0] = TOKEN;
    RUN(alone, DONE);
    expect(TW_OK, "");
    cr_expect_str_eq(requests[0], "grant_type=x+y");
}

Test(exchange, to_another_address)
{
    struct tw_action elsewhere = POST(PLAIN);

    profile.token_endpoint = NULL;
    elsewhere.url = server.url;
    answers[0] = TOKEN;
    RUN(elsewhere, DONE);
    expect(TW_OK, "");
    elsewhere.url = "http://example.org/token";
    RUN(elsewhere, DONE);
    cr_expect_neq(result.status, TW_OK);
    elsewhere.url = "file:///etc/passwd";
    RUN(elsewhere, DONE);
    cr_expect_neq(result.status, TW_OK);
    cr_expect_eq(atomic_load(&server.requests), 1);
}

Test(exchange, an_answer_that_is_no_token)
{
    static const char *const MEMBERS[] = {"code", "interval", "access_token",
                                          "odd", NULL};
    struct tw_action ask = POST(PLAIN);

    ask.flags = TW_POST_ANSWER;
    asked_members = MEMBERS;
    answers[0] = HTTP("200 OK", "{\"code\":\"d c\",\"interval\":5.9,"
                                "\"access_token\":\"t\",\"odd\":\"a\\nb\"}");
    answers[1] = TOKEN;
    RUN(ask, POST(MEMBER), DONE);
    expect(TW_OK, "");
    EVENTS(TW_EVENT_START, TW_EVENT_ANSWER, TW_EVENT_TOKEN);
    cr_expect_str_eq(requests[1],
                     "device_code=d+c&client_id=me&client_secret=cl1ent");
    cr_expect_str_eq(token, "t0ken");
}

Test(exchange, members_by_their_type)
{
    static const char *const MEMBERS[] = {"code", "interval", "access_token",
                                          "odd", NULL};
    struct tw_action ask = POST(PLAIN);

    ask.flags = TW_POST_ANSWER;
    asked_members = MEMBERS;
    answers[0] = HTTP("201 Made", "{\"code\":\"d c\",\"interval\":5.9,"
                                  "\"access_token\":\"t\",\"odd\":\"a\\nb\"}");
    RUN(ask, DO(FAIL, .text = "seen"));
    expect(TW_E_PROTOCOL, IN_PROFILE "seen");
    cr_expect_str_eq(seen[0], "d c");
    cr_expect_str_eq(seen[1], "5");
    cr_expect_str_eq(seen[2], "(none)");
    cr_expect_str_eq(seen[3], "(none)");
}

Test(exchange, nothing_is_an_answer_too)
{
    struct tw_action ask = POST(PLAIN);

    ask.flags = TW_POST_ANSWER;
    answers[0] = HTTP("200 OK", "");
    RUN(ask, FAIL);
    EVENTS(TW_EVENT_START, TW_EVENT_ANSWER);
}

Test(exchange, what_is_no_answer_either)
{
    struct tw_action ask = POST(PLAIN);

    ask.flags = TW_POST_ANSWER;
    answers[0] = HTTP("200 OK", "<html>");
    answers[1] = HTTP("200 OK", "{\"error\":\"invalid_client\"}");
    answers[2] = HTTP("200 OK", "{\"error\":7}");
    answers[3] = HTTP("503 Busy", "");
    RUN(ask, FAIL);
    cr_expect_eq(result.status, TW_E_PROTOCOL);
    EVENTS(TW_EVENT_START);
    RUN(ask, FAIL);
    cr_expect_eq(result.status, TW_E_DENIED);
    EVENTS(TW_EVENT_START, TW_EVENT_REFUSED);
    RUN(ask, FAIL);
    cr_expect_eq(result.status, TW_E_PROTOCOL);
    RUN(ask, FAIL);
    cr_expect_eq(result.status, TW_E_RETRY);
}

Test(exchange, an_answer_is_no_token)
{
    struct tw_action ask = POST(PLAIN);

    ask.flags = TW_POST_ANSWER;
    answers[0] = TOKEN;
    RUN(ask, DONE);
    expect(TW_E_MODULE, IS_BROKEN "it says done without a token");
    cr_expect_str_eq(token, "");
}

Test(exchange, a_token_of_no_type)
{
    struct tw_action ask = POST(PLAIN);

    answers[0] = answers[1] =
        HTTP("200 OK", "{\"access_token\":\"t0ken\",\"token_type\":\"n_a\"}");
    RUN(ask, FAIL);
    cr_expect_eq(result.status, TW_E_PROTOCOL);
    ask.flags = TW_POST_UNTYPED;
    RUN(ask, DONE);
    expect(TW_OK, "");
    cr_expect_str_eq(token, "t0ken");
    cr_expect_str_eq(token_type, "N_A");
}

Test(exchange, common_keys_are_shown)
{
    asked_options = true;
    RUN(FAIL);
    cr_expect_str_eq(seen[0], "me");
    cr_expect_str_eq(seen[1], server.url);
    cr_expect_str_eq(seen[2], "(none)");
    cr_expect_str_eq(seen[3], "a b");
}

Test(exchange, refused_then_another_way)
{
    answers[0] = HTTP("400 Bad", "{\"error\":\"authorization_pending\"}");
    answers[1] = TOKEN;
    RUN(POST(PLAIN), DO(WAIT, .wait_ms = 30), POST(PLAIN), DONE);
    expect(TW_OK, "");
    EVENTS(TW_EVENT_START, TW_EVENT_REFUSED, TW_EVENT_WAITED, TW_EVENT_TOKEN);
    cr_expect_str_eq(last_error, "authorization_pending");
}

Test(exchange, telling_needs_a_person)
{
    RUN(DO(TELL, .text = "go", .url = "https://a.test/", .code = "AB-CD"));
    expect(TW_E_INTERACT, "/c/p.yaml:3: profile 'p' needs a person to log in\n"
                          "run: tokenward login p");
    cr_expect_not(was_sent);
}

Test(exchange, giving_up)
{
    RUN(FAIL);
    expect(TW_E_CONFIG, IN_PROFILE "it gave up");
    cr_expect_not(was_sent);
    RUN(DO(FAIL, .text = "no\x1b[2J way"));
    expect(TW_E_CONFIG, IN_PROFILE "no?[2J way");
}

Test(exchange, taking_a_bare_token)
{
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    EVENTS(TW_EVENT_START, TW_EVENT_TOKEN);
    cr_expect_str_eq(token, "s3cret+1");
    cr_expect_eq(lifetime, LIFETIME_UNKNOWN);
    cr_expect_not(was_sent);
    cr_expect_eq(atomic_load(&server.requests), 0);
}

Test(exchange, taking_a_jwt)
{
    set_source("JWT");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_eq(lifetime, LIFETIME_MAX);
    set_source("OLD_JWT");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    cr_expect_eq(result.status, TW_E_RETRY);
    cr_expect_not_null(strstr(result.message, ": its token ran out "));
    cr_expect_str_eq(token, "");
}

Test(exchange, taking_by_the_rules_of_the_profile)
{
    static char member[] = "expiresOn";

    set_source("DATED");
    profile.reply.expires_member = member;
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_eq(lifetime, LIFETIME_MAX);
    set_source("OLD_DATED");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    cr_expect_eq(result.status, TW_E_CONFIG);
    cr_expect_not_null(strstr(result.message, "or it is over"), "%s",
                       result.message);
    cr_expect_str_eq(token, "");
}

Test(exchange, taking_a_json_answer)
{
    set_source("JSON");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_str_eq(token, "j");
    cr_expect_eq(lifetime, 30);
}

#define FROM(name) "/c/p.yaml:9:0: secret from environment variable " name

Test(exchange, taking_what_is_no_token)
{
    set_source("TWO");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_CONFIG,
           FROM("TWO") ": holds neither a bare token nor a JSON object with "
                       "access_token\na token is printable ASCII without "
                       "spaces, at most 65000 bytes");
    EVENTS(TW_EVENT_START);
    set_source("REFUSED");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_DENIED, FROM("REFUSED") ": says login_needed: \"no session\"");
    set_source("MAC");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_CONFIG,
           FROM("MAC") ": its token is no bearer token, and only these can be "
                       "handed out");
    set_source("UNSET");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_CONFIG, FROM("UNSET") ": is not set");
}

Test(exchange, broken_actions)
{
    RUN(DONE);
    expect(TW_E_MODULE, IS_BROKEN "it says done without a token");
    RUN((struct tw_action){.kind = 0});
    expect(TW_E_MODULE, IS_BROKEN "it answered with an unknown action");
    RUN((struct tw_action){.kind = 99});
    expect(TW_E_MODULE, IS_BROKEN "it answered with an unknown action");
    RUN(DO(WAIT, .wait_ms = -1));
    expect(TW_E_MODULE, IS_BROKEN "it waits too long");
    RUN(DO(WAIT, .wait_ms = 600001));
    expect(TW_E_MODULE, IS_BROKEN "it waits too long");
    RUN(DO(WAIT, .wait_ms = 0));
    expect(TW_E_MODULE, IS_BROKEN "it never comes to an end");
    RUN(DO(TAKE, .text = NULL));
    expect(TW_E_MODULE, IS_BROKEN "it names no secret of the profile");
    RUN(DO(TAKE, .text = "scope"));
    expect(TW_E_MODULE, IS_BROKEN "it names no secret of the profile");
    profile.token_endpoint = NULL;
    RUN(POST(PLAIN));
    expect(TW_E_MODULE, IS_BROKEN "it names no endpoint");
    advance_rc = 1;
    RUN(FAIL);
    expect(TW_E_MODULE, IS_BROKEN "advance() failed");
    cr_expect_eq(atomic_load(&server.requests), 0);
}

static void
expect_broken_form(const struct tw_field *fields, size_t count,
                   const char *message)
{
    RUN(DO(POST, .fields = fields, .field_count = count));
    expect(TW_E_MODULE, message);
}

Test(exchange, broken_forms)
{
    static const struct tw_field BAD[] = {
        {NULL, "v", TW_FIELD_TEXT, 0},
        {"", "v", TW_FIELD_TEXT, 0},
        {"n", NULL, TW_FIELD_TEXT, 0},
        {"n", "v", 0, 0},
        {"n", "v", 99, 0},
        {"n", "nothing", TW_FIELD_SECRET, 0},
        {"n", "scope", TW_FIELD_SECRET, 0},
        {"n", "code", TW_FIELD_MEMBER, 0},
    };
    static const char *const MESSAGES[] = {
        IS_BROKEN "its form has a field without name or value",
        IS_BROKEN "its form has a field without name or value",
        IS_BROKEN "its form has a field without name or value",
        IS_BROKEN "its form has a field of an unknown kind",
        IS_BROKEN "its form has a field of an unknown kind",
        IS_BROKEN "it names no secret of the profile",
        IS_BROKEN "it names no secret of the profile",
        IS_BROKEN "it names no text of the last answer",
    };
    struct tw_field many[TW_FIELDS_MAX + 1];
    struct tw_action odd = POST(PLAIN);

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_broken_form(&BAD[i], 1, MESSAGES[i]);
    expect_broken_form(NULL, 1, IS_BROKEN "its form is too long");
    for (size_t i = 0; i < TW_FIELDS_MAX + 1; i++)
        many[i] = NAMED[0];
    expect_broken_form(many, TW_FIELDS_MAX + 1,
                       IS_BROKEN "its form is too long");
    expect_broken_form(many, TW_FIELDS_MAX,
                       IS_BROKEN "its form names too many secrets");
    odd.flags = 8;
    RUN(odd);
    expect(TW_E_MODULE, IS_BROKEN "its request has unknown flags");
    cr_expect_eq(atomic_load(&server.requests), 0);
}

Test(exchange, a_form_that_is_too_large)
{
    static char text[40000];
    struct tw_field fields[8];

    memset(text, 'a', sizeof text - 1);
    for (size_t i = 0; i < 8; i++)
        fields[i] = (struct tw_field){"n", text, TW_FIELD_TEXT, 0};
    RUN(POST(fields));
    expect(TW_E_CONFIG, "/c/p.yaml:3: profile 'p': its request is larger than "
                        "262144 bytes");
}
