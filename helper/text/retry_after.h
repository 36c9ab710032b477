/* SPDX-License-Identifier: MIT */
/*
 * retry_after.h - the Retry-After field (RFC 9110 10.2.3), without a clock.
 */
#ifndef TW_HELPER_RETRY_AFTER_H
#define TW_HELPER_RETRY_AFTER_H

#include <stdbool.h>
#include <stdint.h>

/* http_date_parse: UTC seconds of a date (RFC 9110 5.6.7). */
bool http_date_parse(const char *text, int64_t *out);

/* retry_after_parse: seconds from @now (wall clock), 0 for a date that has
 * passed, INT64_MAX where a number is too large; false for anything else. */
bool retry_after_parse(const char *text, int64_t now, int64_t *out);

#endif
