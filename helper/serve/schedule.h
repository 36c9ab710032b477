/* SPDX-License-Identifier: MIT */
/*
 * schedule.h - what is due, and when the next thing will be.  Pure: facts of
 * records and notes and now in, profiles whose turn it is out.
 *
 * A heap by CLOCK_BOOTTIME, so 100,000 profiles cost what one costs, a
 * suspended host wakes to what became due meanwhile, and nothing sets it.
 * What the wall clock says is asked when facts are put in; after it was set,
 * schedule_again() asks it for all.
 */
#ifndef TW_HELPER_SCHEDULE_H
#define TW_HELPER_SCHEDULE_H

#include <stddef.h>

#include "provider/base/backoff.h"
#include "provider/base/record.h"

#define SCHEDULE_NEVER INT64_MAX
#define SCHEDULE_DENIED_MAX_S 3600 /* between two tries of what is refused */

/* A moment by both clocks, of this boot. */
struct clocks {
    int64_t wall, boot;
};

/* What decides over one profile; kept small, there may be very many. */
struct schedule_facts {
    struct clocks refresh;    /* from then on a new token is wanted */
    struct clocks end;        /* of the kept token */
    struct clocks not_before; /* of the next request; wall 0: at once */
    int64_t lifetime;         /* of the kept token; 0: there is none */
    bool is_open; /* the circuit: a refusal that would be repeated */
};

/* schedule_facts: @record may be empty, @note all zero. */
void schedule_facts(const struct record *record, const struct backoff *note,
                    struct now now, struct schedule_facts *out);

/* schedule_hold: a failure that left no note: @failures of the kind in a row,
 * this one included.  @seed picks the jitter. */
void schedule_hold(struct schedule_facts *facts, enum tw_status status,
                   unsigned failures, struct now now, uint32_t seed);

/* schedule_wait: nothing is asked for @seconds more, whatever else holds. */
void schedule_wait(struct schedule_facts *facts, int64_t seconds,
                   struct now now);

/* schedule_close: profile or secret changed: a refusal holds nothing back. */
void schedule_close(struct schedule_facts *facts);

/* schedule_left: seconds the token is still good for, as record_left(). */
int64_t schedule_left(const struct schedule_facts *facts, struct now now);

/* schedule_due: the second of CLOCK_BOOTTIME when something is to be done;
 * at most @now's: at once. */
int64_t schedule_due(const struct schedule_facts *facts, struct now now);

/* One profile's place; all zero: it has none. */
struct schedule_entry {
    struct schedule_facts facts;
    int64_t due;
    size_t at; /* in the heap, from 1; 0: not in it */
};

struct schedule {
    struct schedule_entry **heap;
    size_t count, capacity;
};

/* schedule_put: @entry is due when its facts say so.  False: out of memory. */
bool schedule_put(struct schedule *schedule, struct schedule_entry *entry,
                  struct now now);

/* schedule_put_at: the same, but at this second of CLOCK_BOOTTIME. */
bool schedule_put_at(struct schedule *schedule, struct schedule_entry *entry,
                     int64_t due);

void schedule_drop(struct schedule *schedule, struct schedule_entry *entry);

/* schedule_take: one that is due, taken out; NULL: none is. */
struct schedule_entry *schedule_take(struct schedule *schedule,
                                     struct now now);

/* schedule_next: when the next one is due, or SCHEDULE_NEVER. */
int64_t schedule_next(const struct schedule *schedule);

/* schedule_again: a clock was set, ask all facts anew. */
void schedule_again(struct schedule *schedule, struct now now);

void schedule_clear(struct schedule *schedule); /* entries are the caller's */

#endif
