/* SPDX-License-Identifier: MIT */
/*
 * hooks.h - the resident helper's on_refresh: beside the loop, so many at
 * once, and never two of one profile.
 */
#ifndef TW_HELPER_HOOKS_H
#define TW_HELPER_HOOKS_H

#include "helper/base/loop.h"
#include "helper/base/timed.h"
#include "helper/broker/broker.h"

#define HOOKS_MAX 16   /* at once; the others stand in line */
#define HOOKS_MS 40000 /* then its process is killed */

struct ward;

/* Of one ward, and there while it runs. */
struct hook_run {
    struct timed timed;
    struct hooks *hooks;
    struct ward *ward;
    pid_t pid;
    int exited; /* a pidfd */
};

struct hooks {
    struct loop *loop;
    const struct broker *broker; /* starts them */
    /* It could not be started or was late; what failed speaks for itself. */
    void (*failed)(void *arg, const struct tw_error *err);
    void *arg;
    struct ward *first, *last; /* in line */
    struct timed_list running;
    size_t running_count;
    size_t failing; /* profiles whose last one failed */
    uint64_t good, bad;
};

/* hooks_want: @ward has a new token.  While one of its runs, it runs once more
 * after that, for however many tokens. */
void hooks_want(struct hooks *hooks, struct ward *ward);

/* hooks_look: @ward's profile was replaced.  If it is gone, or has no
 * on_refresh now, nothing of it fails or is to be run any more; what runs ends
 * by itself. */
void hooks_look(struct hooks *hooks, struct ward *ward);

/* hooks_turn: starts what may start, kills what is late.  Returns when it
 * wants the next turn (LOOP_NEVER: it does not). */
int64_t hooks_turn(struct hooks *hooks, int64_t now_ms);

/* hooks_clear: what runs goes on, to its own deadline. */
void hooks_clear(struct hooks *hooks);

#endif
