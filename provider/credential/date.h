/* SPDX-License-Identifier: MIT */
/*
 * date.h - a time as RFC 3339 has it, in UTC.
 */
#ifndef TW_CREDENTIAL_DATE_H
#define TW_CREDENTIAL_DATE_H

#include <stdint.h>

#define DATE_MAX 32

/* date_text: "2026-01-01T00:00:00Z"; @when is 0 to TIME_MAX_S, what is beyond
 * counts as the nearer of them. */
void date_text(int64_t when, char out[DATE_MAX]);

#endif
