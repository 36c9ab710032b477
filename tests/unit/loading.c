/* SPDX-License-Identifier: MIT */
/*
 * loading.c - see loading.h.
 */
#include "tests/unit/loading.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/clock.h"
#include "tests/unit/soon.h"
#include "tests/unit/under_valgrind.h"

struct modules loading_modules;
struct tw_error loading_complaint;
size_t loading_count;

void
loading_begin(void)
{
    scratch_make();
    cr_assert_eq(mkdir(scratch_path("profiles.d"), 0755), 0);
}

void
loading_put(const char *name, mode_t mode, const char *text)
{
    scratch_put(name, mode, text, strlen(text));
}

void
loading_put_profile(const char *file, mode_t mode, const char *name,
                    const char *secret)
{
    char text[512];

    (void)snprintf(text, sizeof text,
                   "profiles:\n  %s:\n    token_endpoint: https://a.test/t\n"
                   "    client_id: c\n    client_secret: %s\n",
                   name, secret);
    loading_put(file, mode, text);
}

void
loading_tell(void *arg, const struct tw_error *err)
{
    (void)arg;
    loading_count++;
    loading_complaint = *err;
}

enum tw_status
loading_load(bool system, struct profile_set *set, struct tw_error *err)
{
    const struct profile_scope scope = {.system = system,
                                        .dir = scratch_path("")};

    loading_count = 0;
    memset(err, 0, sizeof *err);
    return profiles_load(&scope, &loading_modules, loading_tell, NULL, set,
                         err);
}

struct load {
    bool system;
    struct profile_set set;
};

static int64_t
load(void *arg)
{
    struct load *load = arg;
    struct tw_error err;
    int64_t start;

    profile_set_clear(&load->set);
    start = clock_monotonic_ms();
    cr_assert_eq(loading_load(load->system, &load->set, &err), TW_OK, "%s",
                 err.message);
    return clock_monotonic_ms() - start;
}

void
loading_expect(bool system, size_t count, const char *expected)
{
    struct load once = {.system = system};
    char message[sizeof loading_complaint.message];
    int64_t took;

    cr_expect(is_soon(load, &once, time_limit(1000), &took), "%ld",
              (long)took);
    cr_expect_eq(once.set.count, count, "%zu profiles", once.set.count);
    cr_expect_eq(loading_count, expected ? 1 : 0, "%s",
                 loading_complaint.message);
    cr_expect_eq(once.set.broken_count, loading_count);
    if (expected) {
        scratch_expand(expected, message, sizeof message);
        cr_expect_str_eq(loading_complaint.message, message);
        cr_expect_str_eq(once.set.broken.message, message);
        cr_expect_eq(once.set.broken.status, loading_complaint.status);
    }
    cr_expect_null(strstr(loading_complaint.message, "s3cret"));
    profile_set_clear(&once.set);
}
