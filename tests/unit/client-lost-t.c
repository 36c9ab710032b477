/* SPDX-License-Identifier: MIT */
/*
 * client-lost-t.c - libtokenward where what it read before is not there any
 * more, cannot be read again, or was not there yet.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "provider/tokenward.h"
#include "tests/unit/published.h"

TestSuite(client_lost, .init = published_set_up, .fini = published_tear_down,
          .timeout = 120);

/* What a get gives now, or NULL. */
static struct tw_token *
get(struct tw_handle *handle)
{
    struct tw_token *token = NULL;

    return tw_get(handle, TW_MIN_VALID_DEFAULT, &token, NULL) == TW_OK ? token
                                                                       : NULL;
}

/* It is @value, "": none at all. */
static bool
gives(struct tw_handle *handle, const char *value)
{
    struct tw_token *token = get(handle);
    bool good = strcmp(token ? tw_token_value(token) : "", value) == 0;

    tw_token_free(token);
    return good;
}

/* One that was made anew counts from 1 again. */
Test(client_lost, another_token_of_the_same_number_is_not_the_rejected_one)
{
    struct tw_handle *handle;
    struct tw_token *before;

    publish_token("before", 1, 3600, 1000);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    before = get(handle);
    cr_assert(before);
    publish_token("after", 1, 3600, 1000);
    cr_assert(gives(handle, "after"));
    helper_is("echo status=ok");
    cr_expect_eq(tw_reject(handle, before, NULL), TW_OK);
    cr_expect_eq(helper_starts(), 0);
    cr_assert_eq(unlinkat(published_place, "record", 0), 0);
    cr_expect(gives(handle, "after"));
    tw_token_free(before);
    tw_close(handle);
}

static void
let_open(rlim_t descriptors)
{
    struct rlimit limit;

    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = descriptors;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* A program that has no descriptor left looks in vain. */
Test(client_lost, who_cannot_look_keeps_a_living_token)
{
    struct tw_handle *handle;

    publish(1, 3600, 2); /* soon to be looked at each time */
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    for (int i = 0; i < 3; i++)
        cr_assert(gives(handle, "token-1"));
    (void)sleep(3);
    let_open(0);
    cr_expect(gives(handle, "token-1"));
    let_open(64);
    publish(2, 3600, 1000);
    let_open(0);
    cr_expect(gives(handle, ""), "it is another one's turn");
    let_open(64);
    cr_expect(gives(handle, "token-2"));
    tw_close(handle);
}

/* A service may begin before its directory is there. */
Test(client_lost, a_directory_that_comes_later_is_found)
{
    struct tw_handle *handle;
    char elsewhere[sizeof published_top + 8], login[64];

    (void)snprintf(login, sizeof login, "/run/user/%u", (unsigned)geteuid());
    if (access(login, F_OK) == 0)
        cr_skip_test("this user has another one");
    publish(1, 3600, 1000);
    (void)snprintf(elsewhere, sizeof elsewhere, "%s.later", published_top);
    cr_assert_eq(rename(published_top, elsewhere), 0);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    cr_expect(gives(handle, ""));
    cr_assert_eq(rename(elsewhere, published_top), 0);
    cr_expect(gives(handle, "token-1"));
    tw_close(handle);
}
