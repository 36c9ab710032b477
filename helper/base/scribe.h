/* SPDX-License-Identifier: MIT */
/*
 * scribe.h - a thread for what waits for the kernel's files, while the one of
 * the loop talks to endpoints: that is half of a fetch's time.
 *
 * It works in order, and calls nobody but whoever works: what came of it is
 * told by the loop's thread.  Being woken, and taking a lock, costs as much as
 * a small file: as long as the loop has other things to do, orders wait until
 * there are SCRIBE_SEVERAL of them.
 */
#ifndef TW_HELPER_SCRIBE_H
#define TW_HELPER_SCRIBE_H

#include "helper/base/loop.h"

#define SCRIBE_SEVERAL 8

struct scribe;

struct scribe_order {
    void (*work)(void *arg); /* called by the scribe's thread */
    void (*rest)(void);      /* by the same one, after the last of several */
    void (*done)(void *arg); /* after it, by the loop's */
    void *arg;
    struct scribe_order *next; /* the scribe's */
};

/* scribe_open: starts the thread; @loop calls back.  It is woken for @several
 * orders, or when the loop has nothing else to do; 1: at once, which is for
 * all scribes of a loop but one.  To be called when this process has given up
 * what it will: a thread keeps what it had.  NULL: there is none. */
struct scribe *scribe_open(struct loop *loop, size_t several);

/* scribe_put: @order, and what its work() looks at, are left alone until its
 * done() is called; by NULL that is at once. */
void scribe_put(struct scribe *scribe, struct scribe_order *order);

/* scribe_settle: waits until all that was put is worked off; some milliseconds
 * at most, unless a disk hangs.  @scribe may be NULL. */
void scribe_settle(struct scribe *scribe);

/* scribe_close: waits until all is worked off; nobody is called any more. */
void scribe_close(struct scribe *scribe);

#endif
