/* SPDX-License-Identifier: MIT */
/*
 * retry-after-t.c - seconds, dates in three forms, and everything else.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include "helper/text/retry_after.h"

#define NOW 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's example */

static const struct {
    const char *text;
    int64_t seconds;
} GOOD[] = {
    {"0", 0},
    {"30", 30},
    {"000120", 120},
    {"3600", 3600},
    {"9223372036854775807", INT64_MAX},
    {"9223372036854775808", INT64_MAX},
    {"99999999999999999999", INT64_MAX},
    {"99999999999999999999999999999999999999999999999999", INT64_MAX},
    {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
    {"Sun, 06 Nov 1994 08:49:38 GMT", 1},
    {"Sun, 06 Nov 1994 09:49:37 GMT", 3600},
    {"Fri, 31 Dec 1993 23:59:59 GMT", 0},
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Sunday, 06-Nov-94 08:50:37 GMT", 60},
    {"Sun Nov  6 08:50:37 1994", 60},
    {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 - NOW},
};

static const char *const BAD[] = {
    "",
    " ",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "0x10",
    "30 seconds",
    "soon",
    "30,60",
    "tomorrow",
    "GMT",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 GMT, 5",
    "Sun, 06 Nov 1994 08:49:37 +0100",
    "Sun, 99 Nov 1994 08:49:37 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 25:49:37 GMT",
};

static void
expect_all(void)
{
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        int64_t seconds = -42;

        cr_expect(retry_after_parse(GOOD[i].text, NOW, &seconds), "%s",
                  GOOD[i].text);
        cr_expect_eq(seconds, GOOD[i].seconds, "%s: %ld", GOOD[i].text,
                     (long)seconds);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        int64_t seconds = -42;

        cr_expect_not(retry_after_parse(BAD[i], NOW, &seconds), "%s", BAD[i]);
        cr_expect_eq(seconds, -42, "%s", BAD[i]);
    }
}

Test(retry_after, texts)
{
    expect_all();
}

Test(retry_after, the_time_zone_has_no_say)
{
    cr_assert_eq(setenv("TZ", "Pacific/Kiritimati", 1), 0);
    tzset();
    expect_all();
}

Test(retry_after, whatever_the_clock_says)
{
    static const int64_t CLOCKS[] = {0, -1, INT64_MIN + 1, INT64_MAX};
    int64_t seconds;

    for (size_t i = 0; i < 4; i++) {
        cr_expect(retry_after_parse("30", CLOCKS[i], &seconds));
        cr_expect_eq(seconds, 30);
        cr_expect(retry_after_parse("Sun, 06 Nov 1994 08:49:37 GMT", CLOCKS[i],
                                    &seconds));
        cr_expect_geq(seconds, 0);
    }
}
