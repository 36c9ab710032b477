/* SPDX-License-Identifier: MIT */
/*
 * authorization-code-t.c - the authorization code grant without a server.
 */
#include <criterion/criterion.h>

#include "tests/unit/fake_host.h"

#define ENDPOINT "https://a.test/authorize"
#define CODE                                                           \
    "grant_type=authorization_code&code=AUTHORIZED:code&redirect_uri=" \
    "AUTHORIZED:redirect_uri&code_verifier=AUTHORIZED:code_verifier"

static void
load(void)
{
    fake_load("authorization_code");
}

TestSuite(authorization_code, .init = load, .timeout = 60);

static void
ask(void)
{
    fake_set(fake_host.options, "authorization_endpoint", ENDPOINT);
    fake_send(TW_EVENT_START, NULL, TW_ACTION_AUTHORIZE);
    cr_expect_str_eq(fake_action.url, ENDPOINT);
}

Test(authorization_code, sends_a_browser_where_the_profile_says)
{
    ask();
    fake_expect_form("");
}

Test(authorization_code, with_what_the_profile_asks_for)
{
    fake_set(fake_host.options, "scope", "a b");
    fake_set(fake_host.options, "audience", "x");
    fake_set(fake_host.options, "access_type", "offline");
    fake_set(fake_host.options, "login_hint", "ada@a.test");
    fake_set(fake_host.options, "prompt", "consent");
    fake_set(fake_host.options, "resource", "urn:a");
    fake_set(fake_host.options, "resource", "urn:b");
    ask();
    fake_expect_form("scope=a b&audience=x&access_type=offline&login_hint="
                     "ada@a.test&prompt=consent&resource=urn:a&resource="
                     "urn:b");
}

Test(authorization_code, buys_with_the_code)
{
    fake_set(fake_host.options, "resource", "urn:a");
    ask();
    fake_send(TW_EVENT_AUTHORIZED, NULL, TW_ACTION_POST);
    cr_expect_null(fake_action.url);
    cr_expect_eq(fake_action.flags, 0);
    fake_expect_form(CODE "&resource=urn:a");
    fake_send(TW_EVENT_TOKEN, NULL, TW_ACTION_DONE);
}

Test(authorization_code, asks_nobody_twice)
{
    ask();
    fake_send(TW_EVENT_AUTHORIZED, NULL, TW_ACTION_POST);
    fake_send(TW_EVENT_REFUSED, "invalid_grant", TW_ACTION_FAIL);
}

Test(authorization_code, uses_what_is_kept)
{
    fake_host.has = TW_HAS_KEPT;
    fake_set(fake_host.options, "scope", "a b");
    fake_set(fake_host.options, "resource", "urn:a");
    fake_send(TW_EVENT_START, NULL, TW_ACTION_POST);
    fake_expect_form("grant_type=refresh_token&refresh_token=KEPT:refresh_"
                     "token&resource=urn:a");
    fake_send(TW_EVENT_TOKEN, NULL, TW_ACTION_DONE);
}

Test(authorization_code, gives_up_when_what_is_kept_is_refused)
{
    fake_host.has = TW_HAS_KEPT;
    fake_send(TW_EVENT_START, NULL, TW_ACTION_POST);
    fake_send(TW_EVENT_REFUSED, "invalid_grant", TW_ACTION_FAIL);
}
