/* SPDX-License-Identifier: MIT */
/*
 * waiter.h - somebody who waits for a profile's token, whichever door they
 * came through.
 */
#ifndef TW_HELPER_WAITER_H
#define TW_HELPER_WAITER_H

#include "provider/base/error.h"

struct allowance;
struct ward;

/* First in whatever waits, so that the one is the other. */
struct waiter {
    struct waiter *next;         /* of those who wait for the same ward */
    struct ward *ward;           /* waited for, or NULL */
    struct allowance *allowance; /* that a fetch for it is of, or NULL */
    int64_t min_valid;           /* what is wanted */
    int64_t since_ms;            /* of loop_now_ms() */
    void (*told)(struct waiter *waiter, const struct tw_error *result);
};

#endif
