/* SPDX-License-Identifier: MIT */
/*
 * retry-t.c - back-off over hours, with no sleeping.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/exchange/refusal.h"
#include "helper/store/retry.h"

static const struct tw_error NETWORK = {.status = TW_E_RETRY,
                                        .message = "down"};
static const struct tw_error REFUSED = {.status = TW_E_DENIED,
                                        .message = "invalid_client"};

/* A get each second for an hour: how many requests are made? */
static int
requests_in_an_hour(const struct tw_error *failure, uint32_t seed)
{
    struct now now = {.wall = 1000000, .boot = 1000};
    struct backoff note = {0};
    int requests = 0;

    for (int i = 0; i < 3600; i++, now.wall++, now.boot++) {
        if (backoff_left(&note, now) == 0) {
            requests++;
            retry_after_failure(&note, failure, -1, now, seed);
        }
    }
    return requests;
}

Test(retry, an_hour_of_outage_is_at_most_twenty_requests)
{
    for (uint32_t seed = 0; seed < 1024; seed += 93)
        cr_assert_leq(requests_in_an_hour(&NETWORK, seed), 20);
    cr_assert_geq(requests_in_an_hour(&NETWORK, 0), 15);
}

Test(retry, a_refusal_is_asked_again_every_five_minutes)
{
    cr_assert_leq(requests_in_an_hour(&REFUSED, 0), 12);
}

/* Whoever always says "in a second" is not asked each second. */
Test(retry, retry_after_is_the_least)
{
    struct now now = {.wall = 1000000, .boot = 1000};
    struct backoff note = {0};

    retry_after_failure(&note, &NETWORK, 120, now, 0);
    cr_assert_eq(backoff_left(&note, now), 120);
    retry_after_failure(&note, &NETWORK, 0, now, 0);
    cr_assert_eq(backoff_left(&note, now), 2);
    retry_after_failure(&note, &NETWORK, 100000, now, 0);
    cr_assert_eq(backoff_left(&note, now), 3600);
}

/* It may be mended at once; what a server asked for holds all the same. */
Test(retry, what_failed_here_puts_nothing_off)
{
    static const struct tw_error OPEN = {.status = TW_E_ACCESS,
                                         .message = "mode 0644"};
    struct now now = {.wall = 1000000, .boot = 1000};
    struct backoff note = {0};

    retry_after_none(&note, &OPEN, now);
    cr_expect_eq(backoff_left(&note, now), 0);
    cr_expect_eq(note.failures, 1);
    cr_expect_eq(note.failed_at, now.wall);
    cr_expect_str_eq(note.status, "access");
    cr_expect_str_eq(note.message, "mode 0644");
    retry_after_failure(&note, &NETWORK, 120, now, 0);
    retry_after_none(&note, &OPEN, now);
    cr_expect_eq(backoff_left(&note, now), 120);
    cr_expect_eq(note.failures, 2);
}

Test(retry, success_forgets_and_spaces)
{
    struct now now = {.wall = 1000000, .boot = 1000};
    struct backoff note = {0};

    retry_after_failure(&note, &NETWORK, -1, now, 0);
    retry_after_success(&note, now);
    cr_assert_eq(note.failures, 0);
    cr_assert_str_empty(note.message);
    cr_assert_eq(backoff_left(&note, now), RETRY_FRESH_S);
}

Test(retry, the_first_rejection_is_free_and_a_row_of_them_is_not)
{
    struct now now = {.wall = 1000000, .boot = 1000};
    struct backoff note = {0};

    retry_after_success(&note, now);
    retry_after_rejection(&note, 5, now, 0);
    cr_assert_eq(backoff_left(&note, now), 0);
    cr_assert_str_empty(note.message);
    retry_after_success(&note, now); /* a token came, and is rejected, too */
    now.wall++;
    retry_after_rejection(&note, 5, now, 0);
    cr_assert_gt(backoff_left(&note, now), 0);
    cr_assert(strstr(note.message, "2 young tokens"), "%s", note.message);
    cr_expect_str_eq(note.status, "retry");
    cr_expect_eq(note.failed_at, now.wall);
    for (int i = 0; i < 20; i++)
        retry_after_rejection(&note, 5, now, 0);
    cr_assert_eq(backoff_left(&note, now), RETRY_MAX_S);
    retry_after_rejection(&note, RETRY_YOUNG_S, now, 0);
    cr_assert_eq(backoff_left(&note, now), 0);
}

Test(retry, a_wait_doubles_up_to_the_most)
{
    static const int64_t WAITS[] = {5, 5, 10, 20, 40, 60, 60, 60};

    for (int64_t i = 0; i < (int64_t)(sizeof WAITS / sizeof *WAITS); i++)
        cr_expect_eq(retry_wait(5, 60, i, 0), WAITS[i]);
    cr_expect_eq(retry_wait(5, 60, INT64_MAX, 0), 60);
    cr_expect_eq(retry_wait(64, 64, 1, 1023), 64 + 15);
}

Test(retry, says_why_it_waits)
{
    struct now now = {.wall = 1000000, .boot = 1000};
    struct backoff note = {0};
    struct tw_error err;

    retry_explain(&note, "pay", 3, 6, now, &err);
    cr_expect_eq(err.status, TW_E_RETRY);
    cr_expect_str_eq(err.message,
                     "the last token of 'pay' lived 3 s, and another is not "
                     "asked for at once\n"
                     "the next request is made in 6 s");
    retry_after_failure(&note, &REFUSED, -1, now, 0);
    now.wall += 7;
    retry_explain(&note, "pay", 3, 293, now, &err);
    cr_expect_eq(err.status, TW_E_DENIED);
    cr_expect_str_eq(err.message, "invalid_client\n"
                                  "(asked 7 s ago, asked again in 293 s)");
    now.wall -= 3600; /* the clock was set back */
    retry_explain(&note, "pay", 3, 293, now, &err);
    cr_expect_str_eq(err.message, "invalid_client\n"
                                  "(asked 0 s ago, asked again in 293 s)");
}

Test(retry, refresh_is_due_around_three_quarters)
{
    for (uint32_t seed = 0; seed < 500; seed++) {
        int64_t at = retry_refresh_at(1000, 3600, seed);

        cr_assert_geq(at, 1000 + 3600 * 70 / 100);
        cr_assert_leq(at, 1000 + 3600 * 80 / 100);
    }
    cr_assert_gt(retry_refresh_at(1000, 31536000, 5), 1000);
}

/* What a stack holds where nobody has written yet. */
static __attribute__((noinline)) void
soil_stack(void)
{
    char soil[32768];

    memset(soil, 0xa5, sizeof soil);
    __asm__ volatile("" : : "r"(soil) : "memory");
}

/* As when the issuer's metadata was what failed: no secret was sent. */
Test(retry, a_failure_without_a_secret_lasts_as_long)
{
    const struct profile profile = {.name = (char[]){"p"}};
    const struct secret_context secrets = {.system = false};
    const struct backoff note = {.status = "config"};

    soil_stack();
    cr_expect(!refusal_is_over(&note, &profile, &secrets));
}
