/* SPDX-License-Identifier: MIT */
/*
 * target-t.c - the end of a token that a client is told.
 */
#include <criterion/criterion.h>

#include "provider/credential/target.h"

/* What is told of a token that ends in @seconds, from now on. */
static int64_t
told(int64_t seconds, int64_t margin_s)
{
    struct now now = clock_now();
    struct answer answer = {.record = {.token = "t",
                                       .expires = moment_after(now, seconds),
                                       .lifetime = 3600}};

    return target_expiry(&answer, margin_s) - now.wall;
}

Test(target, tells_an_end_before_the_tokens)
{
    int64_t end = told(3000, 60);

    cr_expect(end >= 2939 && end <= 2940, "%ld", (long)end);
    end = told(20, 60);
    cr_expect(end >= 9 && end <= 11, "%ld", (long)end); /* half of it */
}

/* A machine may have slept between the look and the answer.  A client that is
 * told of a moment in the past, or of a duration below nothing, may take it
 * for nonsense. */
Test(target, tells_of_no_end_in_the_past)
{
    int64_t end = told(-30, 60);

    cr_expect(end >= 0 && end <= 2, "%ld", (long)end);
}
