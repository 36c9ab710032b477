/* SPDX-License-Identifier: MIT */
/*
 * client-lost-t.c - libtokenward where what it read before is not there any
 * more, or cannot be read again.
 */
#include <criterion/criterion.h>
#include <string.h>
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
