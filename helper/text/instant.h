/* SPDX-License-Identifier: MIT */
/*
 * instant.h - a point in time, as servers write it.
 */
#ifndef TW_HELPER_INSTANT_H
#define TW_HELPER_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INSTANT_MAX 40 /* bytes of a text */

/* instant_of_text: UTC seconds of an ISO 8601 date and time with its zone
 * (2026-11-24T11:05:26Z, 2026-11-24 11:05:26.123 +01:00), or of the form that
 * Azure's managed identity has (11/24/2026 11:05:26 AM +00:00).  A text
 * without a zone is refused: it could mean two times. */
bool instant_of_text(const char *text, size_t n, int64_t *out);

/* instant_of_number: @number as what its size says: up to 31 years a lifetime
 * from @now, else seconds since 1970, and from 10^11 on milliseconds. */
int64_t instant_of_number(int64_t number, int64_t now);

#endif
