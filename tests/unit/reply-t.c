/* SPDX-License-Identifier: MIT */
/*
 * reply-t.c - what the corpus (corpus-replies-t.c) does not hold: echoes of
 * secrets, precedence, statuses, scopes.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/exchange/reply.h"
#include "tests/unit/cpu_time.h"
#include "tests/unit/under_valgrind.h"

#define SECRET "CANARY s/e+c%r:e\"t\\"

static struct secret client_secret = {.max = 100};

static void
read_as(int status, const char *type, const char *body, struct reply *out)
{
    const struct secret *const scrub[] = {&client_secret, NULL};
    struct http_reply http = {.status = status,
                              .retry_after = -1,
                              .body = SECRET_INIT(HTTP_BODY_MAX)};

    if (!client_secret.len)
        cr_assert(secret_append_text(&client_secret, SECRET));
    (void)snprintf(http.content_type, sizeof http.content_type, "%s", type);
    cr_assert(secret_append_text(&http.body, body));
    reply_read(&http, scrub, out);
    secret_clear(&http.body);
}

static enum reply_class
class_of(int status, const char *body)
{
    struct reply reply;
    enum reply_class class;

    read_as(status, "application/json", body, &reply);
    class = reply.class;
    cr_expect((class == REPLY_TOKEN) == (reply.token.len > 0));
    reply_clear(&reply);
    return class;
}

#define TOKEN(more) \
    "{\"access_token\":\"tok\",\"token_type\":\"Bearer\"" more "}"

Test(reply, a_token_only_from_200)
{
    static const int OTHERS[] = {201, 202, 203, 204, 206, 299};

    cr_expect_eq(class_of(200, TOKEN("")), REPLY_TOKEN);
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        cr_expect_eq(class_of(OTHERS[i], TOKEN("")), REPLY_MALFORMED_RESPONSE);
    cr_expect_eq(class_of(302, TOKEN("")), REPLY_REDIRECT_REFUSED);
    cr_expect_eq(class_of(400, TOKEN("")), REPLY_HTTP_ERROR);
    cr_expect_eq(class_of(500, TOKEN("")), REPLY_SERVER_ERROR);
}

Test(reply, an_error_beats_a_token)
{
    cr_expect_eq(class_of(200, TOKEN(",\"error\":\"invalid_scope\"")),
                 REPLY_INVALID_SCOPE);
    cr_expect_eq(class_of(200, TOKEN(",\"error\":\"x\"")), REPLY_OTHER_ERROR);
    cr_expect_eq(class_of(200, TOKEN(",\"error\":{}")),
                 REPLY_MALFORMED_RESPONSE);
    cr_expect_eq(class_of(200, TOKEN(",\"error\":false")),
                 REPLY_MALFORMED_RESPONSE);
    cr_expect_eq(class_of(200, TOKEN(",\"error\":null")), REPLY_TOKEN);
}

Test(reply, a_malformed_success_is_not_searched)
{
    cr_expect_eq(class_of(200, "{\"error\":\"invalid_client\",}"),
                 REPLY_MALFORMED_RESPONSE);
    cr_expect_eq(class_of(200, "{\"access_token\":\"tok\",}"),
                 REPLY_MALFORMED_RESPONSE);
}

Test(reply, codes_and_statuses)
{
    cr_expect_eq(class_of(503, "{\"error\":\"invalid_client\"}"),
                 REPLY_INVALID_CLIENT);
    cr_expect_eq(class_of(503, "{\"error\":\"whatever\"}"),
                 REPLY_TEMPORARILY_UNAVAILABLE);
    cr_expect_eq(class_of(500, "{\"error\":\"whatever\"}"),
                 REPLY_SERVER_ERROR);
    cr_expect_eq(class_of(429, "{\"error\":\"access_denied\"}"),
                 REPLY_TEMPORARILY_UNAVAILABLE);
    cr_expect_eq(class_of(400, "{\"error\":\"slow_down\"}"),
                 REPLY_OTHER_ERROR);
    cr_expect_eq(class_of(401, "{\"error\":\"invalid_token\"}"),
                 REPLY_OTHER_ERROR);
    cr_expect_eq(class_of(400, "{\"error\":\"invalid_target\"}"),
                 REPLY_INVALID_TARGET);
    cr_expect_eq(class_of(400, "{\"error\":\"scope_invalid\"}"),
                 REPLY_INVALID_SCOPE);
    cr_expect_eq(class_of(400, "{\"error\":\"authorization_type_invalid\"}"),
                 REPLY_UNAUTHORIZED_CLIENT);
    cr_expect_eq(class_of(401, ""), REPLY_INVALID_CLIENT);
    cr_expect_eq(class_of(403, ""), REPLY_HTTP_ERROR);
}

Test(reply, the_search_finds_a_registered_code)
{
    cr_expect_eq(class_of(400, "{\"error\" :\n\"invalid_scope\" \"x\""),
                 REPLY_INVALID_SCOPE);
    cr_expect_eq(class_of(400, "[{\"error\":\"invalid_grant\"}]"),
                 REPLY_INVALID_GRANT);
    cr_expect_eq(class_of(400, "{\"error\":\"made_up\",}"), REPLY_HTTP_ERROR);
    cr_expect_eq(
        class_of(400, "{\"error\":\"x\",\"error\":\"invalid_client\"}"),
        REPLY_INVALID_CLIENT);
    cr_expect_eq(class_of(400, "{\"error\":\"invalid_client"),
                 REPLY_HTTP_ERROR);
    cr_expect_eq(class_of(400, "{\"error\":\"invalid_client\\"),
                 REPLY_HTTP_ERROR);
    cr_expect_eq(
        class_of(400, "{\"a\":\"\\\"error\\\":\\\"invalid_client\\\""),
        REPLY_HTTP_ERROR);
    cr_expect_eq(class_of(400, "\"error\""), REPLY_HTTP_ERROR);
    cr_expect_eq(class_of(400, "\"error\":"), REPLY_HTTP_ERROR);
}

static void
expect_scope(const char *value, enum reply_class class, const char *scope)
{
    char body[20000];
    struct reply reply;

    (void)snprintf(body, sizeof body, TOKEN(",\"scope\":%s"), value);
    read_as(200, "application/json", body, &reply);
    cr_expect_eq(reply.class, class, "%.50s", value);
    cr_expect_eq(reply.has_scope, scope != NULL, "%.50s", value);
    if (scope && reply.scope)
        cr_expect_str_eq(reply.scope, scope);
    reply_clear(&reply);
}

Test(reply, scopes)
{
    char lots[SCOPE_MAX + 10] = "\"";

    expect_scope("\"a b\"", REPLY_TOKEN, "a b");
    expect_scope("\"  a   b \"", REPLY_TOKEN, "a b");
    expect_scope("[\"a\",\"b c\"]", REPLY_TOKEN, "a b c");
    expect_scope("\"https://x.test/.default !#[]~\"", REPLY_TOKEN,
                 "https://x.test/.default !#[]~");
    expect_scope("\"\"", REPLY_TOKEN, NULL);
    expect_scope("[]", REPLY_TOKEN, NULL);
    expect_scope("null", REPLY_TOKEN, NULL);
    expect_scope("7", REPLY_MALFORMED_RESPONSE, NULL);
    expect_scope("{}", REPLY_MALFORMED_RESPONSE, NULL);
    expect_scope("[\"a\",7]", REPLY_MALFORMED_RESPONSE, NULL);
    expect_scope("\"a\\nb\"", REPLY_MALFORMED_RESPONSE, NULL);
    expect_scope("\"a\\u0000b\"", REPLY_MALFORMED_RESPONSE, NULL);
    expect_scope("\"a\\tb\"", REPLY_MALFORMED_RESPONSE, NULL);
    expect_scope("\"a\\\"b\"", REPLY_MALFORMED_RESPONSE, NULL);
    expect_scope("\"a\\\\b\"", REPLY_MALFORMED_RESPONSE, NULL);
    expect_scope("\"\xc3\xa9\"", REPLY_MALFORMED_RESPONSE, NULL);
    memset(lots + 1, 'a', SCOPE_MAX + 1);
    lots[SCOPE_MAX + 2] = '"';
    expect_scope(lots, REPLY_MALFORMED_RESPONSE, NULL);
}

Test(reply, token_types)
{
    cr_expect_eq(class_of(200, "{\"access_token\":\"t\"}"), REPLY_TOKEN);
    cr_expect_eq(class_of(200, "{\"access_token\":\"t\",\"token_type\":null}"),
                 REPLY_TOKEN);
    cr_expect_eq(
        class_of(200, "{\"access_token\":\"t\",\"token_type\":\"BEARER\"}"),
        REPLY_TOKEN);
    cr_expect_eq(
        class_of(200, "{\"access_token\":\"t\",\"token_type\":\"mac\"}"),
        REPLY_UNSUPPORTED_TOKEN_TYPE);
    cr_expect_eq(class_of(200, "{\"access_token\":\"t\",\"token_type\":"
                               "\"Bearer\\u0000\"}"),
                 REPLY_UNSUPPORTED_TOKEN_TYPE);
    cr_expect_eq(class_of(200, "{\"access_token\":\"t\",\"token_type\":1}"),
                 REPLY_UNSUPPORTED_TOKEN_TYPE);
}

/* Shown texts. */

static void
expect_said(int status, const char *type, const char *body, const char *said)
{
    struct reply reply;

    read_as(status, type, body, &reply);
    cr_expect_str_eq(reply.description.text, said, "%s: %s", body,
                     reply.description.text);
    reply_clear(&reply);
}

#define ERROR(text) "{\"error\":\"x\",\"error_description\":\"" text "\"}"

Test(reply, no_echo_of_the_secret_is_shown)
{
    static const char *const ECHOES[] = {
        "CANARY s/e+c%r:e\\\"t\\\\",         /* as it is */
        "CANARY+s%2Fe%2Bc%25r%3Ae%22t%5C",   /* as a form */
        "CANARY+s%2fe%2bc%25r%3ae%22t%5c",   /* in lower case */
        "CANARY%20s%2Fe%2Bc%25r%3Ae%22t%5C", /* as a URI */
        "CANARY s/e+c%r:e\\\\\\\"t\\\\\\\\", /* as JSON in JSON */
        "Q0FOQVJZIHMvZStjJXI6ZSJ0XA==",      /* as base64 */
        "aWQ6Q0FOQVJZIHMvZStjJXI6ZSJ0XA",    /* id:secret */
        "aWQ6Q0FOQVJZK3MlMkZlJTJCYyUyNXIlM0FlJTIydCU1Qw==", /* form first */
        "CANARY s&#47;e&#43;c%r:e&quot;t\\\\",              /* as HTML */
    };

    for (size_t i = 0; i < sizeof ECHOES / sizeof *ECHOES; i++) {
        char body[400];
        struct reply reply;
        const char *said = reply.description.text;

        (void)snprintf(body, sizeof body, ERROR("You sent <%s>!"), ECHOES[i]);
        read_as(401, "application/json", body, &reply);
        cr_expect(strncmp(said, "You sent <***", 13) == 0 &&
                      strstr(said, ">!") && strlen(said) < 20,
                  "%zu: %s", i, said);
        reply_clear(&reply);
        (void)snprintf(body, sizeof body, "{\"error\":\"%s\"}", ECHOES[i]);
        read_as(401, "application/json", body, &reply);
        cr_expect_eq(strncmp(reply.error, "***", 3), 0, "%s", reply.error);
        reply_clear(&reply);
        (void)snprintf(body, sizeof body, "You sent <%s>!", ECHOES[i]);
        read_as(400, "text/plain", body, &reply);
        cr_expect(strncmp(said, "You sent <***", 13) == 0, "%zu: %s", i, said);
        reply_clear(&reply);
    }
}

#define NO_JSON(text) \
    "{\"error\":\"invalid_client\",\"error_description\":\"" text "\",}"

/* What stands around it is shown or not; nothing of the secret is. */
Test(reply, no_echo_is_shown_wherever_it_begins)
{
    static const char *const BODIES[] = {
        ERROR("Basic+aWQ6Q0FOQVJZIHMvZStjJXI6ZSJ0XA=="),
        ERROR("Basic%20Q0FOQVJZIHMvZStjJXI6ZSJ0XA=="),
        ERROR("xQ0FOQVJZIHMvZStjJXI6ZSJ0XA=="),
        ERROR("%510FOQVJZIHMvZStjJXI6ZSJ0XA%3D%3D"),
        NO_JSON("CANARY s\\/e\\u002bc%r:e\\u0022t\\u005C"),
    };

    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
        struct reply reply;

        read_as(401, "application/json", BODIES[i], &reply);
        cr_expect(strstr(reply.description.text, "***"), "%zu: %s", i,
                  reply.description.text);
        cr_expect_null(strstr(reply.description.text, "ZStj"));
        cr_expect_null(strstr(reply.description.text, "CANARY"));
        reply_clear(&reply);
    }
    expect_said(200, "application/json",
                "{\"access_token\":\"t\",\"token_type\":\"CANARY "
                "s/e+c%r:e\\\"t\\\\\"}",
                "***");
}

Test(reply, a_secret_across_the_cut_is_not_shown_by_half)
{
    for (size_t before = 90; before < 130; before++) {
        char body[400], padding[200] = "";
        struct reply reply;

        memset(padding, '.', before);
        (void)snprintf(body, sizeof body,
                       ERROR("%sCANARY s/e+c%%r:e\\\"t\\\\ and more"),
                       padding);
        read_as(400, "application/json", body, &reply);
        cr_expect_null(strstr(reply.description.text, "CAN"), "%s",
                       reply.description.text);
        cr_expect_leq(strlen(reply.description.text), TEXT_SHOWN_MAX + 3);
        reply_clear(&reply);
    }
}

Test(reply, ordinary_words_stay)
{
    expect_said(400, "application/json",
                ERROR("Basic authenticationFailed for CANARY"),
                "Basic authenticationFailed for CANARY");
    expect_said(400, "application/json", "{\"message\":\"no\\tway\"}",
                "no?way");
    expect_said(400, "text/plain", "Bad Request", "Bad Request");
    expect_said(400, "text/html", "<html>x", "a page in HTML");
    expect_said(400, "application/json", ERROR(""), "");
}

Test(reply, a_token_in_a_refusal_is_not_shown)
{
    expect_said(400, "application/json", TOKEN(""), "");
    expect_said(400, "application/json", "{\"access_token\":\"tok\",}", "");
    expect_said(400, "text/plain", "access_token=tok", "");
    expect_said(200, "text/plain", "abc", "");
}

Test(reply, who_must_act)
{
    static const struct {
        int status;
        const char *body;
        enum tw_status acts;
    } ROWS[] = {
        {200, TOKEN(""), TW_OK},
        {400, "{\"error\":\"invalid_request\"}", TW_E_DENIED},
        {401, "", TW_E_DENIED},
        {400, "{\"error\":\"other\"}", TW_E_DENIED},
        {403, "", TW_E_RETRY},
        {404, "", TW_E_PROTOCOL},
        {408, "", TW_E_RETRY},
        {429, "", TW_E_RETRY},
        {429, "{\"error\":\"slow_down\"}", TW_E_RETRY},
        {500, "", TW_E_RETRY},
        {500, "{\"error\":\"oops\"}", TW_E_RETRY},
        {503, "", TW_E_RETRY},
        {307, "", TW_E_PROTOCOL},
        {200, "", TW_E_PROTOCOL},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct reply reply;

        read_as(ROWS[i].status, "", ROWS[i].body, &reply);
        cr_expect_eq(reply_status(&reply), ROWS[i].acts, "%d %s",
                     ROWS[i].status, ROWS[i].body);
        reply_clear(&reply);
    }
}

Test(reply, no_answer_keeps_the_engines_words)
{
    struct http_reply http = {.retry_after = -1,
                              .body = SECRET_INIT(HTTP_BODY_MAX),
                              .err = {TW_E_CONFIG, "ca_file"}};
    struct reply reply;

    reply_read(&http, NULL, &reply);
    cr_expect_eq(reply.class, REPLY_NETWORK);
    cr_expect_eq(reply_status(&reply), TW_E_CONFIG);
    cr_expect_str_eq(reply.err.message, "ca_file");
    reply_clear(&reply);
    http.too_large = true;
    reply_read(&http, NULL, &reply);
    cr_expect_eq(reply.class, REPLY_TOO_LARGE);
    reply_clear(&reply);
}

Test(reply, every_class_has_a_name)
{
    for (int i = REPLY_TOKEN; i <= REPLY_NETWORK; i++)
        cr_expect_gt(strlen(reply_class_name((enum reply_class)i)), 3);
}

Test(reply, a_hostile_mebibyte_is_classified_at_once)
{
    static const char *const PIECES[] = {
        "\"error\":\"x\",", "\"error\":\"", "\"error\" ", "CANARY", "aWQ6Q0",
        "%43%41",           "XFxc",         "\\\\\\",     "\\/",    "%%43"};
    char *body = malloc(HTTP_BODY_MAX + 1);

    cr_assert(body);
    for (size_t i = 0; i < sizeof PIECES / sizeof *PIECES; i++) {
        size_t length = strlen(PIECES[i]), n = 0;
        struct reply reply;
        int64_t start;

        for (; n + length < HTTP_BODY_MAX; n += length)
            memcpy(body + n, PIECES[i], length);
        body[n] = '\0';
        start = cpu_ms();
        read_as(400, "text/plain", body, &reply);
        cr_expect_lt(cpu_ms() - start, time_limit(100), "%s: %ld ms",
                     PIECES[i], (long)(cpu_ms() - start));
        reply_clear(&reply);
    }
    free(body);
}
