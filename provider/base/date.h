/* SPDX-License-Identifier: MIT */
/*
 * date.h - dates of UTC and seconds since 1970, one from the other.
 *
 * gmtime(3) and timegm(3) heed the time zone of whoever calls, too: where it
 * counts leap seconds (right/UTC), they are 27 seconds off.
 */
#ifndef TW_BASE_DATE_H
#define TW_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define DATE_MAX 32

/* date_text: "2026-01-01T00:00:00Z" (RFC 3339), with @between for the T; @when
 * is 0 to TIME_MAX_S, what is beyond counts as the nearer of them. */
void date_text(int64_t when, char between, char out[DATE_MAX]);

/* date_seconds: of @date's year to second; its month is 0 to 11.  False, and
 * @out as it was: the month has no such day. */
bool date_seconds(const struct tm *date, int64_t *out);

#endif
