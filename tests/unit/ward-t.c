/* SPDX-License-Identifier: MIT */
/*
 * ward-t.c - wards come and go with the sets of profiles.
 */
#include <criterion/criterion.h>

#include "helper/serve/wards.h"
#include "tests/unit/loading.h"

static struct profile_set with, without;
static struct wards wards;
static struct schedule schedule;

static void
load(struct profile_set *set)
{
    struct tw_error err;

    cr_assert_eq(loading_load(false, set, &err), TW_OK, "%s", err.message);
}

static void
set_up(void)
{
    loading_begin();
    loading_put_profile("profiles.d/a.yaml", 0600, "stays", "{env: A}");
    load(&without);
    loading_put_profile("profiles.d/b.yaml", 0600, "goes", "{env: A}");
    load(&with);
}

static void
tear_down(void)
{
    wards_clear(&wards);
    schedule_clear(&schedule);
    profile_set_clear(&with);
    profile_set_clear(&without);
    scratch_remove();
}

TestSuite(ward, .init = set_up, .fini = tear_down, .timeout = 60);

static void
adopt(const struct profile_set *set)
{
    cr_assert(wards_adopt(&wards, &schedule, set));
}

static size_t
count(void)
{
    size_t n = 0;

    for (const struct ward *ward = wards.first; ward; ward = ward->next)
        n++;
    return n;
}

/* However often its profile goes and comes back. */
Test(ward, one_that_is_gone_is_freed_once_nobody_looks_at_it)
{
    static struct waiter somebody;
    struct ward *gone;

    adopt(&with);
    cr_assert_eq(count(), 2);
    gone = wards_find(&wards, "goes");
    cr_assert(gone);
    gone->waiting = &somebody;
    adopt(&without);
    cr_assert_null(wards_find(&wards, "goes"));
    cr_assert_eq(count(), 2, "somebody looks at it");
    adopt(&with);
    cr_assert_neq(wards_find(&wards, "goes"), gone);
    cr_assert_eq(count(), 3);
    gone->waiting = NULL;
    adopt(&with);
    cr_assert_eq(count(), 2, "%zu", count());
    adopt(&without);
    cr_assert_eq(count(), 1);
}
