/* SPDX-License-Identifier: MIT */
/*
 * cpu_time.h - how long this process was at work, whatever else the machine
 * was doing: what a bound on the cost of bad input is held against.
 */
#ifndef TW_TESTS_CPU_TIME_H
#define TW_TESTS_CPU_TIME_H

#include <stdint.h>
#include <time.h>

static inline int64_t
cpu_ms(void)
{
    struct timespec t = {0};

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#endif
