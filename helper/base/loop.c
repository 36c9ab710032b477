/* SPDX-License-Identifier: MIT */
/*
 * loop.c - see loop.h.
 *
 * epoll names descriptors, not pointers, each with the turn it was watched in:
 * one that was closed while others of the same batch are called is simply not
 * there any more, and what it was ready for is no news of one that has its
 * number since.
 *
 * Two timers: one on CLOCK_BOOTTIME for the next moment, and one far away on
 * the wall clock, which the kernel cancels when that clock is set.
 */
#include "helper/base/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "provider/base/auto.h"

#define BATCH 64
#define FAR_S 4102444800 /* some way ahead of any clock worth watching */
#define FAR_STEP_S 3153600000

struct loop_slot {
    loop_ready *ready;
    void *arg;
    uint32_t turn; /* another one after each that ended */
};

int64_t
loop_now_ms(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_BOOTTIME, &t) < 0)
        return 0;
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
arm_clock(const struct loop *loop)
{
    struct itimerspec far = {.it_value = {.tv_sec = FAR_S}};
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec > FAR_S / 2)
        far.it_value.tv_sec = now.tv_sec + FAR_STEP_S;
    return timerfd_settime(loop->clock,
                           TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far,
                           NULL) == 0;
}

static void
on_timer(void *arg, int fd, uint32_t events)
{
    struct loop *loop = arg;
    uint64_t times;

    (void)events;
    if (read(fd, &times, sizeof times) == (ssize_t)sizeof times)
        loop->armed_ms = LOOP_NEVER;
}

static void
on_clock(void *arg, int fd, uint32_t events)
{
    struct loop *loop = arg;
    uint64_t times;

    (void)events;
    if (read(fd, &times, sizeof times) < 0 && errno == EAGAIN)
        return;
    loop->clock_was_set = true;
    (void)arm_clock(loop);
}

enum tw_status
loop_open(struct loop *loop, struct tw_error *err)
{
    *loop = LOOP_INIT;
    loop->armed_ms = LOOP_NEVER;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    loop->clock = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (loop->epoll < 0 || loop->timer < 0 || loop->clock < 0 ||
        !arm_clock(loop) ||
        !loop_watch(loop, loop->timer, EPOLLIN, on_timer, loop) ||
        !loop_watch(loop, loop->clock, EPOLLIN, on_clock, loop)) {
        int reason = errno;

        loop_close(loop);
        return tw_fail_errno(err, TW_E_SYSTEM, reason, "epoll, timerfd");
    }
    return TW_OK;
}

static bool
reach(struct loop *loop, size_t fd)
{
    size_t size = loop->size ? loop->size : 64;
    struct loop_slot *larger;

    if (fd < loop->size)
        return true;
    while (size <= fd)
        size *= 2;
    larger = reallocarray(loop->slots, size, sizeof *larger);
    if (!larger)
        return false;
    for (size_t i = loop->size; i < size; i++)
        larger[i] = (struct loop_slot){.ready = NULL};
    loop->slots = larger;
    loop->size = size;
    return true;
}

bool
loop_watch(struct loop *loop, int fd, uint32_t events, loop_ready *ready,
           void *arg)
{
    struct epoll_event event = {.events = events};
    struct loop_slot *slot;

    if (fd < 0 || !reach(loop, (size_t)fd))
        return false;
    slot = &loop->slots[fd];
    if (!events) {
        *slot = (struct loop_slot){.turn = slot->turn + 1};
        (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
        return true;
    }
    slot->ready = ready;
    slot->arg = arg;
    event.data.u64 = (uint64_t)slot->turn << 32 | (uint32_t)fd;
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ||
           (errno == EEXIST &&
            epoll_ctl(loop->epoll, EPOLL_CTL_MOD, fd, &event) == 0);
}

static bool
arm(struct loop *loop, int64_t until_ms)
{
    struct itimerspec at = {.it_value = {.tv_sec = 0}};

    if (until_ms == loop->armed_ms)
        return true;
    if (until_ms != LOOP_NEVER) { /* 0 would be none */
        at.it_value.tv_sec = until_ms / 1000;
        at.it_value.tv_nsec = (long)(until_ms % 1000 * 1000000 + 1);
    }
    loop->armed_ms = until_ms;
    return timerfd_settime(loop->timer, TFD_TIMER_ABSTIME, &at, NULL) == 0;
}

void
loop_at_lull(struct loop *loop, void (*lull)(void *arg), void *arg)
{
    if (!loop->lull)
        loop->until_lull = LOOP_LULL_MAX;
    loop->lull = lull;
    loop->lull_arg = arg;
}

static int
await(const struct loop *loop, struct epoll_event *events, int wait_ms)
{
    int n;

    do
        n = epoll_wait(loop->epoll, events, BATCH, wait_ms);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Of somebody who waits for a lull: is this one? */
static void
see_lull(struct loop *loop, int n)
{
    void (*lull)(void *arg) = loop->lull;

    if (n > 0 && --loop->until_lull > 0)
        return;
    loop->lull = NULL;
    lull(loop->lull_arg);
}

enum tw_status
loop_wait(struct loop *loop, int64_t until_ms, struct tw_error *err)
{
    struct epoll_event events[BATCH];
    int n;

    if (!arm(loop, until_ms))
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "timerfd");
    n = await(loop, events, loop->lull ? 0 : -1);
    if (loop->lull)
        see_lull(loop, n);
    if (n == 0)
        n = await(loop, events, -1);
    if (n < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "epoll");
    for (int i = 0; i < n; i++) {
        int fd = (int)(uint32_t)events[i].data.u64;
        const struct loop_slot slot = loop->slots[fd];

        if (slot.ready && slot.turn == events[i].data.u64 >> 32)
            slot.ready(slot.arg, fd, events[i].events);
    }
    return TW_OK;
}

void
loop_close(struct loop *loop)
{
    auto_close(&loop->epoll);
    auto_close(&loop->timer);
    auto_close(&loop->clock);
    free(loop->slots);
    *loop = LOOP_INIT;
}
