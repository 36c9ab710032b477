/* SPDX-License-Identifier: MIT */
/*
 * ward-t.c - wards come and go with the sets of profiles, and know of what is
 * kept.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/profile/fingerprint.h"
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

Test(ward, is_idle_as_a_users_whom_nobody_has_heard_of_for_a_day)
{
    static const struct profile_template template;
    static struct ward of_user = {.users = &template, .asked = 1000},
                       of_nobody = {.asked = 1000};
    const struct now at_last = {.boot = 1000 + WARD_USER_S},
                     after = {.boot = 1001 + WARD_USER_S};

    cr_expect_not(ward_is_idle(&of_user, at_last));
    cr_expect(ward_is_idle(&of_user, after));
    cr_expect_not(ward_is_idle(&of_nobody, after), "it has no user");
    ward_rest(&of_user);
    cr_expect(ward_is_idle(&of_user, (struct now){.boot = 0}));
}

Test(ward, wants_what_who_wants_most_does)
{
    static const int64_t SMALL = TW_MIN_VALID_DEFAULT;
    struct waiter last = {.min_valid = 300},
                  most = {.min_valid = 900, .next = &last},
                  first = {.min_valid = 600, .next = &most};
    static struct ward ward;

    cr_expect_eq(ward_min_valid(&ward), SMALL, "nobody waits");
    ward.waiting = &first;
    cr_expect_eq(ward_min_valid(&ward), 900);
    ward.waiting = &last;
    cr_expect_eq(ward_min_valid(&ward), 300);
    last.min_valid = SMALL - 1;
    cr_expect_eq(ward_min_valid(&ward), SMALL, "less than who says nothing");
    ward.waiting = NULL;
}

/* What is kept of the profile "stays", and what ward_look() makes of it. */
struct kept {
    struct store store;
    struct store_profile place;
    struct ward *ward;
    char fingerprint[FINGERPRINT_SIZE];
};

static void
keep_nothing(struct kept *kept)
{
    struct tw_error err = {0};

    *kept = (struct kept){.place = {.dir = -1, .lock = -1}};
    adopt(&without);
    kept->ward = wards_find(&wards, "stays");
    cr_assert_not_null(kept->ward);
    cr_assert(fingerprint_of(kept->ward->profile, kept->fingerprint));
    cr_assert_eq(
        store_open(scratch_path("runtime"), false, &kept->store, &err), TW_OK,
        "%s", err.message);
    cr_assert_eq(store_enter(&kept->store, "stays", &kept->place, &err), TW_OK,
                 "%s", err.message);
}

static void
auto_kept(struct kept *kept)
{
    store_leave(&kept->place);
    store_close(&kept->store);
}

/* Alive for 100 s, and of @kept's fingerprint. */
static struct record
record_of(const struct kept *kept, struct now now)
{
    return (struct record){.profile = "stays",
                           .generation = 1,
                           .token_type = "Bearer",
                           .token = "t",
                           .token_len = 1,
                           .issued_at = now.wall,
                           .expires = moment_after(now, 100),
                           .lifetime = 100,
                           .refresh_at = now.wall + 75,
                           .fingerprint = kept->fingerprint};
}

static void
publish(struct kept *kept, const struct record *record)
{
    struct tw_error err = {0};

    cr_assert_eq(
        store_publish(&kept->place, record, record->generation - 1, &err),
        TW_OK, "%s", err.message);
}

Test(ward, knows_of_what_is_kept)
{
    AUTO(auto_kept) struct kept kept;
    const struct now now = clock_now();
    struct record record;

    keep_nothing(&kept);
    cr_expect_not(ward_look(&wards, kept.ward, &kept.store, now));
    cr_expect_eq(kept.ward->generation, 0);
    cr_expect_not(kept.ward->has_place);
    record = record_of(&kept, now);
    publish(&kept, &record);
    cr_expect(ward_look(&wards, kept.ward, &kept.store, now));
    cr_expect_eq(kept.ward->generation, 1);
    cr_expect(kept.ward->has_place);
    cr_expect_eq(schedule_left(&kept.ward->entry.facts, now), 100);
    cr_expect_not(ward_look(&wards, kept.ward, &kept.store,
                            (struct now){now.wall + 100, now.boot + 100}),
                  "it is dead");
    cr_expect_eq(kept.ward->generation, 1);
}

Test(ward, has_no_token_of_another_profile)
{
    AUTO(auto_kept) struct kept kept;
    const struct now now = clock_now();
    struct record record;

    keep_nothing(&kept);
    record = record_of(&kept, now);
    record.fingerprint = "another";
    publish(&kept, &record);
    cr_expect_not(ward_look(&wards, kept.ward, &kept.store, now));
    cr_expect_eq(kept.ward->generation, 1);
    cr_expect_eq(kept.ward->entry.facts.lifetime, 0);
}

Test(ward, has_no_token_of_a_file_that_is_another_by_now)
{
    AUTO(auto_kept) struct kept kept;
    const struct now now = clock_now();
    struct record record;
    struct mark mark;

    keep_nothing(&kept);
    loading_put("watched", 0600, "one");
    mark_path(scratch_path("watched"), &mark);
    record = record_of(&kept, now);
    record.watched = scratch_path("watched");
    record.watched_mark = mark.text;
    publish(&kept, &record);
    cr_expect(ward_look(&wards, kept.ward, &kept.store, now));
    loading_put("watched", 0600, "another");
    cr_expect_not(ward_look(&wards, kept.ward, &kept.store, now));
    cr_expect_eq(kept.ward->generation, 1);
    cr_expect_eq(kept.ward->entry.facts.lifetime, 0);
}

Test(ward, fails_by_a_note_of_its_own_alone)
{
    AUTO(auto_kept) struct kept kept;
    const struct now now = clock_now();
    struct backoff note = {.failures = 3,
                           .failed_at = now.wall,
                           .not_before = moment_after(now, 300),
                           .status = "denied",
                           .fingerprint = "another"};

    keep_nothing(&kept);
    store_backoff(&kept.place, 0, &note);
    cr_expect_not(ward_look(&wards, kept.ward, &kept.store, now));
    cr_expect(kept.ward->has_place);
    cr_expect_not(kept.ward->is_failing, "it is another's");
    cr_expect_eq(wards.failing, 0);
    cr_expect_not(kept.ward->entry.facts.is_open);
    cr_expect_leq(schedule_due(&kept.ward->entry.facts, now), now.boot);
    (void)strcpy(note.fingerprint, kept.fingerprint);
    store_backoff(&kept.place, 0, &note);
    cr_expect_not(ward_look(&wards, kept.ward, &kept.store, now));
    cr_expect(kept.ward->is_failing);
    cr_expect_eq(wards.failing, 1);
    cr_expect(kept.ward->entry.facts.is_open);
    cr_expect_eq(schedule_due(&kept.ward->entry.facts, now), now.boot + 300);
}
