/* SPDX-License-Identifier: MIT */
/*
 * nearest.h - what somebody probably meant to write.
 */
#ifndef TW_BASE_NEAREST_H
#define TW_BASE_NEAREST_H

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

#endif
