/* SPDX-License-Identifier: MIT */
/*
 * refresh-token-t.c - the refresh token as a grant, without a server.
 */
#include <criterion/criterion.h>

#include "tests/unit/fake_host.h"

#define KEPT "grant_type=refresh_token&refresh_token=KEPT:refresh_token"
#define SECRET "grant_type=refresh_token&refresh_token=SECRET:refresh_token"

static void
load(void)
{
    fake_load("refresh_token");
}

TestSuite(refresh_token, .init = load, .timeout = 60);

static void
start(int has, const char *form)
{
    fake_host.has = has;
    fake_send(TW_EVENT_START, NULL, TW_ACTION_POST);
    cr_expect_null(fake_action.url);
    fake_expect_form(form);
}

Test(refresh_token, begins_with_the_profiles)
{
    fake_host.options[0] = (struct fake_text){"scope", "a b"};
    fake_host.options[1] = (struct fake_text){"audience", "c"};
    start(TW_HAS_SECRET, SECRET "&scope=a b&audience=c");
    fake_send(TW_EVENT_TOKEN, NULL, TW_ACTION_DONE);
}

Test(refresh_token, goes_on_with_what_is_kept)
{
    start(TW_HAS_KEPT | TW_HAS_SECRET, KEPT);
    fake_send(TW_EVENT_TOKEN, NULL, TW_ACTION_DONE);
}

Test(refresh_token, tries_the_profiles_once_more)
{
    start(TW_HAS_KEPT | TW_HAS_SECRET, KEPT);
    fake_host.has = TW_HAS_SECRET;
    fake_send(TW_EVENT_REFUSED, "invalid_grant", TW_ACTION_POST);
    fake_expect_form(SECRET);
    fake_send(TW_EVENT_REFUSED, "invalid_grant", TW_ACTION_FAIL);
}

Test(refresh_token, gives_up_at_any_other_error)
{
    start(TW_HAS_KEPT | TW_HAS_SECRET, KEPT);
    fake_send(TW_EVENT_REFUSED, "invalid_scope", TW_ACTION_FAIL);
    fake_begin();
    start(TW_HAS_KEPT, KEPT);
    fake_send(TW_EVENT_REFUSED, "invalid_grant", TW_ACTION_FAIL);
}

Test(refresh_token, needs_a_person_when_there_is_none)
{
    fake_send(TW_EVENT_START, NULL, TW_ACTION_TELL);
}

/* The ABI grows at its ends. */
Test(refresh_token, fails_at_what_it_does_not_know)
{
    start(TW_HAS_KEPT, KEPT);
    fake_send((enum tw_event_kind)99, NULL, TW_ACTION_FAIL);
}
