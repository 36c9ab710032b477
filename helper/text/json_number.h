/* SPDX-License-Identifier: MIT */
/*
 * json_number.h - a JSON number as it was sent, made whole.
 */
#ifndef TW_HELPER_JSON_NUMBER_H
#define TW_HELPER_JSON_NUMBER_H

#include <stdint.h>

/* json_number_floor: the greatest whole number not above @text, which is a
 * number by RFC 8259 6.  Saturates at INT64_MAX and INT64_MIN. */
int64_t json_number_floor(const char *text);

#endif
