/* SPDX-License-Identifier: MIT */
/*
 * retry_after.c - see retry_after.h.  The three date forms of RFC 9110 5.6.7,
 * by strptime(3) in the C locale, which this process never leaves.
 */
#include "helper/text/retry_after.h"

#include <string.h>
#include <time.h>

#include "provider/base/date.h"

static bool
parse_seconds(const char *text, int64_t *out)
{
    int64_t value = 0;

    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *text - '0', &value))
            value = INT64_MAX;
    }
    *out = value;
    return true;
}

bool
http_date_parse(const char *text, int64_t *out)
{
    static const char *const FORMS[] = {
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    };

    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        struct tm tm = {0};
        const char *rest = strptime(text, FORMS[i], &tm);

        if (rest && !*rest)
            return date_seconds(&tm, out);
    }
    return false;
}

bool
retry_after_parse(const char *text, int64_t now, int64_t *out)
{
    int64_t at;

    if (*text && parse_seconds(text, out))
        return true;
    if (!http_date_parse(text, &at))
        return false;
    if (at <= now)
        *out = 0;
    else if (__builtin_sub_overflow(at, now, out))
        *out = INT64_MAX;
    return true;
}
