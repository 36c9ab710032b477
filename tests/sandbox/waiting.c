/* SPDX-License-Identifier: MIT */
/*
 * waiting.c - see waiting.h.
 *
 * Only the thread takes waiters off the list, so none of those it was told
 * about by epoll can be gone.  Its descriptors belong to the server, which
 * closes none of them before it was woken.
 */
#include "tests/sandbox/waiting.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "provider/base/auto.h"

#define EVENTS 64

struct waiting {
    pthread_mutex_t lock;
    pthread_t thread;
    int epoll, bell; /* bell: an eventfd, rung when the list has changed */
    bool stopping;
    struct waiter *first;
};

int64_t
waiting_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
ring(const struct waiting *waiting)
{
    (void)eventfd_write(waiting->bell, 1);
}

static void
unlink_waiter(struct waiting *waiting, struct waiter *waiter)
{
    (void)epoll_ctl(waiting->epoll, EPOLL_CTL_DEL, waiter->fd, NULL);
    *waiter->link = waiter->next;
    if (waiter->next)
        waiter->next->link = waiter->link;
}

/* Called with the lock held, which is given back around the wake. */
static void
wake(struct waiting *waiting, struct waiter *waiter, bool gone)
{
    unlink_waiter(waiting, waiter);
    (void)pthread_mutex_unlock(&waiting->lock);
    waiter->wake(waiter, gone);
    (void)pthread_mutex_lock(&waiting->lock);
}

/* The first that is due or, when stopping, the first of all. */
static struct waiter *
find_due(const struct waiting *waiting, int64_t now)
{
    struct waiter *waiter = waiting->first;

    while (waiter && !waiting->stopping && waiter->due_ms > now)
        waiter = waiter->next;
    return waiter;
}

/* A step may take its time, but has the list to itself: additions wait. */
static void
serve_due(struct waiting *waiting)
{
    int64_t now = waiting_now_ms();
    struct waiter *waiter;

    while ((waiter = find_due(waiting, now))) {
        int64_t again = WAITING_OVER;

        if (waiter->step && !waiting->stopping)
            again = waiter->step(waiter);
        if (again == WAITING_OVER)
            wake(waiting, waiter, waiting->stopping);
        else
            waiter->due_ms = again > now ? again : now + 1;
    }
}

static int
timeout_ms(const struct waiting *waiting)
{
    int64_t due = WAITING_FOREVER, left;

    for (struct waiter *w = waiting->first; w; w = w->next)
        due = w->due_ms < due ? w->due_ms : due;
    if (due == WAITING_FOREVER)
        return -1;
    left = due - waiting_now_ms();
    return left < 0 ? 0 : left < 60000 ? (int)left : 60000;
}

static void *
run(void *argument)
{
    struct waiting *waiting = argument;

    (void)pthread_mutex_lock(&waiting->lock);
    while (!waiting->stopping || waiting->first) {
        struct epoll_event events[EVENTS];
        int timeout = timeout_ms(waiting), n;
        eventfd_t rung;

        if (waiting->stopping)
            timeout = 0;
        (void)pthread_mutex_unlock(&waiting->lock);
        n = epoll_wait(waiting->epoll, events, EVENTS, timeout);
        (void)pthread_mutex_lock(&waiting->lock);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr)
                wake(waiting, events[i].data.ptr, true);
            else
                (void)eventfd_read(waiting->bell, &rung);
        }
        serve_due(waiting);
    }
    (void)pthread_mutex_unlock(&waiting->lock);
    return NULL;
}

static enum tw_status
start(struct waiting *waiting, struct tw_error *err)
{
    struct epoll_event event = {.events = EPOLLIN}; /* no waiter: the bell */
    int failed;

    (void)pthread_mutex_init(&waiting->lock, NULL);
    waiting->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    waiting->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (waiting->bell < 0 || waiting->epoll < 0 ||
        epoll_ctl(waiting->epoll, EPOLL_CTL_ADD, waiting->bell, &event) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "epoll");
    failed = pthread_create(&waiting->thread, NULL, run, waiting);
    if (failed)
        return tw_fail_errno(err, TW_E_SYSTEM, failed, "thread");
    return TW_OK;
}

enum tw_status
waiting_new(struct waiting **out, struct tw_error *err)
{
    struct waiting *waiting = calloc(1, sizeof *waiting);
    enum tw_status status;

    if (!waiting)
        return tw_no_memory(err);
    status = start(waiting, err);
    if (status)
        waiting_free(waiting);
    else
        *out = waiting;
    return status;
}

void
waiting_add(struct waiting *waiting, struct waiter *waiter)
{
    struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = waiter};
    bool taken;

    (void)pthread_mutex_lock(&waiting->lock);
    taken = !waiting->stopping &&
            epoll_ctl(waiting->epoll, EPOLL_CTL_ADD, waiter->fd, &event) == 0;
    if (taken) {
        waiter->next = waiting->first;
        waiter->link = &waiting->first;
        if (waiter->next)
            waiter->next->link = &waiter->next;
        waiting->first = waiter;
        ring(waiting);
    }
    (void)pthread_mutex_unlock(&waiting->lock);
    if (!taken)
        waiter->wake(waiter, true);
}

void
waiting_stop(struct waiting *waiting)
{
    (void)pthread_mutex_lock(&waiting->lock);
    waiting->stopping = true;
    ring(waiting);
    (void)pthread_mutex_unlock(&waiting->lock);
    (void)pthread_join(waiting->thread, NULL);
}

void
waiting_free(struct waiting *waiting)
{
    if (!waiting)
        return;
    auto_close(&waiting->bell);
    auto_close(&waiting->epoll);
    (void)pthread_mutex_destroy(&waiting->lock);
    free(waiting);
}
