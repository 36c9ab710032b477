/* SPDX-License-Identifier: MIT */
/*
 * scribe.c - see scribe.h.
 *
 * Orders go to the thread and come back in two lists under one lock.  The
 * traps: what an order calls must be free of anything static but for what
 * has a lock or is atomic (replace.c, epoch.c), and must wait for no signal
 * (lock.c); all signals are blocked here, as they are in the loop's thread,
 * which reads them.
 */
#include "helper/base/scribe.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "helper/base/thread.h"
#include "provider/base/auto.h"

#define STACK_SIZE (256 * 1024) /* of the thread; it needs a tenth */

struct list {
    struct scribe_order *first, *last;
};

struct scribe {
    struct loop *loop;
    size_t several;
    pthread_t thread;
    pthread_mutex_t mutex; /* over all that follows */
    pthread_cond_t work, rest;
    struct list wanted, done;
    size_t undone; /* wanted, and being worked at */
    bool is_waiting, ends;
    int told; /* an eventfd: something is done */
};

static void
add(struct list *list, struct scribe_order *order)
{
    order->next = NULL;
    if (list->last)
        list->last->next = order;
    else
        list->first = order;
    list->last = order;
}

static struct scribe_order *
take_first(struct list *list)
{
    struct scribe_order *order = list->first;

    if (order)
        list->first = order->next;
    if (!list->first)
        list->last = NULL;
    return order;
}

/* What is wanted next, some of it; none: no more will be. */
static struct list
await_work(struct scribe *scribe)
{
    struct list some = {NULL, NULL};

    (void)pthread_mutex_lock(&scribe->mutex);
    while (!scribe->wanted.first && !scribe->ends) {
        scribe->is_waiting = true;
        (void)pthread_cond_wait(&scribe->work, &scribe->mutex);
    }
    scribe->is_waiting = false;
    for (int i = 0; i < SCRIBE_SEVERAL && scribe->wanted.first; i++)
        add(&some, take_first(&scribe->wanted));
    (void)pthread_mutex_unlock(&scribe->mutex);
    return some;
}

static void
give_back(struct scribe *scribe, struct list *some)
{
    const uint64_t one = 1;
    struct scribe_order *order;
    bool is_first;

    (void)pthread_mutex_lock(&scribe->mutex);
    is_first = !scribe->done.first;
    while ((order = take_first(some))) {
        add(&scribe->done, order);
        scribe->undone--;
    }
    if (scribe->undone == 0)
        (void)pthread_cond_signal(&scribe->rest);
    (void)pthread_mutex_unlock(&scribe->mutex);
    if (is_first)
        (void)!write(scribe->told, &one, sizeof one);
}

static void *
work(void *arg)
{
    struct scribe *scribe = arg;

    for (;;) {
        struct list some = await_work(scribe);

        if (!some.first)
            return NULL;
        for (struct scribe_order *order = some.first; order;
             order = order->next)
            order->work(order->arg);
        some.last->rest();
        give_back(scribe, &some);
    }
}

static void
on_told(void *arg, int fd, uint32_t events)
{
    struct scribe *scribe = arg;
    struct scribe_order *order;
    struct list done;
    uint64_t count;

    (void)events;
    (void)!read(fd, &count, sizeof count);
    (void)pthread_mutex_lock(&scribe->mutex);
    done = scribe->done;
    scribe->done = (struct list){NULL, NULL};
    (void)pthread_mutex_unlock(&scribe->mutex);
    while ((order = take_first(&done)))
        order->done(order->arg); /* it may be gone then */
}

struct scribe *
scribe_open(struct loop *loop, size_t several)
{
    struct scribe *scribe = calloc(1, sizeof *scribe);

    if (!scribe)
        return NULL;
    scribe->loop = loop;
    scribe->several = several;
    scribe->told = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    (void)pthread_mutex_init(&scribe->mutex, NULL);
    (void)pthread_cond_init(&scribe->work, NULL);
    (void)pthread_cond_init(&scribe->rest, NULL);
    if (scribe->told >= 0 &&
        loop_watch(loop, scribe->told, EPOLLIN, on_told, scribe) &&
        thread_start(&scribe->thread, STACK_SIZE, work, scribe))
        return scribe;
    if (scribe->told >= 0)
        (void)loop_watch(loop, scribe->told, 0, NULL, NULL);
    auto_close(&scribe->told);
    free(scribe);
    return NULL;
}

/* By the loop's thread: what waits is worked at now. */
static void
wake(void *arg)
{
    struct scribe *scribe = arg;
    bool is_waiting;

    (void)pthread_mutex_lock(&scribe->mutex);
    is_waiting = scribe->is_waiting && scribe->wanted.first;
    scribe->is_waiting = scribe->is_waiting && !is_waiting; /* called once */
    (void)pthread_mutex_unlock(&scribe->mutex);
    if (is_waiting)
        (void)pthread_cond_signal(&scribe->work);
}

void
scribe_put(struct scribe *scribe, struct scribe_order *order)
{
    size_t undone;

    if (!scribe) {
        order->work(order->arg);
        order->rest();
        order->done(order->arg);
        return;
    }
    (void)pthread_mutex_lock(&scribe->mutex);
    add(&scribe->wanted, order);
    undone = ++scribe->undone;
    (void)pthread_mutex_unlock(&scribe->mutex);
    if (undone >= scribe->several)
        wake(scribe);
    else
        loop_at_lull(scribe->loop, wake, scribe);
}

void
scribe_settle(struct scribe *scribe)
{
    if (!scribe)
        return;
    wake(scribe);
    (void)pthread_mutex_lock(&scribe->mutex);
    while (scribe->undone)
        (void)pthread_cond_wait(&scribe->rest, &scribe->mutex);
    (void)pthread_mutex_unlock(&scribe->mutex);
}

void
scribe_close(struct scribe *scribe)
{
    if (!scribe)
        return;
    (void)pthread_mutex_lock(&scribe->mutex);
    scribe->ends = true;
    (void)pthread_cond_signal(&scribe->work);
    (void)pthread_mutex_unlock(&scribe->mutex);
    (void)pthread_join(scribe->thread, NULL);
    loop_at_lull(scribe->loop, NULL, NULL);
    (void)loop_watch(scribe->loop, scribe->told, 0, NULL, NULL);
    (void)close(scribe->told);
    (void)pthread_cond_destroy(&scribe->work);
    (void)pthread_cond_destroy(&scribe->rest);
    (void)pthread_mutex_destroy(&scribe->mutex);
    free(scribe);
}
