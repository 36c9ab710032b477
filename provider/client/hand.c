/* SPDX-License-Identifier: MIT */
/*
 * hand.c - see hand.h.
 *
 * The token in hand is given without a system call while four things hold:
 * the epoch pages stand where they stood before its record was read, the last
 * look is under ten seconds ago, the wall clock was not set and the machine
 * did not sleep since (both show as a changed difference of the two coarse
 * clocks, which cost 6 ns each where the fine ones cost 26), and the token
 * lives for long enough.  The ten seconds also bound how long a record of the
 * other place (a user's that hides the system's) stays unseen.
 */
#include "provider/client/hand.h"

#include <string.h>
#include <time.h>

#define TRUST_S 10  /* between two looks at the record */
#define APART_MAX 1 /* seconds by which the clocks may drift in that time */

struct coarse {
    int64_t wall, monotonic;
};

static struct coarse
coarse_now(void)
{
    struct timespec wall = {0}, monotonic = {0};

    (void)clock_gettime(CLOCK_REALTIME_COARSE, &wall);
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &monotonic);
    return (struct coarse){.wall = wall.tv_sec, .monotonic = monotonic.tv_sec};
}

uint64_t
hand_epochs(const struct hand *hand)
{
    return epoch_value(&hand->user_epoch) + epoch_value(&hand->system_epoch);
}

/* Would a new record of the same place show in an epoch? */
static bool
is_watched(const struct hand *hand)
{
    return hand->system ? hand->system_epoch.page : hand->user_epoch.page;
}

/* Nothing was published since, as far as the epochs tell. */
static bool
is_last(const struct hand *hand)
{
    return hand->token && is_watched(hand) && hand_epochs(hand) == hand->seen;
}

static bool
is_on_time(const struct hand *hand, struct coarse now)
{
    int64_t drift = now.wall - now.monotonic - hand->apart;

    return drift <= APART_MAX && drift >= -APART_MAX;
}

struct tw_token *
hand_take(const struct hand *hand, int64_t min_valid)
{
    struct coarse now;

    if (!is_last(hand))
        return NULL;
    now = coarse_now();
    if (now.monotonic - hand->looked_at >= TRUST_S || !is_on_time(hand, now) ||
        now.wall >= hand->refresh_at ||
        now.wall + lifetime_wanted(hand->lifetime, min_valid) >=
            hand->good_until)
        return NULL;
    return tw_token_ref(hand->token);
}

struct tw_token *
hand_keep(const struct hand *hand)
{
    struct coarse now = coarse_now();

    return is_last(hand) && is_on_time(hand, now) &&
                   now.wall < hand->good_until
               ? tw_token_ref(hand->token)
               : NULL;
}

struct tw_token *
hand_put(struct hand *hand, struct answer *answer, uint64_t seen,
         struct tw_token **before)
{
    struct coarse now = coarse_now();
    struct tw_token *token = token_take(&answer->record);

    if (!token)
        return NULL;
    *before = hand->token;
    hand->token = tw_token_ref(token);
    hand->lifetime = answer->record.lifetime;
    hand->good_until = now.wall + answer->left;
    /* The system's token is refreshed by the system's service. */
    hand->refresh_at = answer->system ? INT64_MAX : answer->record.refresh_at;
    hand->looked_at = now.monotonic;
    hand->apart = now.wall - now.monotonic;
    hand->seen = seen;
    hand->system = answer->system;
    return token;
}

struct tw_token *
hand_drop(struct hand *hand, const struct tw_token *token)
{
    if (!hand->token || hand->token->generation != token->generation ||
        strcmp(hand->token->value, token->value) != 0)
        return NULL;
    return TAKE_POINTER(hand->token);
}

void
hand_clear(struct hand *hand)
{
    tw_token_free(TAKE_POINTER(hand->token));
    epoch_unmap(&hand->user_epoch);
    epoch_unmap(&hand->system_epoch);
}
