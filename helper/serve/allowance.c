/* SPDX-License-Identifier: MIT */
/*
 * allowance.c - see allowance.h.  Who hangs up and calls again is remembered
 * until nothing is owed: another call is no new budget.
 */
#include "helper/serve/allowance.h"

#define FULL ((int64_t)ALLOWANCE_BURST * 1000)
#define FETCHES_FULL ((int64_t)ALLOWANCE_FETCHES * 1000)
#define FETCHES_MS (60000 / ALLOWANCE_FETCHES) /* until there is one more */

static void
refill(struct allowance *allowance, int64_t now_ms)
{
    int64_t passed = now_ms - allowance->seen_ms;

    if (passed > 0)
        allowance->left += passed < FULL ? passed * ALLOWANCE_RATE : FULL;
    if (allowance->left > FULL)
        allowance->left = FULL;
    if (passed > 0)
        allowance->fetches_left += passed < FETCHES_FULL * FETCHES_MS
                                       ? passed * 1000 / FETCHES_MS
                                       : FETCHES_FULL;
    if (allowance->fetches_left > FETCHES_FULL)
        allowance->fetches_left = FETCHES_FULL;
    allowance->seen_ms = now_ms;
}

static struct allowance *
find(struct allowances *allowances, uid_t uid, int64_t now_ms)
{
    struct allowance *unused = NULL, *owing = NULL;

    for (size_t i = 0; i < allowances->count; i++) {
        struct allowance *allowance = &allowances->users[i];

        if (allowance->uid == uid)
            return allowance;
        if (allowance->callers || allowance->fetching)
            continue;
        refill(allowance, now_ms);
        if (allowance->left == FULL)
            owing = allowance;
        if (owing == allowance && allowance->fetches_left == FETCHES_FULL)
            unused = allowance;
    }
    if (!unused && allowances->count < ALLOWANCE_USERS)
        unused = &allowances->users[allowances->count++];
    if (!unused)
        unused = owing; /* fetches are forgotten before anybody is refused */
    if (unused)
        *unused = (struct allowance){.uid = uid,
                                     .left = FULL,
                                     .fetches_left = FETCHES_FULL,
                                     .seen_ms = now_ms};
    return unused;
}

struct allowance *
allowance_enter(struct allowances *allowances, uid_t uid, int64_t now_ms)
{
    struct allowance *allowance = find(allowances, uid, now_ms);

    if (!allowance || allowance->callers == ALLOWANCE_CALLERS)
        return NULL;
    allowance->callers++;
    return allowance;
}

void
allowance_leave(struct allowance *allowance)
{
    allowance->callers--;
}

bool
allowance_spend(struct allowance *allowance, int64_t now_ms)
{
    refill(allowance, now_ms);
    if (allowance->left < 1000)
        return false;
    allowance->left -= 1000;
    return true;
}

bool
allowance_fetch(struct allowance *allowance, int64_t now_ms)
{
    refill(allowance, now_ms);
    if (allowance->fetches_left < 1000)
        return false;
    allowance->fetches_left -= 1000;
    return true;
}
