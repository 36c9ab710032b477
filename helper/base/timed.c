/* SPDX-License-Identifier: MIT */
/*
 * timed.c - see timed.h.
 */
#include "helper/base/timed.h"

#include <stddef.h>

void
timed_put(struct timed_list *list, struct timed *timed, int64_t end_ms)
{
    timed->end_ms = end_ms;
    timed->following = NULL;
    timed->previous = list->last;
    if (list->last)
        list->last->following = timed;
    else
        list->first = timed;
    list->last = timed;
}

void
timed_drop(struct timed_list *list, struct timed *timed)
{
    if (timed->previous)
        timed->previous->following = timed->following;
    else
        list->first = timed->following;
    if (timed->following)
        timed->following->previous = timed->previous;
    else
        list->last = timed->previous;
}

struct timed *
timed_due(const struct timed_list *list, int64_t now_ms)
{
    return list->first && list->first->end_ms <= now_ms ? list->first : NULL;
}

int64_t
timed_next(const struct timed_list *list)
{
    return list->first ? list->first->end_ms : LOOP_NEVER;
}
