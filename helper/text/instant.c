/* SPDX-License-Identifier: MIT */
/*
 * instant.c - see instant.h.  Digits are read by hand: strptime(3) knows the
 * locale, takes white space for nothing and cannot be told a width.
 */
#include "helper/text/instant.h"

#include <string.h>
#include <strings.h>

#include "provider/base/date.h"

#define SECONDS_FROM 1000000000        /* a lifetime of 31 years; 2001 */
#define MILLISECONDS_FROM 100000000000 /* the year 5138, or 1973 */

struct cursor {
    const char *at;
};

/* A number of @least to @most digits. */
static bool
take_number(struct cursor *cursor, int least, int most, int *out)
{
    int digits = 0, value = 0;

    while (digits < most && *cursor->at >= '0' && *cursor->at <= '9') {
        value = value * 10 + (*cursor->at++ - '0');
        digits++;
    }
    *out = value;
    return digits >= least;
}

static bool
take(struct cursor *cursor, char wanted)
{
    if (*cursor->at != wanted)
        return false;
    cursor->at++;
    return true;
}

static bool
take_clock(struct cursor *cursor, int hour_digits, struct tm *tm)
{
    return take_number(cursor, hour_digits, 2, &tm->tm_hour) &&
           take(cursor, ':') && take_number(cursor, 2, 2, &tm->tm_min) &&
           take(cursor, ':') && take_number(cursor, 2, 2, &tm->tm_sec);
}

static void
skip_fraction(struct cursor *cursor)
{
    if (*cursor->at == '.' || *cursor->at == ',')
        cursor->at += 1 + strspn(cursor->at + 1, "0123456789");
}

/* Z, +HH:MM, +HHMM or +HH, after at most one space; then nothing. */
static bool
take_zone(struct cursor *cursor, int *seconds)
{
    int hours, minutes = 0;
    bool west;

    (void)take(cursor, ' ');
    *seconds = 0;
    if (take(cursor, 'Z') || take(cursor, 'z'))
        return !*cursor->at;
    west = *cursor->at == '-';
    if (!west && *cursor->at != '+')
        return false;
    cursor->at++;
    if (!take_number(cursor, 2, 2, &hours))
        return false;
    if ((take(cursor, ':') || *cursor->at) &&
        !take_number(cursor, 2, 2, &minutes))
        return false;
    *seconds = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
    return !*cursor->at && hours < 24 && minutes < 60;
}

static bool
take_iso(struct cursor *cursor, struct tm *tm, int *zone)
{
    if (!take_number(cursor, 4, 4, &tm->tm_year) || !take(cursor, '-') ||
        !take_number(cursor, 2, 2, &tm->tm_mon) || !take(cursor, '-') ||
        !take_number(cursor, 2, 2, &tm->tm_mday))
        return false;
    if (!take(cursor, 'T') && !take(cursor, 't') && !take(cursor, ' '))
        return false;
    if (!take_clock(cursor, 2, tm))
        return false;
    skip_fraction(cursor);
    return take_zone(cursor, zone);
}

/* 11/24/2026 1:05:26 PM +00:00 */
static bool
take_azure(struct cursor *cursor, struct tm *tm, int *zone)
{
    bool afternoon;

    if (!take_number(cursor, 1, 2, &tm->tm_mon) || !take(cursor, '/') ||
        !take_number(cursor, 1, 2, &tm->tm_mday) || !take(cursor, '/') ||
        !take_number(cursor, 4, 4, &tm->tm_year) || !take(cursor, ' ') ||
        !take_clock(cursor, 1, tm) || !take(cursor, ' '))
        return false;
    afternoon = strncasecmp(cursor->at, "PM", 2) == 0;
    if (!afternoon && strncasecmp(cursor->at, "AM", 2) != 0)
        return false;
    cursor->at += 2;
    /* Half a day more, but for what is past 12 already: one sender counts
     * hours to 23 all the same, another calls noon 12 PM. */
    if (afternoon && tm->tm_hour < 12)
        tm->tm_hour += 12;
    else if (!afternoon && tm->tm_hour == 12)
        tm->tm_hour = 0;
    return take_zone(cursor, zone);
}

static bool
is_valid(const struct tm *tm)
{
    return tm->tm_year >= 1970 && tm->tm_mon >= 1 && tm->tm_mon <= 12 &&
           tm->tm_mday >= 1 && tm->tm_mday <= 31 && tm->tm_hour < 24 &&
           tm->tm_min < 60 && tm->tm_sec <= 60;
}

bool
instant_of_text(const char *text, size_t n, int64_t *out)
{
    char copy[INSTANT_MAX + 1];
    struct cursor cursor = {copy};
    struct tm tm = {0};
    int zone = 0;

    if (n > INSTANT_MAX || memchr(text, '\0', n))
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    if (strchr(copy, '/') ? !take_azure(&cursor, &tm, &zone)
                          : !take_iso(&cursor, &tm, &zone))
        return false;
    if (!is_valid(&tm))
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    if (!date_seconds(&tm, out)) /* a 31st of June */
        return false;
    *out -= zone;
    return true;
}

int64_t
instant_of_number(int64_t number, int64_t now)
{
    if (number < SECONDS_FROM)
        return now + number;
    return number < MILLISECONDS_FROM ? number : number / 1000;
}
