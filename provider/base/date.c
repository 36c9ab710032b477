/* SPDX-License-Identifier: MIT */
/*
 * date.c - see date.h.  Four digits are all that a year may have.
 */
#include "provider/base/date.h"

#include <stdio.h>

#include "provider/base/clock.h"

#define DAY_S 86400

/* Days of a year before each month of it, without a 29th of February. */
static const int BEFORE[] = {0,   31,  59,  90,  120, 151, 181,
                             212, 243, 273, 304, 334, 365};

static int
is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_before(int64_t year, int month)
{
    return BEFORE[month] + (month > 1 && is_leap(year));
}

/* Days from the first of January 1970 to that of @year. */
static int64_t
days_to(int64_t year)
{
    int64_t past = year - 1;

    return 365 * past + past / 4 - past / 100 + past / 400 - 719162;
}

void
date_text(int64_t when, char between, char out[DATE_MAX])
{
    int64_t seconds = when < 0 ? 0 : when > TIME_MAX_S ? TIME_MAX_S : when;
    int64_t days = seconds / DAY_S;
    int64_t year = 1970 + days / 366; /* or a later one */
    int day, month = 0, second = (int)(seconds % DAY_S);

    while (days_to(year + 1) <= days)
        year++;
    day = (int)(days - days_to(year));
    while (days_before(year, month + 1) <= day)
        month++;
    (void)snprintf(out, DATE_MAX, "%04d-%02d-%02d%c%02d:%02d:%02dZ", (int)year,
                   month + 1, day - days_before(year, month) + 1, between,
                   second / 3600, second / 60 % 60, second % 60);
}

bool
date_seconds(const struct tm *date, int64_t *out)
{
    int64_t year = (int64_t)date->tm_year + 1900;
    int before = days_before(year, date->tm_mon);

    if (date->tm_mday < 1 ||
        date->tm_mday > days_before(year, date->tm_mon + 1) - before)
        return false;
    *out = (days_to(year) + before + date->tm_mday - 1) * DAY_S +
           date->tm_hour * 3600 + date->tm_min * 60 + date->tm_sec;
    return true;
}
