/* SPDX-License-Identifier: MIT */
/*
 * loop.h - what one process waits for: descriptors, and one moment.
 */
#ifndef TW_HELPER_LOOP_H
#define TW_HELPER_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "provider/base/error.h"

#define LOOP_NEVER INT64_MAX
#define LOOP_LULL_MAX 8

typedef void loop_ready(void *arg, int fd, uint32_t events);

struct loop_slot;

struct loop {
    int epoll, timer, clock;
    struct loop_slot *slots; /* by descriptor */
    size_t size;
    int64_t armed_ms;
    void (*lull)(void *arg); /* or NULL */
    void *lull_arg;
    int until_lull;     /* calls of loop_wait() */
    bool clock_was_set; /* the wall clock, since the caller put it to false */
};

#define LOOP_INIT ((struct loop){.epoll = -1, .timer = -1, .clock = -1})

enum tw_status loop_open(struct loop *loop, struct tw_error *err);

/* loop_watch: @ready is called when @fd is ready for @events (of epoll(7),
 * level-triggered); 0: no more, to be said before @fd is closed.  A call may
 * come once too often: @fd must not block.  False: no memory, no epoll. */
bool loop_watch(struct loop *loop, int fd, uint32_t events, loop_ready *ready,
                void *arg);

/* loop_at_lull: @lull is called once, when next there is nothing else to do,
 * or after LOOP_LULL_MAX calls of loop_wait() that had to do with something.
 * One may wait for it at a time: the last, or, if it is NULL, none. */
void loop_at_lull(struct loop *loop, void (*lull)(void *arg), void *arg);

/* loop_now_ms: CLOCK_BOOTTIME. */
int64_t loop_now_ms(void);

/* loop_wait: until something is ready (which is then called), the clock was
 * set, or the time @until_ms of loop_now_ms() has come.  Nothing else wakes
 * it, and waiting for the same moment again costs no call to set a timer. */
enum tw_status loop_wait(struct loop *loop, int64_t until_ms,
                         struct tw_error *err);

void loop_close(struct loop *loop);

#endif
