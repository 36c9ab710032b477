/* SPDX-License-Identifier: MIT */
/*
 * serve-hold-t.c - a fetch has ended: what is believed of it, and when the
 * next one is due.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/profile/fingerprint.h"
#include "helper/serve/serve.h"
#include "helper/store/quota.h"
#include "provider/base/clock.h"
#include "tests/unit/storing.h"

#define LIFETIME_S 100 /* of a_record(), */
#define REFRESH_S 75   /* which is refreshed then */
#define HOUR_S 3600
#define TICK_S 2 /* the two clocks tick at different times */

static struct serve serve;
static struct era era, other;
static struct profile profile;
static char name[] = "p";
static struct ward *ward;
static struct task task;
static struct store_profile place;
static struct now began;

static void
set_up(void)
{
    began = clock_now();
    storing_set_up();
    open_both(&serve.store, &place);
    profile = (struct profile){.name = name, .file = "/c/p.yaml"};
    ward = calloc(1, sizeof *ward + sizeof "p");
    cr_assert_not_null(ward);
    (void)strcpy(ward->name, "p");
    ward->profile = &profile;
    serve.era = &era;
    task = (struct task){.era = &era,
                         .job = {.published = true,
                                 .is_told = true,
                                 .brought = a_record("secret", 1)}};
}

static void
tear_down(void)
{
    schedule_clear(&serve.schedule);
    store_leave(&place);
    store_close(&serve.store);
    free(ward);
    storing_tear_down();
}

/* The linker puts this in the place of the profile's own, which is of all that
 * a provider would ask it for. */
bool __wrap_fingerprint_of(const struct profile *of,
                           char out[static FINGERPRINT_SIZE]);

bool
__wrap_fingerprint_of(const struct profile *of,
                      char out[static FINGERPRINT_SIZE])
{
    cr_assert_eq(of, &profile);
    (void)strcpy(out, "f");
    return true;
}

TestSuite(serve_hold, .init = set_up, .fini = tear_down, .timeout = 60);

static void
put_back(void)
{
    schedule_drop(&serve.schedule, &ward->entry);
    serve_put_back(&serve, ward, &task);
}

static void
fail(enum tw_status status)
{
    task.job.published = false;
    (void)tw_fail(&task.result, status, "it failed");
    put_back();
}

/* In @least seconds, since the test began, to @most, from now on. */
static void
expect_due(int64_t least, int64_t most, const char *why)
{
    int64_t now = clock_now().boot;

    cr_expect_neq(ward->entry.at, 0, "%s: is in line", why);
    cr_expect_geq(ward->entry.due, began.boot + least, "%s: in %ld s", why,
                  (long)(ward->entry.due - now));
    cr_expect_leq(ward->entry.due, now + most, "%s: in %ld s", why,
                  (long)(ward->entry.due - now));
}

Test(serve_hold, what_was_published_is_refreshed_in_time)
{
    put_back();
    expect_due(REFRESH_S - TICK_S, REFRESH_S, "published");
    cr_expect_eq(ward->generation, 1);
    cr_expect(ward->has_place);
}

/* Nothing is kept here, so whoever looks finds that. */
Test(serve_hold, who_does_not_say_all_of_the_current_profile_is_not_believed)
{
    task.era = &other;
    put_back();
    expect_due(SERVE_CONTENDED_S, SERVE_CONTENDED_S, "of another set");
    task.era = &era;
    task.job.is_moot = true;
    put_back();
    expect_due(SERVE_CONTENDED_S, SERVE_CONTENDED_S, "whose session ended");
    task.job.is_moot = false;
    task.job.is_told = false;
    put_back();
    expect_due(SERVE_CONTENDED_S, SERVE_CONTENDED_S, "who does not say all");
    task.job.is_told = true;
    task.job.published = false;
    put_back();
    expect_due(SERVE_CONTENDED_S, SERVE_CONTENDED_S, "who published nothing");
    cr_expect_eq(ward->generation, 0);
}

/* By who was quicker to use it than we are to hear that it is there. */
Test(serve_hold, what_was_rejected_since_is_fetched_anew)
{
    struct record record = a_record("secret", 1), none = a_record(NULL, 2);

    record.fingerprint = none.fingerprint = "f";
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    cr_assert_eq(store_publish(&place, &none, 1, NULL), TW_OK);
    ward->generation = 2; /* as the rejection was looked at */
    put_back();
    expect_due(SERVE_CONTENDED_S, SERVE_CONTENDED_S, "rejected");
    cr_expect_eq(ward->generation, 2);
}

Test(serve_hold, what_somebody_else_has_published_is_found)
{
    struct record record = a_record("secret", 7);

    record.fingerprint = "f";
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    task.job.published = false;
    put_back();
    expect_due(REFRESH_S - TICK_S, REFRESH_S, "published by another process");
}

Test(serve_hold, who_waits_for_another_process_waits_no_longer_than_that)
{
    struct record record = a_record("secret", 7);
    struct waiter waiter = {.ward = ward, .min_valid = LIFETIME_S};

    record.fingerprint = "f";
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    task.job.published = false;
    task.is_contended = true;
    put_back();
    expect_due(REFRESH_S - TICK_S, REFRESH_S, "nobody waits");
    ward->waiting = &waiter;
    put_back();
    expect_due(SERVE_CONTENDED_S, SERVE_CONTENDED_S, "somebody waits");
}

Test(serve_hold, a_failure_without_a_note_is_put_off_for_longer_each_time)
{
    int64_t first, third;

    fail(TW_E_SYSTEM);
    cr_expect_eq(serve.wards.failing, 1);
    expect_due(1, 3, "the first");
    first = ward->entry.due;
    fail(TW_E_SYSTEM);
    fail(TW_E_SYSTEM);
    third = ward->entry.due;
    cr_expect_gt(third, first + 1, "%ld, %ld", (long)first, (long)third);
    cr_expect_eq(ward->failures, 3);
    cr_expect_eq(serve.wards.failing, 1, "is one profile all the same");
    ward->failures = INT16_MAX;
    fail(TW_E_SYSTEM);
    cr_expect_eq(ward->failures, INT16_MAX, "are not counted for ever");
    task.result.status = TW_OK;
    task.job.published = true;
    put_back();
    cr_expect_eq(ward->failures, 0, "is over");
    cr_expect_eq(serve.wards.failing, 0);
    expect_due(REFRESH_S - TICK_S, REFRESH_S, "it went well");
}

Test(serve_hold, a_failure_with_a_note_is_put_off_until_that_says)
{
    const struct backoff note = {.failures = 1,
                                 .failed_at = began.wall,
                                 .not_before = moment_after(began, HOUR_S),
                                 .status = "retry",
                                 .fingerprint = "f"};

    store_backoff(&place, 0, &note);
    fail(TW_E_RETRY);
    expect_due(HOUR_S - TICK_S, HOUR_S, "noted");
    cr_expect_eq(ward->failures, 0);
    cr_expect_eq(serve.wards.failing, 1);
}

/* One fetch in an hour, which there was just now. */
Test(serve_hold, nobody_is_asked_before_there_is_a_fetch_again)
{
    char state[sizeof storing_top + sizeof "/state/tokenward"];

    (void)snprintf(state, sizeof state, "%s/state", storing_top);
    (void)setenv("XDG_STATE_HOME", state, 1);
    cr_assert_eq(mkdir(state, 0700), 0);
    (void)strcat(state, "/tokenward");
    cr_assert_eq(mkdir(state, 0700), 0);
    profile.request.max_fetches = 1;
    profile.request.max_fetches_s = HOUR_S;
    cr_assert_eq(quota_take(&profile, false, began.wall, NULL), TW_OK);
    put_back();
    expect_due(REFRESH_S - TICK_S, REFRESH_S,
               "a token that need not be refreshed");
    task.job.brought.refresh_at = began.wall - 1;
    put_back();
    expect_due(HOUR_S - TICK_S, HOUR_S, "one that should be");
    fail(TW_E_RETRY);
    expect_due(HOUR_S - TICK_S, HOUR_S, "a fetch that was not allowed");
    profile.request.max_fetches = 2;
    task.result.status = TW_OK;
    task.job.published = true;
    put_back();
    expect_due(SERVE_CONTENDED_S, SERVE_CONTENDED_S,
               "where there is one left");
}

Test(serve_hold, who_is_gone_or_rests_is_not_fetched)
{
    static const struct profile_template users;

    ward->users = &users;
    ward_rest(ward);
    put_back();
    cr_expect_eq(ward->entry.at, 0, "whose user has not been heard of");
    ward->asked = clock_now().boot;
    put_back();
    expect_due(REFRESH_S - TICK_S, REFRESH_S, "whose user has");
    schedule_drop(&serve.schedule, &ward->entry);
    ward->profile = NULL;
    put_back();
    cr_expect_eq(ward->entry.at, 0, "whose profile is gone");
}
