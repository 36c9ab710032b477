/* SPDX-License-Identifier: MIT */
/*
 * waiting.h - connections that are taken from the server for a while.
 *
 * One thread holds them all, calls each when its time has come, and notices
 * when a client goes away meanwhile, which the server does not.
 */
#ifndef TW_SANDBOX_WAITING_H
#define TW_SANDBOX_WAITING_H

#include <stdint.h>

#include "provider/base/error.h"

#define WAITING_FOREVER INT64_MAX
#define WAITING_OVER INT64_C(-1)

struct waiting;

/* Stands in what it belongs to, which lives until @wake was called. */
struct waiter {
    int fd;         /* of the client; borrowed */
    int64_t due_ms; /* CLOCK_MONOTONIC, or WAITING_FOREVER */

    /* When due: says when again, or WAITING_OVER.  NULL: over at once. */
    int64_t (*step)(struct waiter *waiter);

    /* Once, last; @gone: the client left, or the server stops. */
    void (*wake)(struct waiter *waiter, bool gone);

    struct waiter *next, **link; /* of the list of all that wait */
};

enum tw_status waiting_new(struct waiting **out, struct tw_error *err);

/* waiting_add: wakes @waiter later, maybe before this returns. */
void waiting_add(struct waiting *waiting, struct waiter *waiter);

/* waiting_stop: wakes all, and from now on everyone at once. */
void waiting_stop(struct waiting *waiting);

void waiting_free(struct waiting *waiting); /* stopped, or NULL */

int64_t waiting_now_ms(void);

#endif
