/* SPDX-License-Identifier: MIT */
/*
 * exchange-t.c - what a module asks for and is told: forms, answers, waits,
 * and what is a person's to do.
 */
#include <criterion/criterion.h>

#include "tests/unit/scripted.h"

TestSuite(exchange, .init = scripted_set_up, .fini = scripted_tear_down,
          .timeout = 60);

Test(exchange, a_form_brings_a_token)
{
    answers[0] = TOKEN;
    RUN(POST(PLAIN), DONE);
    expect(TW_OK, "");
    EVENTS(TW_EVENT_START, TW_EVENT_TOKEN);
    cr_expect_str_eq(result.token, "t0ken");
    cr_expect_eq(result.lifetime, 60);
    cr_expect(result.was_sent);
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
    cr_expect_eq(result.err.status, TW_E_DENIED);
    cr_expect_not_null(strstr(result.err.message, "\"bad *** of ***\""), "%s",
                       result.err.message);
    cr_expect_str_eq(scripted.last_error, "invalid_grant");
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
    cr_expect_neq(result.err.status, TW_OK);
    profile.token_endpoint = server.url;
    profile.token_endpoint_line = 4;
    RUN(elsewhere, DONE); /* which is not what line 4 says */
    cr_expect_eq(strncmp(result.err.message, IN_PROFILE "the endpoint's URL ",
                         strlen(IN_PROFILE "the endpoint's URL ")),
                 0, "%s", result.err.message);
    elsewhere.url = "file:///etc/passwd";
    RUN(elsewhere, DONE);
    cr_expect_neq(result.err.status, TW_OK);
    cr_expect_eq(atomic_load(&server.requests), 1);
}

Test(exchange, an_answer_that_is_no_token)
{
    static const char *const MEMBERS[] = {"code", "interval", "access_token",
                                          "odd", NULL};
    struct tw_action ask = POST(PLAIN);

    ask.flags = TW_POST_ANSWER;
    scripted.asks_members = MEMBERS;
    answers[0] = HTTP("200 OK", "{\"code\":\"d c\",\"interval\":5.9,"
                                "\"access_token\":\"t\",\"odd\":\"a\\nb\"}");
    answers[1] = TOKEN;
    RUN(ask, POST(MEMBER), DONE);
    expect(TW_OK, "");
    EVENTS(TW_EVENT_START, TW_EVENT_ANSWER, TW_EVENT_TOKEN);
    cr_expect_str_eq(requests[1],
                     "device_code=d+c&client_id=me&client_secret=cl1ent");
    cr_expect_str_eq(result.token, "t0ken");
}

Test(exchange, members_by_their_type)
{
    static const char *const MEMBERS[] = {"code", "interval", "access_token",
                                          "odd", NULL};
    struct tw_action ask = POST(PLAIN);

    ask.flags = TW_POST_ANSWER;
    scripted.asks_members = MEMBERS;
    answers[0] = HTTP("201 Made", "{\"code\":\"d c\",\"interval\":5.9,"
                                  "\"access_token\":\"t\",\"odd\":\"a\\nb\"}");
    RUN(ask, DO(FAIL, .text = "seen"));
    expect(TW_E_PROTOCOL, IN_PROFILE "seen");
    cr_expect_str_eq(scripted.seen[0], "d c");
    cr_expect_str_eq(scripted.seen[1], "5");
    cr_expect_str_eq(scripted.seen[2], "(none)");
    cr_expect_str_eq(scripted.seen[3], "(none)");
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
    cr_expect_eq(result.err.status, TW_E_PROTOCOL);
    EVENTS(TW_EVENT_START);
    RUN(ask, FAIL);
    cr_expect_eq(result.err.status, TW_E_DENIED);
    EVENTS(TW_EVENT_START, TW_EVENT_REFUSED);
    RUN(ask, FAIL);
    cr_expect_eq(result.err.status, TW_E_PROTOCOL);
    RUN(ask, FAIL);
    cr_expect_eq(result.err.status, TW_E_RETRY);
}

Test(exchange, an_answer_is_no_token)
{
    struct tw_action ask = POST(PLAIN);

    ask.flags = TW_POST_ANSWER;
    answers[0] = TOKEN;
    RUN(ask, DONE);
    expect(TW_E_MODULE, IS_BROKEN "it says done without a token");
    cr_expect_str_eq(result.token, "");
}

Test(exchange, a_token_of_no_type)
{
    struct tw_action ask = POST(PLAIN);

    answers[0] = answers[1] =
        HTTP("200 OK", "{\"access_token\":\"t0ken\",\"token_type\":\"n_a\"}");
    RUN(ask, FAIL);
    cr_expect_eq(result.err.status, TW_E_PROTOCOL);
    ask.flags = TW_POST_UNTYPED;
    RUN(ask, DONE);
    expect(TW_OK, "");
    cr_expect_str_eq(result.token, "t0ken");
    cr_expect_str_eq(result.token_type, "N_A");
}

Test(exchange, common_keys_are_shown)
{
    scripted.asks_options = true;
    RUN(FAIL);
    cr_expect_str_eq(scripted.seen[0], "me");
    cr_expect_str_eq(scripted.seen[1], server.url);
    cr_expect_str_eq(scripted.seen[2], "(none)");
    cr_expect_str_eq(scripted.seen[3], "a b");
}

Test(exchange, refused_then_another_way)
{
    answers[0] = HTTP("400 Bad", "{\"error\":\"authorization_pending\"}");
    answers[1] = TOKEN;
    RUN(POST(PLAIN), DO(WAIT, .wait_ms = 30), POST(PLAIN), DONE);
    expect(TW_OK, "");
    EVENTS(TW_EVENT_START, TW_EVENT_REFUSED, TW_EVENT_WAITED, TW_EVENT_TOKEN);
    cr_expect_str_eq(scripted.last_error, "authorization_pending");
}

Test(exchange, waits_as_long_as_the_server_asks_for)
{
    int64_t begun_ms = clock_monotonic_ms();

    answers[0] = "HTTP/1.1 400 Bad\r\nRetry-After: 1\r\n"
                 "Connection: close\r\n\r\n{\"error\":\"slow_down\"}";
    answers[1] = TOKEN;
    RUN(POST(PLAIN), DO(WAIT, .wait_ms = 30), POST(PLAIN), DONE);
    expect(TW_OK, "");
    cr_expect_geq(clock_monotonic_ms() - begun_ms, 1000);
}

Test(exchange, an_answer_that_lacks_what_is_sent_on)
{
    struct tw_action ask = POST(PLAIN);

    ask.flags = TW_POST_ANSWER;
    answers[0] = HTTP("200 OK", "{\"other\":\"d c\",\"code\":7}");
    RUN(ask, POST(MEMBER), DONE);
    expect(TW_E_PROTOCOL, IN_PROFILE
           "the server's answer has no text 'code', which provider 'scripted' "
           "sends on\nis it a server of that kind?");
}

Test(exchange, telling_needs_a_person)
{
    struct module for_person = *profile.module;

    RUN(DO(TELL, .text = "go", .url = "https://a.test/", .code = "AB-CD"));
    expect(TW_E_MODULE, IS_BROKEN
           "it tells a person something, and by its needs nobody can log in");
    for_person.provider.needs = TW_NEEDS_PERSON;
    profile.module = &for_person;
    RUN(DO(TELL, .text = "go", .url = "https://a.test/", .code = "AB-CD"));
    expect(TW_E_INTERACT, "/c/p.yaml:3: profile 'p' needs a person to log in\n"
                          "run: tokenward login p");
    cr_expect_not(result.was_sent);
}

Test(exchange, giving_up)
{
    RUN(FAIL);
    expect(TW_E_CONFIG, IN_PROFILE "it gave up");
    cr_expect_not(result.was_sent);
    RUN(DO(FAIL, .text = "no\x1b[2J way"));
    expect(TW_E_CONFIG, IN_PROFILE "no?[2J way");
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
