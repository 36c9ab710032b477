/* SPDX-License-Identifier: MIT */
/*
 * instant-t.c - points in time as servers write them, what is none, and how
 * large a number is which.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/text/instant.h"

static bool
read_instant(const char *text, int64_t *out)
{
    return instant_of_text(text, strlen(text), out);
}

static const struct {
    const char *text;
    int64_t when;
} GOOD[] = {
    {"2026-11-24T11:05:26Z", 1795518326},
    {"2026-11-24t11:05:26z", 1795518326},
    {"2026-11-24 11:05:26 Z", 1795518326},
    {"2026-11-24T11:05:26.999Z", 1795518326},
    {"2026-11-24T11:05:26,5+00:00", 1795518326},
    {"2026-11-24 11:05:26.123456789 +01:00", 1795514726},
    {"2026-11-24T11:05:26+0130", 1795512926},
    {"2026-11-24T11:05:26-05", 1795536326},
    {"2016-12-31T23:59:60Z", 1483228800},
    {"2028-02-29T00:00:00Z", 1835395200},
    {"2026-11-01T00:00:00Z", 1793491200},
    {"2026-01-31T23:59:59Z", 1769903999},
    {"1970-01-01T00:00:01Z", 1},
    {"2026-11-24 11:05:26.1234567890123 +01:00", 1795514726}, /* 40 bytes */
    {"11/24/2026 11:05:26 AM +00:00", 1795518326},
    {"1/2/2026 1:05:26 pm +00:00", 1767359126},
    {"1/2/2026 12:05:26 AM +00:00", 1767312326},
    {"1/2/2026 12:05:26 PM +00:00", 1767355526},
    {"1/2/2026 13:05:26 PM +00:00", 1767359126},
};

Test(instant, as_it_is_written)
{
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        int64_t when = 0;

        cr_expect(read_instant(GOOD[i].text, &when), "%s", GOOD[i].text);
        cr_expect_eq(when, GOOD[i].when, "%s: %lld", GOOD[i].text,
                     (long long)when);
    }
}

/* A time that is guessed is worse than none. */
Test(instant, is_none)
{
    static const char *const TEXTS[] = {
        "",
        "tomorrow",
        "1795518326",
        "2026-11-24",
        "2026-11-24T",
        "2026-11-24_11:05:26Z",
        "2026-11-24T11:05Z",
        "2026-11-24T1:05:26Z",
        "2026-11-24T11:5:26Z",
        "26-11-24T11:05:26Z",
        "2026-1-24T11:05:26Z",
        "2026-13-24T11:05:26Z",
        "2026-00-24T11:05:26Z",
        "2026-11-00T11:05:26Z",
        "2026-02-29T00:00:00Z",
        "2026-06-31T00:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T11:60:26Z",
        "2026-11-24T11:05:61Z",
        "1969-12-31T23:59:59Z",
        "2026-11-24T11:05:26",
        "2026-11-24T11:05:26  Z",
        "2026-11-24T11:05:26Zulu",
        "2026-11-24T11:05:26 CET",
        "2026-11-24T11:05:26+1",
        "2026-11-24T11:05:26+1:00",
        "2026-11-24T11:05:26+01:",
        "2026-11-24T11:05:26+01:0",
        "2026-11-24T11:05:26+01:60",
        "2026-11-24T11:05:26+24:00",
        "2026-11-24T11:05:26+01:00:00",
        "11/24/2026 11:05:26 +00:00",
        "11/24/2026 11:05:26 XM +00:00",
        "11/24/2026 11:05:26 AM",
        "11/24/26 11:05:26 AM +00:00",
        "13/24/2026 11:05:26 AM +00:00",
        "11/24/2026 11:05 AM +00:00",
    };
    int64_t when = 7;

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        cr_expect_not(read_instant(TEXTS[i], &when), "%s", TEXTS[i]);
    cr_expect_not(instant_of_text("2026-11-24T11:05:26Z", 21, &when),
                  "with a NUL behind it");
    cr_expect_not(read_instant("2026-11-24T11:05:26."
                               "00000000000000000000Z", /* 41 bytes */
                               &when),
                  "too long");
    cr_expect_eq(when, 7, "and nothing is written");
}

Test(instant, of_a_number)
{
    const int64_t now = 1800000000;

    cr_expect_eq(instant_of_number(3600, now), now + 3600);
    cr_expect_eq(instant_of_number(999999999, now), now + 999999999);
    cr_expect_eq(instant_of_number(1000000000, now), 1000000000);
    cr_expect_eq(instant_of_number(99999999999, now), 99999999999);
    cr_expect_eq(instant_of_number(100000000000, now), 100000000);
    cr_expect_eq(instant_of_number(1800003600999, now), 1800003600);
}
