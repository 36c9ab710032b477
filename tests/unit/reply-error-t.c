/* SPDX-License-Identifier: MIT */
/*
 * reply-error-t.c - refusals that are no JSON, or hardly: what is found in
 * them, what is not, and what is shown.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "helper/exchange/reply.h"
#include "helper/exchange/reply_answer.h"
#include "tests/unit/cpu_time.h"
#include "tests/unit/under_valgrind.h"

#define TOKEN "\"access_token\":\"tok\",\"token_type\":\"Bearer\""
#define SEARCHED 16384

static void
read_bytes(int status, const char *bytes, size_t n, struct reply *out)
{
    struct http_reply http = {.status = status,
                              .retry_after = -1,
                              .body = SECRET_INIT(HTTP_BODY_MAX)};

    cr_assert(!n || secret_append(&http.body, bytes, n));
    reply_read(&http, NULL, out);
    secret_clear(&http.body);
}

static void
expect(int status, const char *body, enum reply_class class, const char *said)
{
    struct reply reply;

    read_bytes(status, body, strlen(body), &reply);
    cr_expect_eq(reply.class, class, "%d %.60s: %s", status, body,
                 reply_class_name(reply.class));
    if (said)
        cr_expect_str_eq(reply.description.text, said, "%s", body);
    reply_clear(&reply);
}

Test(reply_error, a_code_is_one_as_a_whole)
{
    expect(400, "{\"error\":\"invalid\"}", REPLY_OTHER_ERROR, NULL);
    expect(400, "{\"error\":\"\"}", REPLY_HTTP_ERROR, NULL);
    expect(401, "{\"error\":\"\"}", REPLY_INVALID_CLIENT, NULL);
    expect(400, "{\"error\":\"invalid_clients\"}", REPLY_OTHER_ERROR, NULL);
    expect(400, "{\"error\":\"invalid\",}", REPLY_HTTP_ERROR, NULL);
}

Test(reply_error, a_member_is_a_key_a_colon_and_a_text)
{
    expect(400, "[\"error\", \"invalid_client\",]", REPLY_HTTP_ERROR, NULL);
    expect(400, "{\"error\": xinvalid_client\", \"a\"", REPLY_HTTP_ERROR,
           NULL);
    expect(400, "{\"error\"\t:\r\n \"invalid_client\",}", REPLY_INVALID_CLIENT,
           NULL);
}

Test(reply_error, an_escaped_quote_ends_no_text)
{
    expect(400,
           "{\"error\":\"invalid_client\" \"error_description\":\"no "
           "\\\"such\\\" client\"",
           REPLY_INVALID_CLIENT, "no \\\"such\\\" client");
}

Test(reply_error, so_much_of_a_body_is_searched)
{
    static const char LATE[] = "\"error\":\"invalid_client\"";
    char body[SEARCHED + sizeof LATE];

    memset(body, ' ', SEARCHED);
    memcpy(body + SEARCHED - strlen(LATE), LATE, sizeof LATE);
    expect(400, body, REPLY_INVALID_CLIENT, NULL);
    memset(body, ' ', SEARCHED);
    memcpy(body + SEARCHED - strlen(LATE) + 1, LATE, sizeof LATE);
    expect(400, body, REPLY_HTTP_ERROR, NULL);
}

/* However it is written, and wherever: a body may have a NUL before it. */
Test(reply_error, what_may_hold_a_token_is_not_shown)
{
    static const char BEHIND[] = "oops\0Access_Token=CANARY";
    struct reply reply;

    expect(400, "Access_Token=CANARY", REPLY_HTTP_ERROR, "");
    expect(400, "TOKEN=CANARY", REPLY_HTTP_ERROR, "");
    expect(400, "oops", REPLY_HTTP_ERROR, "oops");
    read_bytes(400, BEHIND, sizeof BEHIND - 1, &reply);
    cr_expect_str_eq(reply.description.text, "");
    reply_clear(&reply);
}

/* Whatever it holds: to follow it, or to believe it, is another's. */
Test(reply_error, a_redirect_is_refused_with_any_body)
{
    static const int STATUSES[] = {300, 302, 399};
    static const char *const BODIES[] = {"", "{\"error\":\"invalid_client\"}",
                                         "{" TOKEN "}"};

    for (size_t i = 0; i < sizeof STATUSES / sizeof *STATUSES; i++)
        for (size_t j = 0; j < sizeof BODIES / sizeof *BODIES; j++)
            expect(STATUSES[i], BODIES[j], REPLY_REDIRECT_REFUSED, NULL);
}

/* Nobody asked whether it was modified. */
Test(reply_error, what_leads_nowhere_is_no_redirect)
{
    expect(304, "", REPLY_MALFORMED_RESPONSE, NULL);
}

Test(reply_error, others_are_told_when_to_come_again)
{
    static const int LATER[] = {403, 408, 425};
    struct http_reply none = {.retry_after = -1,
                              .body = SECRET_INIT(HTTP_BODY_MAX)};
    struct reply reply;

    for (size_t i = 0; i < sizeof LATER / sizeof *LATER; i++) {
        read_bytes(LATER[i], "", 0, &reply);
        cr_expect_eq(reply_status(&reply), TW_E_RETRY, "%d", LATER[i]);
        reply_clear(&reply);
    }
    reply_read(&none, NULL, &reply); /* the engine had no words for it */
    cr_expect_eq(reply_status(&reply), TW_E_RETRY);
    reply_clear(&reply);
}

/* A server that makes a text of a missing value has no token. */
Test(reply_error, null_is_no_token)
{
    expect(200, "{\"access_token\":\"null\",\"token_type\":\"Bearer\"}",
           REPLY_MALFORMED_RESPONSE, NULL);
    expect(200, "{\"access_token\":\"nullx\",\"token_type\":\"Bearer\"}",
           REPLY_TOKEN, NULL);
    expect(200, "{" TOKEN ",\"scope\":\"a\\u007fb\"}",
           REPLY_MALFORMED_RESPONSE, NULL);
}

/* Of memory that was short before, an answer knows nothing. */
Test(reply_error, an_old_errno_is_no_reason)
{
    errno = ENOMEM;
    expect(200, "{}", REPLY_MALFORMED_RESPONSE, NULL);
}

Test(reply_error, an_answer_without_a_token_is_one)
{
    struct http_reply http = {
        .status = 200, .retry_after = -1, .body = SECRET_INIT(HTTP_BODY_MAX)};
    struct reply reply;

    cr_assert(secret_append_text(&http.body, "{\"a\":1,\"error\":null}"));
    reply_read_answer(&http, NULL, &reply);
    cr_expect_eq(reply.class, REPLY_ANSWER);
    reply_clear(&reply);
    secret_clear(&http.body);
}

Test(reply_error, a_text_is_a_token_or_an_answer)
{
    static const struct reply_rules RULES = {.scope_separator = ' '};
    struct secret text = SECRET_INIT(HTTP_BODY_MAX);
    struct reply reply;

    cr_assert(secret_append_text(&text, "bare"));
    reply_read_text(&RULES, 0, &text, &reply);
    cr_expect_eq(reply.class, REPLY_TOKEN);
    cr_expect_str_eq(reply.token_type, "Bearer");
    reply_clear(&reply);
    secret_clear(&text);
    cr_assert(secret_append_text(&text, " \r\n\t{" TOKEN "}\n"));
    reply_read_text(&RULES, 0, &text, &reply);
    cr_expect_eq(reply.class, REPLY_TOKEN);
    cr_expect_str_eq(secret_text(&reply.token), "tok");
    reply_clear(&reply);
    secret_clear(&text);
}

/* Where it knows the secret, as it does a refresh token of its own: nearly the
 * same one, again and again, as base64. */
Test(reply_error, a_server_cannot_make_it_long_to_look_for_a_secret)
{
    struct secret secret = SECRET_INIT(30000);
    const struct secret *const scrub[] = {&secret, NULL};
    struct http_reply http = {
        .status = 400, .retry_after = -1, .body = SECRET_INIT(HTTP_BODY_MAX)};
    struct reply reply;
    int64_t start;

    while (secret.len < 8191)
        cr_assert(secret_append_text(&secret, "a"));
    cr_assert(secret_append_text(&secret, "b"));
    while (http.body.len < 65536)
        cr_assert(secret_append_text(&http.body, "YWFh"));
    start = cpu_ms();
    reply_read(&http, scrub, &reply);
    cr_expect_lt(cpu_ms() - start, time_limit(100), "%ld ms",
                 (long)(cpu_ms() - start));
    cr_expect_eq(strncmp(reply.description.text, "YWFhYWFh", 8), 0);
    reply_clear(&reply);

    /* And at last the whole of a longer one, each time, so that little is
     * shown. */
    secret_clear(&http.body);
    secret_clear(&secret);
    while (secret.len < secret.max - 1)
        cr_assert(secret_append_text(&secret, "a"));
    cr_assert(secret_append_text(&secret, "b"));
    while (http.body.len < HTTP_BODY_MAX - 50000) {
        for (size_t i = 0; i < (secret.len + 115) / 3; i++)
            cr_assert(secret_append_text(&http.body, "YWFh"));
        cr_assert(secret_append_text(&http.body, "YWFi "));
    }
    start = cpu_ms();
    reply_read(&http, scrub, &reply);
    cr_expect_lt(cpu_ms() - start, time_limit(100), "%ld ms",
                 (long)(cpu_ms() - start));
    cr_expect_eq(strncmp(reply.description.text, "*** ***", 7), 0, "%s",
                 reply.description.text);
    reply_clear(&reply);
    secret_clear(&http.body);
    secret_clear(&secret);
}
