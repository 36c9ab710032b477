/* SPDX-License-Identifier: MIT */
/*
 * profile-memory-t.c - each allocation that reading profiles, or making an
 * instance of a template, needs fails in turn: that is no fault of a profile's
 * and leaves none out.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/loading.h"
#include "tests/unit/short_memory.h"

#define ALLOCATIONS_MAX 1000
#define COUNT 2 /* of profiles that are written out */

TestSuite(profile_memory, .init = loading_begin, .fini = scratch_remove);

static const char PRESET[] =
    "summary: s\nvars: {tenant: t}\nkeys:\n"
    "  token_endpoint: https://a.test/{tenant}/token\n";

static const char PROFILES[] =
    "profiles:\n"
    "  plain:\n"
    "    token_endpoint: https://a.test/t\n"
    "    client_id: c\n"
    "    client_secret: {file: s}\n"
    "    match: [https://a.test/x, https://b.test]\n"
    "    params: {a: b, c: {env: D}}\n"
    "    headers: {X-A: b}\n"
    "    env: {TOKEN: token}\n"
    "    on_refresh: {reload: a.service}\n"
    "    scope: [a, b]\n"
    "  stack:\n"
    "    preset: p\n"
    "    vars: {tenant: acme}\n"
    "    client_id: c\n"
    "    any_of:\n"
    "      - {name: a, client_secret: {command: [x, y]}}\n"
    "      - {token_endpoint_auth_method: private_key_jwt, assertion_key: k}\n"
    "  t@:\n"
    "    instances: [one, two]\n"
    "    preset: p\n"
    "    vars: {tenant: t-%i}\n"
    "    client_id: c-%i-%%\n"
    "    client_secret: {file: s/%i}\n"
    "    match: https://c.test/%i\n"
    "  l@:\n"
    "    instances: {list: names}\n"
    "    token_endpoint: https://a.test/%i\n"
    "    client_id: c\n"
    "    client_secret: {file: s}\n"
    "  f@:\n"
    "    instances: {files: profiles.d/%i.secret}\n"
    "    token_endpoint: https://a.test/%i\n"
    "    client_id: c\n"
    "    client_secret: {file: profiles.d/%i.secret}\n";

static void
put_all(void)
{
    loading_put("p.yaml", 0644, PRESET);
    loading_put("names", 0600, "one\n");
    loading_put("profiles.d/one.secret", 0600, "s3cret\n");
    loading_put_profile("profiles.d/a.yaml", 0600, "t@one", "[]");
    loading_put("profiles.yaml", 0600, PROFILES);
}

/* Loads them with the @nth allocation failing. */
static enum tw_status
load(int nth, struct profile_set *set)
{
    static char dir[PATH_MAX]; /* the set borrows it */
    const struct profile_scope scope = {.dir = dir, .preset_dir = dir};
    enum tw_status status;
    struct tw_error err;

    (void)snprintf(dir, sizeof dir, "%s", scratch_path(""));
    loading_count = 0;
    short_memory_failed = false;
    short_memory_left = nth;
    status =
        profiles_load(&scope, &loading_modules, loading_tell, NULL, set, &err);
    short_memory_left = 0;
    return status;
}

Test(profile_memory, leaves_nothing_out, .timeout = 60)
{
    enum tw_status status = TW_E_SYSTEM;
    int nth = 0, refused = 0;

    if (!short_memory_is_possible())
        cr_skip_test("the allocator is another");
    put_all();
    do {
        struct profile_set set = {0};

        status = load(++nth, &set);
        if (status)
            cr_expect_eq(status, TW_E_SYSTEM, "allocation %d: %d", nth,
                         (int)status);
        else
            cr_expect(
                set.count == COUNT && set.instance_count == 4 &&
                    loading_count == 1 && !profiles_template(&set, "t@one"),
                "allocation %d: %zu profiles, %zu instances, %s", nth,
                set.count, set.instance_count, loading_complaint.message);
        refused += status == TW_E_SYSTEM;
        profile_set_clear(&set);
        cr_assert_lt(nth, ALLOCATIONS_MAX);
    } while (status || short_memory_failed);
    cr_expect_gt(refused, 50, "%d of %d", refused, nth);
}

Test(profile_memory, makes_an_instance_or_says_why, .timeout = 60)
{
    const struct profile *found;
    struct profile_set set = {0};
    enum tw_status status;
    struct tw_error err;
    int nth = 0;

    if (!short_memory_is_possible())
        cr_skip_test("the allocator is another");
    put_all();
    cr_assert_eq(load(0, &set), TW_OK);
    do {
        found = NULL;
        short_memory_failed = false;
        short_memory_left = ++nth;
        status = profiles_find(&set, "t@two", &found, &err);
        short_memory_left = 0;
        cr_expect(status == TW_OK || status == TW_E_SYSTEM,
                  "allocation %d: %s", nth, err.message);
        profile_release(found);
        cr_assert_lt(nth, ALLOCATIONS_MAX);
    } while (status || short_memory_failed);
    cr_expect_gt(nth, 5);
    profile_set_clear(&set);
}
