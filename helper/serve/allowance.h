/* SPDX-License-Identifier: MIT */
/*
 * allowance.h - how much of the doorbell one user has.  Pure: uid and now in,
 * yes or no out.
 */
#ifndef TW_HELPER_ALLOWANCE_H
#define TW_HELPER_ALLOWANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ALLOWANCE_CALLERS 32 /* of one user, at once */
#define ALLOWANCE_BURST 200  /* requests of one user at once, then ... */
#define ALLOWANCE_RATE 100   /* ... so many in a second */
#define ALLOWANCE_USERS 1024 /* that are remembered, or come at once */
#define ALLOWANCE_FETCHES 60 /* of one user in a minute that are not due */
#define ALLOWANCE_FETCHING 3 /* at once, of those that one user waits for */

struct allowance {
    uid_t uid;
    unsigned callers;
    unsigned fetching;    /* under way for this user, see lane.h */
    int64_t left;         /* thousandths of a request */
    int64_t fetches_left; /* thousandths of a fetch */
    int64_t seen_ms;
};

struct allowances {
    struct allowance users[ALLOWANCE_USERS];
    size_t count;
};

/* allowance_enter: one more caller of @uid; NULL: there are enough, of this
 * user or of all. */
struct allowance *allowance_enter(struct allowances *allowances, uid_t uid,
                                  int64_t now_ms);
void allowance_leave(struct allowance *allowance);

/* allowance_spend: may this user ask once more now? */
bool allowance_spend(struct allowance *allowance, int64_t now_ms);

/* allowance_fetch: may this user have something fetched now that would not be
 * fetched by itself?  Others' refreshes share its lane. */
bool allowance_fetch(struct allowance *allowance, int64_t now_ms);

#endif
