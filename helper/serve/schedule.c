/* SPDX-License-Identifier: MIT */
/*
 * schedule.c - see schedule.h.
 *
 * A binary heap whose entries know their place.  The trap is the wall clock:
 * a token's end and its refresh are kept by two clocks, and the one that says
 * sooner is believed; a hold ends by the one that says sooner too, so a clock
 * set by years neither starts a storm nor stops all refreshes.
 */
#include "helper/serve/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "helper/store/retry.h"

#define HOLD_MAX_S 4500 /* an hour and its jitter, whatever a note says */

static int64_t
left_of(struct clocks moment, struct now now)
{
    int64_t wall = moment.wall - now.wall, boot = moment.boot - now.boot;

    return boot < wall ? boot : wall;
}

/* A moment of another boot is known by the wall clock alone. */
static struct clocks
clocks_of(const struct moment *moment, struct now now)
{
    int64_t left = moment_left(moment, now);
    bool is_here =
        moment->boot_id[0] && strcmp(moment->boot_id, clock_boot_id()) == 0;

    return (struct clocks){.wall = moment->wall,
                           .boot = is_here ? moment->boot : now.boot + left};
}

static struct clocks
earlier(struct clocks moment, int64_t seconds)
{
    return (struct clocks){moment.wall - seconds, moment.boot - seconds};
}

void
schedule_facts(const struct record *record, const struct backoff *note,
               struct now now, struct schedule_facts *out)
{
    struct schedule_facts facts = {.lifetime = 0};
    enum tw_status status;

    if (record->token) {
        facts.lifetime = record->lifetime;
        facts.end = clocks_of(&record->expires, now);
        facts.refresh =
            earlier(facts.end, record->expires.wall - record->refresh_at);
    }
    if (note->not_before.wall)
        facts.not_before = clocks_of(&note->not_before, now);
    facts.is_open = note->failures > 0 &&
                    status_from_name(note->status, &status) &&
                    status_is_refusal(status);
    *out = facts;
}

void
schedule_hold(struct schedule_facts *facts, enum tw_status status,
              unsigned failures, struct now now, uint32_t seed)
{
    const bool is_refusal = status_is_refusal(status);
    const int64_t wait =
        is_refusal
            ? retry_wait(RETRY_DENIED_S, SCHEDULE_DENIED_MAX_S, failures, seed)
            : retry_wait(RETRY_FIRST_S, RETRY_MAX_S, failures, seed);

    facts->not_before = (struct clocks){now.wall + wait, now.boot + wait};
    facts->is_open = is_refusal;
}

void
schedule_wait(struct schedule_facts *facts, int64_t seconds, struct now now)
{
    if (!facts->not_before.wall || left_of(facts->not_before, now) < seconds)
        facts->not_before =
            (struct clocks){now.wall + seconds, now.boot + seconds};
}

void
schedule_close(struct schedule_facts *facts)
{
    if (facts->is_open)
        facts->not_before = (struct clocks){0, 0};
    facts->is_open = false;
}

int64_t
schedule_left(const struct schedule_facts *facts, struct now now)
{
    int64_t left = facts->lifetime ? left_of(facts->end, now) : 0;

    return left > facts->lifetime ? 0 : left;
}

int64_t
schedule_due(const struct schedule_facts *facts, struct now now)
{
    int64_t wait = 0, hold = 0;

    if (schedule_left(facts, now) > 0)
        wait = left_of(facts->refresh, now);
    if (facts->not_before.wall)
        hold = left_of(facts->not_before, now);
    hold = hold < HOLD_MAX_S ? hold : HOLD_MAX_S;
    return now.boot + (hold > wait ? hold : wait);
}

static void
place(struct schedule *schedule, size_t at, struct schedule_entry *entry)
{
    schedule->heap[at - 1] = entry;
    entry->at = at;
}

static void
rise(struct schedule *schedule, struct schedule_entry *entry)
{
    size_t at = entry->at;

    while (at > 1 && schedule->heap[at / 2 - 1]->due > entry->due) {
        place(schedule, at, schedule->heap[at / 2 - 1]);
        at /= 2;
    }
    place(schedule, at, entry);
}

static void
sink(struct schedule *schedule, struct schedule_entry *entry)
{
    size_t at = entry->at;

    for (;;) {
        size_t below = at * 2;

        if (below < schedule->count &&
            schedule->heap[below]->due < schedule->heap[below - 1]->due)
            below++;
        if (below > schedule->count ||
            schedule->heap[below - 1]->due >= entry->due)
            break;
        place(schedule, at, schedule->heap[below - 1]);
        at = below;
    }
    place(schedule, at, entry);
}

static bool
grow(struct schedule *schedule)
{
    size_t capacity = schedule->capacity ? schedule->capacity * 2 : 64;
    struct schedule_entry **larger =
        reallocarray(schedule->heap, capacity, sizeof *larger);

    if (!larger)
        return false;
    schedule->heap = larger;
    schedule->capacity = capacity;
    return true;
}

bool
schedule_put_at(struct schedule *schedule, struct schedule_entry *entry,
                int64_t due)
{
    if (!entry->at) {
        if (schedule->count == schedule->capacity && !grow(schedule))
            return false;
        place(schedule, ++schedule->count, entry);
    }
    entry->due = due;
    rise(schedule, entry);
    sink(schedule, entry);
    return true;
}

bool
schedule_put(struct schedule *schedule, struct schedule_entry *entry,
             struct now now)
{
    return schedule_put_at(schedule, entry, schedule_due(&entry->facts, now));
}

void
schedule_drop(struct schedule *schedule, struct schedule_entry *entry)
{
    struct schedule_entry *last;
    size_t at = entry->at;

    if (!at)
        return;
    entry->at = 0;
    last = schedule->heap[--schedule->count];
    if (last == entry)
        return;
    place(schedule, at, last);
    rise(schedule, last);
    sink(schedule, last);
}

struct schedule_entry *
schedule_take(struct schedule *schedule, struct now now)
{
    struct schedule_entry *first;

    if (schedule_next(schedule) > now.boot)
        return NULL;
    first = schedule->heap[0];
    schedule_drop(schedule, first);
    return first;
}

int64_t
schedule_next(const struct schedule *schedule)
{
    return schedule->count ? schedule->heap[0]->due : SCHEDULE_NEVER;
}

void
schedule_again(struct schedule *schedule, struct now now)
{
    for (size_t i = 0; i < schedule->count; i++)
        schedule->heap[i]->due = schedule_due(&schedule->heap[i]->facts, now);
    for (size_t i = schedule->count / 2; i > 0; i--)
        sink(schedule, schedule->heap[i - 1]);
}

void
schedule_clear(struct schedule *schedule)
{
    free(schedule->heap);
    *schedule = (struct schedule){.count = 0};
}
