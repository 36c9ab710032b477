/* SPDX-License-Identifier: MIT */
/*
 * clock.h - now, by the two clocks that count.
 *
 * A token's end is kept by the wall clock and by CLOCK_BOOTTIME with the
 * boot's id; it is alive only if both say so.  Pure code takes a struct now
 * as an argument and never reads a clock.
 */
#ifndef TW_BASE_CLOCK_H
#define TW_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define BOOT_ID_LEN 36          /* a UUID in its text form */
#define TIME_MAX_S 253402300799 /* the end of year 9999 */

struct now {
    int64_t wall; /* seconds since 1970 UTC */
    int64_t boot; /* seconds of CLOCK_BOOTTIME, suspend included */
};

struct now clock_now(void);

/* clock_boot_id: of this boot, "" if it cannot be read; read once. */
const char *clock_boot_id(void);

/* clock_monotonic_ms: for deadlines; nothing sets it. */
int64_t clock_monotonic_ms(void);

/* A moment that both clocks know. */
struct moment {
    int64_t wall;
    int64_t boot;                  /* meaningful in the boot named here */
    char boot_id[BOOT_ID_LEN + 1]; /* "" : unknown, the wall clock decides */
};

struct moment moment_after(struct now now, int64_t seconds);

/* moment_left: seconds until @moment, by the clock that says sooner. */
int64_t moment_left(const struct moment *moment, struct now now);

#endif
