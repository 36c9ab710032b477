/* SPDX-License-Identifier: MIT */
/*
 * hand-t.c - when the token in hand is given without a look at the record.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

#include "provider/client/hand.h"

#define LIFETIME 3600

static uint64_t pages[2][EPOCH_SIZE / sizeof(uint64_t)];
static struct tw_token token = {.value = "t", .generation = 1};

static int64_t
coarse(clockid_t clock)
{
    struct timespec now;

    cr_assert_eq(clock_gettime(clock, &now), 0);
    return now.tv_sec;
}

/* Looked at just now, the user's, for ten minutes more. */
static struct hand
held(void)
{
    int64_t wall = coarse(CLOCK_REALTIME_COARSE);
    int64_t monotonic = coarse(CLOCK_MONOTONIC_COARSE);

    token.holders = 1;
    return (struct hand){.token = &token,
                         .lifetime = LIFETIME,
                         .good_until = wall + 600,
                         .refresh_at = wall + 300,
                         .looked_at = monotonic,
                         .apart = wall - monotonic,
                         .user_epoch = {.page = pages[0]},
                         .system_epoch = {.page = pages[1]}};
}

static bool
is_given(const struct hand *hand)
{
    return hand_take(hand, TW_MIN_VALID_DEFAULT) != NULL;
}

static bool
is_kept(const struct hand *hand)
{
    return hand_keep(hand) != NULL;
}

Test(hand, gives_what_is_certainly_still_the_one)
{
    struct hand hand = held();

    cr_expect(is_given(&hand));
    cr_expect_eq(token.holders, 2);
    cr_expect(is_kept(&hand));
    cr_expect_eq(token.holders, 3);
    hand.token = NULL;
    cr_expect_not(is_given(&hand) || is_kept(&hand));
}

Test(hand, looks_again_after_ten_seconds)
{
    struct hand hand = held();

    hand.looked_at -= 5;
    cr_expect(is_given(&hand));
    hand.looked_at -= 5;
    cr_expect_not(is_given(&hand));
    cr_expect(is_kept(&hand), "where it cannot");
}

/* Either way: a clock that is set back makes a token live longer, too. */
Test(hand, gives_none_after_a_clock_was_set)
{
    for (int64_t by = -100; by <= 100; by += 200) {
        struct hand hand = held();

        hand.apart += by;
        cr_expect_not(is_given(&hand) || is_kept(&hand), "%ld", (long)by);
    }
}

Test(hand, gives_none_that_is_due_or_too_old)
{
    struct hand hand = held();

    hand.refresh_at -= 300;
    cr_expect_not(is_given(&hand));
    cr_expect(is_kept(&hand));
    hand = held();
    cr_expect_not_null(hand_take(&hand, 500));
    cr_expect_null(hand_take(&hand, 600));
    hand.good_until -= 560;
    cr_expect_not(is_given(&hand), "less than a minute");
    cr_expect(is_kept(&hand));
    hand.good_until -= 41;
    cr_expect_not(is_given(&hand) || is_kept(&hand), "dead");
}

/* Of the place that it is from; where nothing tells of a new one it may be
 * there unseen. */
Test(hand, gives_none_after_something_was_published)
{
    struct hand hand = held();

    pages[1][64 / sizeof(uint64_t)]++;
    cr_expect_not(is_given(&hand) || is_kept(&hand));
    hand.seen = hand_epochs(&hand);
    cr_expect(is_given(&hand) && is_kept(&hand));
    for (int system = 0; system < 2; system++) {
        hand = held();
        hand.system = system;
        (system ? &hand.system_epoch : &hand.user_epoch)->page = NULL;
        hand.seen = hand_epochs(&hand);
        cr_expect_not(is_given(&hand) || is_kept(&hand), "%d", system);
    }
}
