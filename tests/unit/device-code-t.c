/* SPDX-License-Identifier: MIT */
/*
 * device-code-t.c - the device authorization grant without a server.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/fake_host.h"

#define ENDPOINT "https://a.test/device"
#define POLL                                                   \
    "grant_type=urn:ietf:params:oauth:grant-type:device_code&" \
    "device_code=MEMBER:device_code"

static void
load(void)
{
    fake_load("device_code");
}

TestSuite(device_code, .init = load, .timeout = 60);

static void
ask(void)
{
    fake_set(fake_host.options, "device_authorization_endpoint", ENDPOINT);
    fake_send(TW_EVENT_START, NULL, TW_ACTION_POST);
}

static void
answer(const char *interval)
{
    fake_set(fake_host.members, "verification_uri", "https://a.test/go");
    fake_set(fake_host.members, "user_code", "AB-CD");
    fake_set(fake_host.members, "expires_in", "900");
    if (interval)
        fake_set(fake_host.members, "interval", interval);
    fake_send(TW_EVENT_ANSWER, NULL, TW_ACTION_TELL);
}

static void
expect_wait(enum tw_event_kind event, const char *error, int64_t seconds)
{
    fake_send(event, error, TW_ACTION_WAIT);
    cr_expect_eq(fake_action.wait_ms, seconds * 1000, "%lld ms",
                 (long long)fake_action.wait_ms);
}

static void
poll(void)
{
    fake_send(TW_EVENT_WAITED, NULL, TW_ACTION_POST);
    fake_expect_form(POLL);
}

Test(device_code, asks_where_the_profile_says)
{
    fake_set(fake_host.options, "scope", "a b");
    fake_set(fake_host.options, "audience", "you");
    fake_set(fake_host.options, "resource", "https://a.test");
    fake_set(fake_host.options, "resource", "https://b.test");
    ask();
    cr_expect_str_eq(fake_action.url, ENDPOINT);
    cr_expect_eq(fake_action.flags, TW_POST_ANSWER);
    fake_expect_form("scope=a b&audience=you&resource=https://a.test&"
                     "resource=https://b.test");
}

Test(device_code, sends_no_empty_scope)
{
    ask();
    fake_expect_form("");
}

Test(device_code, asks_nobody_else_for_a_code)
{
    fake_send(TW_EVENT_START, NULL, TW_ACTION_FAIL);
}

Test(device_code, tells_a_person)
{
    ask();
    fake_set(fake_host.members, "verification_uri_complete",
             "https://a.test/go?c=AB-CD");
    answer("1");
    cr_expect_str_eq(fake_action.url, "https://a.test/go");
    cr_expect_str_eq(fake_action.code, "AB-CD");
    cr_expect_str_eq(fake_action.scan, "https://a.test/go?c=AB-CD");
    cr_expect_eq(fake_action.valid_s, 900);
}

Test(device_code, knows_the_older_name_of_the_address)
{
    ask();
    fake_set(fake_host.members, "user_code", "AB-CD");
    fake_send(TW_EVENT_ANSWER, NULL, TW_ACTION_FAIL);
    fake_set(fake_host.members, "verification_url", "https://a.test/old");
    fake_send(TW_EVENT_ANSWER, NULL, TW_ACTION_TELL);
    cr_expect_str_eq(fake_action.url, "https://a.test/old");
    cr_expect_null(fake_action.scan);
}

Test(device_code, shows_no_part_of_what_is_too_long)
{
    static char url[2050], code[66];

    memset(url, 'x', sizeof url - 1);
    memset(code, 'x', sizeof code - 1);
    ask();
    fake_set(fake_host.members, "verification_uri", url);
    fake_set(fake_host.members, "user_code", code + 1);
    fake_send(TW_EVENT_ANSWER, NULL, TW_ACTION_FAIL);
    fake_host.members[0].value = url + 1;
    fake_host.members[1].value = code;
    fake_send(TW_EVENT_ANSWER, NULL, TW_ACTION_FAIL);
    fake_host.members[1].value = code + 1;
    fake_send(TW_EVENT_ANSWER, NULL, TW_ACTION_TELL);
    cr_expect_str_eq(fake_action.url, url + 1);
    cr_expect_str_eq(fake_action.code, code + 1);
    cr_expect_eq(fake_action.valid_s, 0, "the server says no end");
}

Test(device_code, asks_until_there_is_a_token)
{
    ask();
    answer("7");
    expect_wait(TW_EVENT_TOLD, NULL, 7);
    poll();
    expect_wait(TW_EVENT_REFUSED, "authorization_pending", 7);
    poll();
    fake_send(TW_EVENT_TOKEN, NULL, TW_ACTION_DONE);
}

Test(device_code, slows_down_for_good)
{
    ask();
    answer(NULL);
    expect_wait(TW_EVENT_TOLD, NULL, 5);
    poll();
    expect_wait(TW_EVENT_REFUSED, "slow_down", 10);
    poll();
    expect_wait(TW_EVENT_REFUSED, "authorization_pending", 10);
    poll();
    expect_wait(TW_EVENT_REFUSED, "slow_down", 15);
}

Test(device_code, waits_longer_in_an_outage)
{
    ask();
    answer("5");
    expect_wait(TW_EVENT_TOLD, NULL, 5);
    for (int64_t seconds = 10; seconds < 600; seconds *= 2)
        expect_wait(TW_EVENT_REFUSED, "temporarily_unavailable", seconds);
    expect_wait(TW_EVENT_REFUSED, "temporarily_unavailable", 600);
    expect_wait(TW_EVENT_REFUSED, "temporarily_unavailable", 600);
}

/* Who has logged in meanwhile shall not wait for as long as it took. */
Test(device_code, is_as_quick_as_before_after_an_outage)
{
    ask();
    answer("5");
    expect_wait(TW_EVENT_TOLD, NULL, 5);
    expect_wait(TW_EVENT_REFUSED, "temporarily_unavailable", 10);
    expect_wait(TW_EVENT_REFUSED, "temporarily_unavailable", 20);
    expect_wait(TW_EVENT_REFUSED, "authorization_pending", 5);
    expect_wait(TW_EVENT_REFUSED, "temporarily_unavailable", 10);
    expect_wait(TW_EVENT_REFUSED, "slow_down", 10);
    expect_wait(TW_EVENT_REFUSED, "temporarily_unavailable", 20);
}

Test(device_code, bounds_what_the_server_says)
{
    static const struct fake_text CASES[] = {
        {"0", NULL}, {"99999999999999999999", NULL}, {"007", NULL}};
    static const int64_t SECONDS[] = {1, 600, 7};

    for (size_t i = 0; i < 3; i++) {
        fake_begin();
        ask();
        answer(CASES[i].name);
        expect_wait(TW_EVENT_TOLD, NULL, SECONDS[i]);
        expect_wait(TW_EVENT_REFUSED, "temporarily_unavailable",
                    SECONDS[i] * 2 < 600 ? SECONDS[i] * 2 : 600);
    }
}

Test(device_code, takes_what_is_no_number_for_nothing)
{
    static const char *const CASES[] = {"soon", "", "-5", "1s", " 1", "0.5"};

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        fake_begin();
        ask();
        fake_set(fake_host.members, "expires_in", CASES[i]);
        answer(CASES[i]);
        cr_expect_eq(fake_action.valid_s, 0, "'%s'", CASES[i]);
        expect_wait(TW_EVENT_TOLD, NULL, 5);
    }
}

Test(device_code, ends_when_refused)
{
    static const char *const ERRORS[] = {"access_denied", "expired_token",
                                         "invalid_client", "x"};

    for (size_t i = 0; i < 4; i++) {
        fake_begin();
        ask();
        answer("1");
        expect_wait(TW_EVENT_TOLD, NULL, 1);
        poll();
        fake_send(TW_EVENT_REFUSED, ERRORS[i], TW_ACTION_FAIL);
    }
}

Test(device_code, uses_what_is_kept_first)
{
    fake_host.has = TW_HAS_KEPT;
    ask();
    cr_expect_null(fake_action.url);
    cr_expect_eq(fake_action.flags, 0);
    fake_expect_form(
        "grant_type=refresh_token&refresh_token=KEPT:refresh_token");
    fake_send(TW_EVENT_TOKEN, NULL, TW_ACTION_DONE);
}

Test(device_code, gives_up_when_what_is_kept_is_refused)
{
    fake_host.has = TW_HAS_KEPT;
    ask();
    fake_send(TW_EVENT_REFUSED, "authorization_pending", TW_ACTION_FAIL);
    fake_send(TW_EVENT_REFUSED, "invalid_grant", TW_ACTION_FAIL);
}

/* The ABI grows at its ends. */
Test(device_code, fails_at_what_it_does_not_know)
{
    fake_host.has = TW_HAS_KEPT;
    ask();
    fake_send((enum tw_event_kind)99, NULL, TW_ACTION_FAIL);
}
