/* SPDX-License-Identifier: MIT */
/*
 * soon.h - a bound on how long something waits, by the wall clock: a machine
 * that is busy with others holds it up beyond any bound, but not each time.
 */
#ifndef TW_TESTS_SOON_H
#define TW_TESTS_SOON_H

#include <stdbool.h>
#include <stdint.h>

#define SOON_TRIES 5

/* is_soon: does @attempt, which says how many ms it took, take less than
 * @limit_ms?  @took_ms: the last one. */
static inline bool
is_soon(int64_t (*attempt)(void *arg), void *arg, int64_t limit_ms,
        int64_t *took_ms)
{
    for (int i = 0; i < SOON_TRIES; i++) {
        *took_ms = attempt(arg);
        if (*took_ms < limit_ms)
            return true;
    }
    return false;
}

#endif
