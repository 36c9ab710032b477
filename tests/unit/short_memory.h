/* SPDX-License-Identifier: MIT */
/*
 * short_memory.h - one allocation of a test fails.
 */
#ifndef TW_TESTS_SHORT_MEMORY_H
#define TW_TESTS_SHORT_MEMORY_H

#include <stdbool.h>

extern int short_memory_left;    /* until one fails; 0: none does */
extern bool short_memory_failed; /* one has, since that was false */

/* short_memory_is_possible: false when the allocator is a sanitizer's or
 * valgrind's. */
bool short_memory_is_possible(void);

#endif
