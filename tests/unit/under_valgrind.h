/* SPDX-License-Identifier: MIT */
/*
 * under_valgrind.h - what differs where `make check-valgrind` runs a test: its
 * processor is some thirty times slower, and limits of time are as much
 * longer.  What `make coverage` counts by atomic counters takes five times as
 * long, and has ten times.
 */
#ifndef TW_TESTS_UNDER_VALGRIND_H
#define TW_TESTS_UNDER_VALGRIND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static inline bool
under_valgrind(void)
{
    return getenv("UNDER_VALGRIND") != NULL;
}

static inline int64_t
time_limit(int64_t ms)
{
#ifdef TW_TESTS_COVERAGE_H
    ms *= 10;
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    ms *= 4;
#endif
    return under_valgrind() ? 50 * ms : ms;
}

#endif
