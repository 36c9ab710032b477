/* SPDX-License-Identifier: MIT */
/*
 * instant.c - a point in time as servers write it: what is read and written
 * anew is the same time.
 */
#include "helper/text/instant.h"

#include <string.h>
#include <time.h>

#include "tests/fuzz/fuzz.h"

void
fuzz_instant(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    int64_t when, again, number = 0;
    char iso[64];
    struct tm tm;
    time_t at;

    memcpy(&number, text, n < sizeof number ? n : sizeof number);
    (void)instant_of_number(number, 1800000000);
    if (!instant_of_text(text, n, &when))
        return;
    FUZZ_CHECK(n <= INSTANT_MAX && strlen(text) == n);
    at = (time_t)when;
    FUZZ_CHECK(gmtime_r(&at, &tm));
    if (when < 0 || tm.tm_year + 1900 > 9999)
        return;
    FUZZ_CHECK(strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%SZ", &tm));
    FUZZ_CHECK(instant_of_text(iso, strlen(iso), &again) && again == when);
}
