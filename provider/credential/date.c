/* SPDX-License-Identifier: MIT */
/*
 * date.c - see date.h.  Four digits are all that a year may have.
 */
#include "provider/credential/date.h"

#include <time.h>

#include "provider/base/clock.h"

void
date_text(int64_t when, char out[DATE_MAX])
{
    time_t seconds = when < 0 ? 0 : when > TIME_MAX_S ? TIME_MAX_S : when;
    struct tm tm = {.tm_mday = 1};

    (void)gmtime_r(&seconds, &tm);
    (void)strftime(out, DATE_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
