/* SPDX-License-Identifier: MIT */
/*
 * schedule-t.c - days of refreshing, suspended hosts and clocks set by years,
 * with no sleeping.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "helper/serve/schedule.h"
#include "helper/store/retry.h"

#define YEARS_10 315576000
#define MANY 100000

static const struct now START = {.wall = 1800000000, .boot = 5000};

/* A token of @lifetime that was got at @now. */
static void
set_token(struct record *record, struct now now, int64_t lifetime)
{
    record->token = "t";
    record->lifetime = lifetime;
    record->issued_at = now.wall;
    record->expires = moment_after(now, lifetime);
    record->refresh_at = now.wall + lifetime * 3 / 4;
}

struct due_row {
    const char *name;
    int64_t lifetime;   /* 0: no token */
    int64_t not_before; /* seconds from the start; 0: none */
    const char *status; /* of the note */
    int64_t wall, boot; /* how far the clocks go */
    int64_t due;        /* seconds from then */
    bool is_open;
};

static const struct due_row DUE[] = {
    {"nothing is kept", 0, 0, "", 0, 0, 0, false},
    {"fresh", 1000, 0, "", 0, 0, 750, false},
    {"fresh, spaced", 1000, 6, "", 0, 0, 750, false},
    {"half of it over", 1000, 0, "", 500, 500, 250, false},
    {"at the moment itself", 1000, 0, "", 750, 750, 0, false},
    {"dead", 1000, 0, "", 2000, 2000, 0, false},
    {"dead, held back", 1000, 2100, "retry", 2000, 2000, 100, false},
    {"refused", 0, 300, "denied", 0, 0, 300, true},
    {"misconfigured", 0, 300, "config", 0, 0, 300, true},
    {"a person is wanted", 0, 300, "interact", 0, 0, 300, true},
    {"Retry-After of an hour", 0, 3600, "retry", 0, 0, 3600, false},
    {"a note of far away", 0, 99999999, "retry", 0, 0, 4500, false},
    {"suspended past the refresh", 1000, 0, "", 800, 800, 0, false},
    {"suspended past the end", 1000, 0, "", 9000, 9000, 0, false},
    {"the clock ten years on", 1000, 0, "", YEARS_10, 1, 0, false},
    {"the clock ten years back", 1000, 0, "", -YEARS_10, 1, 749, false},
    {"back, and time goes on", 1000, 0, "", -YEARS_10, 750, 0, false},
    {"back, while held", 0, 300, "retry", -YEARS_10, 100, 200, false},
    {"on, while held", 0, 300, "retry", YEARS_10, 100, 0, false},
};

Test(schedule, when_something_is_due)
{
    for (size_t i = 0; i < sizeof DUE / sizeof *DUE; i++) {
        const struct due_row *row = &DUE[i];
        struct record record = RECORD_INIT;
        struct backoff note = {.failures = row->status[0] ? 1 : 0};
        struct now now = {START.wall + row->wall, START.boot + row->boot};
        struct schedule_facts facts;
        int64_t due;

        if (row->lifetime)
            set_token(&record, START, row->lifetime);
        if (row->not_before)
            note.not_before = moment_after(START, row->not_before);
        (void)strcpy(note.status, row->status);
        schedule_facts(&record, &note, START, &facts);
        due = schedule_due(&facts, now) - now.boot;
        if (due < 0)
            due = 0;
        cr_expect_eq(due, row->due, "%s: %ld", row->name, (long)due);
        cr_expect_eq(facts.is_open, row->is_open, "%s", row->name);
        schedule_close(&facts);
        cr_expect_not(facts.is_open, "%s: closed", row->name);
        if (row->is_open)
            cr_expect_leq(schedule_due(&facts, now), now.boot, "%s: closed",
                          row->name);
    }
}

/* What the boot clock said then means nothing now, and neither does a moment
 * that names no boot: this host's may have been up for longer than that. */
Test(schedule, what_another_boot_left_is_known_by_the_wall_clock)
{
    static const char *const BOOTS[] = {"", "00000000-another-boot"};

    for (size_t i = 0; i < sizeof BOOTS / sizeof *BOOTS; i++) {
        struct record record = RECORD_INIT;
        struct backoff note = {.failures = 1};
        struct schedule_facts facts;

        set_token(&record, START, 1000);
        record.expires.boot = START.boot - 4000;
        (void)strcpy(record.expires.boot_id, BOOTS[i]);
        note.not_before = record.expires;
        schedule_facts(&record, &note, START, &facts);
        cr_expect_eq(schedule_left(&facts, START), 1000, "%zu", i);
        cr_expect_eq(schedule_due(&facts, START) - START.boot, 1000, "%zu", i);
        note.not_before.wall = 0;
        schedule_facts(&record, &note, START, &facts);
        cr_expect_eq(schedule_due(&facts, START) - START.boot, 750, "%zu", i);
    }
}

Test(schedule, what_left_no_note_is_held_back_too)
{
    static const struct {
        enum tw_status status;
        unsigned failures;
        int64_t wait;
    } ROWS[] = {
        {TW_E_RETRY, 1, 1},      {TW_E_RETRY, 4, 8},
        {TW_E_SYSTEM, 40, 300},  {TW_E_CONFIG, 1, 300},
        {TW_E_CONFIG, 2, 600},   {TW_E_CONFIG, 40, 3600},
        {TW_E_INTERACT, 1, 300},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct schedule_facts facts = {.lifetime = 0};

        schedule_hold(&facts, ROWS[i].status, ROWS[i].failures, START, 0);
        cr_expect_eq(schedule_due(&facts, START) - START.boot, ROWS[i].wait,
                     "row %zu", i);
        cr_expect_eq(facts.is_open,
                     ROWS[i].wait >= 300 && ROWS[i].status != TW_E_SYSTEM,
                     "row %zu", i);
        schedule_hold(&facts, ROWS[i].status, ROWS[i].failures, START, 1023);
        cr_expect_leq(schedule_due(&facts, START) - START.boot,
                      ROWS[i].wait * 5 / 4);
    }
}

/* A resident helper of one profile and an endpoint that always grants: the
 * clocks jump once, then go on for two hours.  How many requests more than
 * without the jump?  A token is never given out that is dead by either. */
static int
requests_after(int64_t wall_jump, int64_t boot_jump)
{
    struct schedule schedule = {.count = 0};
    struct schedule_entry entry = {.at = 0};
    struct record record = RECORD_INIT;
    struct backoff note = {0};
    struct now now = START;
    int requests = 0;

    set_token(&record, now, 100000);
    schedule_facts(&record, &note, now, &entry.facts);
    cr_assert(schedule_put(&schedule, &entry, now));
    now.wall += wall_jump + boot_jump;
    now.boot += boot_jump;
    schedule_again(&schedule, now);
    for (int i = 0; i < 7200; i++, now.wall++, now.boot++) {
        if (schedule_take(&schedule, now)) {
            requests++;
            set_token(&record, now, 100000);
            retry_after_success(&note, now);
            schedule_facts(&record, &note, now, &entry.facts);
            cr_assert(schedule_put(&schedule, &entry, now));
        }
        cr_assert_eq(schedule_left(&entry.facts, now),
                     record_left(&record, now));
        cr_assert_gt(record_left(&record, now), 0);
    }
    schedule_clear(&schedule);
    return requests;
}

Test(schedule, jumps_and_suspends_cost_two_requests_at_most)
{
    static const struct {
        int64_t wall, boot;
        int most;
    } ROWS[] = {
        {0, 0, 0},    {YEARS_10, 0, 1}, {-YEARS_10, 0, 1}, {0, YEARS_10, 1},
        {3600, 0, 0}, {-3600, 0, 0},    {YEARS_10, 99, 1}, {0, 80000, 1},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        cr_expect_leq(requests_after(ROWS[i].wall, ROWS[i].boot), ROWS[i].most,
                      "row %zu", i);
}

Test(schedule, there_and_back_again_is_two_at_most)
{
    struct schedule_facts facts;
    struct record record = RECORD_INIT;
    struct backoff note = {0};
    struct now now = START;
    int requests = 0;

    set_token(&record, now, 3600);
    for (int i = 0; i < 4; i++) { /* +10 y, back, -10 y, back */
        static const int64_t JUMPS[] = {YEARS_10, -YEARS_10, -YEARS_10,
                                        YEARS_10};

        now.wall += JUMPS[i];
        now.boot += 10;
        now.wall += 10;
        schedule_facts(&record, &note, now, &facts);
        if (schedule_due(&facts, now) <= now.boot) {
            requests++;
            set_token(&record, now, 3600);
        }
    }
    cr_assert_leq(requests, 2);
}

Test(schedule, many_come_out_in_order)
{
    struct schedule_entry *entries = calloc(MANY, sizeof *entries);
    struct schedule schedule = {.count = 0};
    struct now now = {.wall = START.wall, .boot = 0};
    int64_t last = 0;
    size_t taken = 0;

    cr_assert(entries);
    srandom(7);
    for (size_t i = 0; i < MANY; i++)
        cr_assert(schedule_put_at(&schedule, &entries[i], random() % 1000000));
    for (size_t i = 0; i < MANY; i += 3)
        cr_assert(schedule_put_at(&schedule, &entries[i], random() % 1000000));
    for (size_t i = 1; i < MANY; i += 3)
        schedule_drop(&schedule, &entries[i]);
    cr_assert_null(schedule_take(&schedule, (struct now){0, -1}));
    while (schedule.count) {
        const struct schedule_entry *entry;

        now.boot = schedule_next(&schedule);
        entry = schedule_take(&schedule, now);
        cr_assert(entry && entry->due >= last && !entry->at);
        last = entry->due;
        taken++;
    }
    cr_assert_eq(taken, MANY - MANY / 3);
    cr_assert_eq(schedule_next(&schedule), SCHEDULE_NEVER);
    schedule_clear(&schedule);
    free(entries);
}

/* As they come and go, the first of those that are there is the next one. */
Test(schedule, few_come_and_go_in_any_order)
{
    enum { FEW = 12, TURNS = 20000 };

    struct schedule_entry entries[FEW] = {{.at = 0}};
    struct schedule schedule = {.count = 0};

    srandom(7);
    for (int turn = 0; turn < TURNS; turn++) {
        struct schedule_entry *entry = &entries[random() % FEW];
        int64_t next = SCHEDULE_NEVER;
        size_t count = 0;

        if (random() % 3)
            cr_assert(schedule_put_at(&schedule, entry, random() % 100));
        else if (random() % 2)
            schedule_drop(&schedule, entry); /* also one that is not there */
        else
            (void)schedule_take(&schedule, (struct now){0, random() % 100});
        for (size_t i = 0; i < FEW; i++) {
            count += entries[i].at != 0;
            if (entries[i].at && entries[i].due < next)
                next = entries[i].due;
        }
        cr_assert_eq(schedule.count, count, "turn %d", turn);
        cr_assert_eq(schedule_next(&schedule), next, "turn %d", turn);
    }
    schedule_clear(&schedule);
}

/* What was due last is due first, once the clock that said so was set. */
Test(schedule, all_are_asked_anew_when_a_clock_was_set)
{
    enum { COUNT = 999 };

    struct schedule_entry *entries = calloc(COUNT, sizeof *entries);
    struct schedule schedule = {.count = 0};
    struct now now = START;

    cr_assert(entries);
    for (int i = 0; i < COUNT; i++) {
        entries[i].facts.not_before =
            (struct clocks){START.wall + 2000 - i, START.boot + 1000 + i};
        cr_assert(schedule_put(&schedule, &entries[i], now));
    }
    cr_assert_eq(schedule_next(&schedule), START.boot + 1000);
    now.wall += 1000;
    schedule_again(&schedule, now);
    for (int i = COUNT; i > 0; i--) {
        now.boot = START.boot + 1000 - i + 1;
        cr_assert_eq(schedule_next(&schedule), now.boot, "%d", i);
        cr_assert_eq(schedule_take(&schedule, now), &entries[i - 1], "%d", i);
    }
    cr_assert_eq(schedule.count, 0);
    schedule_clear(&schedule);
    free(entries);
}

/* As for fetches that are used up, of which no note is kept. */
Test(schedule, a_wait_is_as_long_as_was_said)
{
    struct schedule_facts facts = {.lifetime = 0};

    schedule_wait(&facts, 100, START);
    cr_assert_eq(schedule_due(&facts, START), START.boot + 100);
    schedule_wait(&facts, 10, START);
    cr_assert_eq(schedule_due(&facts, START), START.boot + 100,
                 "the longer one holds");
    schedule_wait(&facts, 200, START);
    cr_assert_eq(schedule_due(&facts, START), START.boot + 200);
}

Test(schedule, entries_are_small)
{
    cr_assert_leq(sizeof(struct schedule_entry), 96);
}
