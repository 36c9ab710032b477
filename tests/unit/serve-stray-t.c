/* SPDX-License-Identifier: MIT */
/*
 * serve-stray-t.c - what is kept of profiles that are gone, and for how long.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/profile/profile_template.h"
#include "helper/serve/serve.h"
#include "provider/base/clock.h"
#include "tests/unit/storing.h"

#define LIFETIME_S 100 /* of a_record() */
#define BUSY_S 60
#define TICK_S 2

static struct serve serve;
static struct era era;
static struct store_profile place;
static int64_t began_ms;

static void
set_up(void)
{
    began_ms = loop_now_ms();
    storing_set_up();
    open_both(&serve.store, &place);
    serve.era = &era;
    serve.strays_ms = LOOP_NEVER;
    serve.log.level = LOG_ERROR;
}

static void
tear_down(void)
{
    if (serve.strays)
        (void)closedir(serve.strays);
    store_leave(&place);
    store_close(&serve.store);
    storing_tear_down();
}

TestSuite(serve_stray, .init = set_up, .fini = tear_down, .timeout = 60);

static void
keep(const char *token)
{
    struct record record = a_record(token, 1);

    record.fingerprint = "f";
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
}

/* All of the directory is gone over, however many turns that takes. */
static void
look(void)
{
    serve_strays_again(&serve);
    while (serve.strays)
        (void)serve_strays_turn(&serve, loop_now_ms());
}

static bool
is_there(const char *file)
{
    return access(in_profile(file), F_OK) == 0;
}

static void
expect_again_in(int64_t seconds)
{
    cr_expect_geq(serve.strays_ms, began_ms + (seconds - TICK_S) * 1000);
    cr_expect_leq(serve.strays_ms, loop_now_ms() + (seconds + TICK_S) * 1000);
}

Test(serve_stray, a_token_is_kept_as_long_as_it_lives)
{
    keep("secret");
    look();
    cr_expect(is_there("token"));
    expect_again_in(LIFETIME_S);
}

Test(serve_stray, nothing_is_kept_that_is_of_no_use)
{
    keep(NULL);
    look();
    cr_expect_not(is_there(""));
    cr_expect_eq(serve.strays_ms, LOOP_NEVER, "nothing else is to be done");
}

Test(serve_stray, a_note_that_asks_to_wait_is_kept_as_long)
{
    struct now now = clock_now();
    const struct backoff note = {.failures = 1,
                                 .failed_at = now.wall,
                                 .not_before = moment_after(now, 200),
                                 .status = "retry",
                                 .fingerprint = "f"};

    keep(NULL);
    store_backoff(&place, 0, &note);
    look();
    cr_expect(is_there("backoff"));
    expect_again_in(200);
}

Test(serve_stray, what_is_not_understood_stays)
{
    FILE *file = fopen(in_profile("record"), "w");

    cr_assert_not_null(file);
    cr_assert_geq(fputs("of a later version\n", file), 0);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(chmod(in_profile("record"), 0600), 0);
    look();
    cr_expect(is_there("record"));
    cr_expect_eq(serve.strays_ms, LOOP_NEVER, "until somebody comes");
}

Test(serve_stray, nobody_is_disturbed_who_holds_it)
{
    keep(NULL);
    cr_assert_eq(store_lock(&place, 0, NULL), TW_OK);
    look();
    cr_expect(is_there("record"));
    expect_again_in(BUSY_S);
    store_unlock(&place);
    look();
    cr_expect_not(is_there(""));
}

Test(serve_stray, what_is_a_profiles_is_none)
{
    static struct ward ward;

    keep(NULL);
    cr_assert(table_add(&serve.wards.names, "p", "", &ward));
    look();
    cr_expect(is_there("record"));
    table_clear(&serve.wards.names);
}

/* Who is a user of a template need not have asked yet. */
Test(serve_stray, what_may_come_back_stays)
{
    struct profile_template template = {.name = (char[]){"p@"},
                                        .of_users = true};
    char path[128];

    keep(NULL);
    cr_assert(table_add(&era.set.template_names, "p@", "", &template));
    (void)snprintf(path, sizeof path, "%s/p@ada", storing_root);
    cr_assert_eq(rename(in_profile(""), path), 0);
    look();
    serve_stray(&serve, "p@ada");
    cr_expect_eq(access(path, F_OK), 0);
    template.of_users = false;
    look();
    cr_expect_neq(access(path, F_OK), 0, "of a list it is in none of");
    table_clear(&era.set.template_names);
}

Test(serve_stray, what_is_no_directory_of_ours_is_let_be)
{
    char elsewhere[128], link[128];

    (void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", storing_top);
    (void)snprintf(link, sizeof link, "%s/linked", storing_root);
    keep(NULL);
    cr_assert_eq(rename(in_profile(""), elsewhere), 0);
    cr_assert_eq(symlink(elsewhere, link), 0);
    look();
    serve_stray(&serve, "linked");
    cr_expect_eq(access(link, F_OK), 0);
    cr_expect_eq(access(elsewhere, F_OK), 0);
    cr_expect_eq(unlink(link), 0);
    cr_expect_eq(serve.strays_ms, LOOP_NEVER);
}

/* It is looked at again when the time has come, and not before. */
Test(serve_stray, nothing_is_looked_for_before_it_is_time)
{
    keep(NULL);
    serve.strays_ms = loop_now_ms() + 60000;
    cr_expect_eq(serve_strays_turn(&serve, loop_now_ms()), serve.strays_ms);
    cr_expect(is_there("record"));
    while (serve.strays_ms != LOOP_NEVER)
        (void)serve_strays_turn(&serve, serve.strays_ms);
    cr_expect_not(is_there(""));
}
