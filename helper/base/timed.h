/* SPDX-License-Identifier: MIT */
/*
 * timed.h - things that end in the order in which their time was set: all
 * have the same span, so the next one to end is the first of a list.
 */
#ifndef TW_HELPER_TIMED_H
#define TW_HELPER_TIMED_H

#include <stdint.h>

#include "helper/base/loop.h"

struct timed {
    struct timed *previous, *following;
    int64_t end_ms; /* of loop_now_ms() */
};

struct timed_list {
    struct timed *first, *last;
};

/* timed_put: @timed, which is in no list, ends at @end_ms, not before any
 * other of @list. */
void timed_put(struct timed_list *list, struct timed *timed, int64_t end_ms);
void timed_drop(struct timed_list *list, struct timed *timed);

/* timed_due: the first one whose time is over, still in the list; NULL. */
struct timed *timed_due(const struct timed_list *list, int64_t now_ms);

/* timed_next: when the next one's is, or LOOP_NEVER. */
int64_t timed_next(const struct timed_list *list);

#endif
