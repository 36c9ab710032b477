/* SPDX-License-Identifier: MIT */
/*
 * scribe.h - a thread that commits what was prepared (store_commit()), while
 * the one of the loop talks to endpoints: half of a fetch's time is the
 * kernel's, over its two files.
 *
 * It is shown nothing but the change, in order, and calls nobody: what came of
 * it is told by the loop's thread.
 */
#ifndef TW_HELPER_SCRIBE_H
#define TW_HELPER_SCRIBE_H

#include "helper/loop.h"
#include "helper/store.h"

struct scribe;

struct scribe_order {
    struct store_change change;
    void (*done)(void *arg, struct scribe_order *order);
    void *arg;
    enum tw_status status; /* once it is done, and why it failed: */
    struct tw_error err;
    struct scribe_order *next; /* the scribe's */
};

/* scribe_open: starts the thread; @loop calls back.  To be called when this
 * process has given up what it will: a thread keeps what it had.  NULL: there
 * is none. */
struct scribe *scribe_open(struct loop *loop);

/* scribe_put: @order is left alone until its done() is called; by NULL that is
 * at once. */
void scribe_put(struct scribe *scribe, struct scribe_order *order);

/* scribe_settle: waits until all that was put is committed; some milliseconds
 * at most, unless a disk hangs.  @scribe may be NULL. */
void scribe_settle(struct scribe *scribe);

/* scribe_close: waits until all is committed; nobody is called any more. */
void scribe_close(struct scribe *scribe);

#endif
