/* SPDX-License-Identifier: MIT */
/*
 * ward.h - a profile in the resident helper's care, and the lane to its
 * endpoint: so many of one endpoint are fetched at once, one at a time while
 * it is in trouble, and lanes take turns.
 */
#ifndef TW_HELPER_WARD_H
#define TW_HELPER_WARD_H

#include "helper/profiles.h"
#include "helper/schedule.h"
#include "helper/store.h"
#include "helper/table.h"
#include "helper/waiter.h"

#define LANE_MAX 8       /* at once; the engine sends no more to one host */
#define LANE_COMMANDS 32 /* lanes of what may take its time */

struct task;

struct lane {
    struct lane *next;         /* of all */
    struct lane *next_in_line; /* of those where one could begin */
    struct ward *first, *last; /* waiting */
    unsigned running;
    bool in_trouble; /* the last one that ran found no answer */
    bool in_line;
    char name[]; /* scheme, host and port, or "command N" */
};

struct ward {
    struct schedule_entry entry;   /* first: the schedule's is ours */
    const struct profile *profile; /* of the current set; NULL: it is gone */
    struct lane *lane;
    struct ward *next_in_lane;
    struct ward *next;      /* of all */
    struct task *task;      /* being fetched */
    struct waiter *waiting; /* who asked for it */
    int64_t min_valid;      /* what they want */
    unsigned failures;      /* in a row, without a note */
    bool in_lane, is_failing;
    char name[];
};

struct wards {
    struct ward *first;
    struct table names;
    size_t count;
    struct lane *lanes;
    struct table lane_names;
    struct lane *line_first, *line_last;
};

/* ward_is_apart: could reading its secrets keep us waiting, or does it
 * need another profile's token?  A process of its own does these. */
bool ward_is_apart(const struct profile *profile);

/* ward_admit: its readers may read what is kept of it, and no others any more;
 * a failure is told when it is fetched. */
void ward_admit(const struct ward *ward, const struct store *store);

/* ward_look: what is kept and noted of it, into its facts.  The result: of
 * this very profile, a token is kept and alive. */
bool ward_look(struct ward *ward, const struct store *store, struct now now);

/* wards_adopt: @set's profiles are the wards; those that are gone, and are
 * neither fetched nor waited for, are freed.  False: out of memory, nothing
 * was changed. */
bool wards_adopt(struct wards *wards, struct schedule *schedule,
                 const struct profile_set *set);

/* wards_find: NULL: there is none of that name. */
struct ward *wards_find(const struct wards *wards, const char *name);

/* lane_put: @ward stands in its lane, once. */
void lane_put(struct wards *wards, struct ward *ward);

/* lane_put_first: the same, in front: somebody waits. */
void lane_put_first(struct wards *wards, struct ward *ward);

/* lane_take: whose turn it is, now counted as running; NULL: nobody's. */
struct ward *lane_take(struct wards *wards);

/* lane_end: one that ran has ended; @in_trouble: without an answer. */
void lane_end(struct wards *wards, struct lane *lane, bool in_trouble);

void wards_clear(struct wards *wards);

#endif
