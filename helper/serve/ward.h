/* SPDX-License-Identifier: MIT */
/*
 * ward.h - a profile in the resident helper's care.
 */
#ifndef TW_HELPER_WARD_H
#define TW_HELPER_WARD_H

#include "helper/profile/profiles.h"
#include "helper/serve/lane.h"
#include "helper/serve/schedule.h"
#include "helper/serve/waiter.h"
#include "helper/store/store.h"

struct hook_run;
struct wards;

/* Of one that ever failed. */
struct ward_faults {
    uint32_t counts[TW_E_SYSTEM + 1]; /* by status */
    int64_t last_at;                  /* wall clock */
    uint32_t told;   /* what the log was told of last, 0: nothing, ... */
    int64_t told_at; /* ... and when, of CLOCK_BOOTTIME */
    unsigned untold; /* how often the same came since */
    unsigned row;    /* failures since the last token */
};

struct task;

struct ward {
    struct schedule_entry entry;   /* first: the schedule's is ours */
    const struct profile *profile; /* of the current set, of an instance the
                                      sample; NULL: it is gone */
    const struct profile_instance *instance; /* or NULL */
    const struct profile_template *users;    /* it is one of a user, or NULL */
    struct readers *lapsed; /* its template is gone, perhaps for a moment, and
                               had these; or NULL */
    uid_t uid;              /* of that user */
    int64_t asked;          /* of CLOCK_BOOTTIME: when that user last did */
    struct lane *lane;
    struct ward *next_in_lane, *previous_in_lane;
    struct ward *next;      /* of all */
    struct task *task;      /* being fetched */
    struct waiter *waiting; /* who asked for it */
    unsigned failures;      /* in a row, without a note */
    struct ward *next_hook; /* of those whose on_refresh is to be run */
    struct hook_run *hook;  /* it runs, see hooks.h */
    int64_t generation;     /* of the kept record, 0: there is none */
    uint32_t refreshes;
    struct ward_faults *faults; /* or NULL */
    enum turn turn;             /* while it is in its lane */
    bool in_lane, is_failing, wants_hook, hook_failed;
    bool is_unadmitted; /* its readers could not be set */
    bool is_given_up;   /* its user is no reader, and came to give it up: it is
                           opened to nobody, and gone with the next reload */
    bool has_place; /* a directory of its name is there: as of wards_seek(), or
                       something was published since */
    char name[];
};

/* ward_is_idle: a user's instance, whom nobody has heard of for a while: it is
 * not fetched before the user asks. */
#define WARD_USER_S 86400
bool ward_is_idle(const struct ward *ward, struct now now);

/* ward_min_valid: what those want who wait for it; TW_MIN_VALID_DEFAULT if
 * nobody does, any more. */
int64_t ward_min_valid(const struct ward *ward);

/* ward_rest: from now on it is idle, until the user asks. */
void ward_rest(struct ward *ward);

/* ward_profile: the ward's own, made if it is an instance: to be released.
 * As profiles_take(). */
enum tw_status ward_profile(const struct wards *wards, const struct ward *ward,
                            const struct profile **out, struct tw_error *err);

/* ward_admit: its readers may read what is kept of it, and no others any
 * more. */
enum tw_status ward_admit(const struct wards *wards, const struct ward *ward,
                          const struct store *store, struct tw_error *err);

/* ward_fails: whether its last fetch failed, is noted and counted. */
void ward_fails(struct wards *wards, struct ward *ward, bool fails);

/* ward_look: what is kept and noted of it, into its facts.  The result: of
 * this very profile, a token is kept and alive. */
bool ward_look(struct wards *wards, struct ward *ward,
               const struct store *store, struct now now);

/* ward_hear: the same, told by who has just published it: @numbers of its
 * record, and there is no note. */
void ward_hear(struct wards *wards, struct ward *ward,
               const struct record *numbers, struct now now);

/* ward_forget: as ward_look() of one that has nothing kept. */
void ward_forget(struct wards *wards, struct ward *ward);

#endif
