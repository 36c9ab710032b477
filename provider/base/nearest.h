/* SPDX-License-Identifier: MIT */
/*
 * nearest.h - what somebody probably meant to write.
 */
#ifndef TW_BASE_NEAREST_H
#define TW_BASE_NEAREST_H

#include "provider/base/error.h"

#define NEAREST_LEN_MAX 64 /* longer words are never near */

/* The best of what was looked at so far. */
struct nearest {
    const char *written;
    const char *best; /* NULL: nothing is close enough */
    unsigned distance;
};

/* nearest_look: is @candidate closer?  Close enough are two slips (one in a
 * word of up to four letters), where two letters swapped count as one. */
void nearest_look(struct nearest *nearest, const char *candidate);

/* nearest_fail_command: what was written is no command; the hint is the best
 * one, or else @help.  Always TW_E_USAGE. */
enum tw_status nearest_fail_command(const struct nearest *nearest,
                                    const char *help, struct tw_error *err);

#endif
