/* SPDX-License-Identifier: MIT */
/*
 * loop-t.c - who is called, and who has only the number of somebody else.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helper/base/loop.h"
#include "provider/base/auto.h"

static struct loop loop;
static int first, second, replaced, calls_of_old, calls_of_new;

static void
set_up(void)
{
    struct tw_error err;

    cr_assert_eq(loop_open(&loop, &err), TW_OK, "%s", err.message);
    first = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    second = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    cr_assert(first >= 0 && second >= 0);
}

TestSuite(loop, .init = set_up, .timeout = 60);

static void
turn(void)
{
    struct tw_error err;

    cr_assert_eq(loop_wait(&loop, loop_now_ms() + 100, &err), TW_OK, "%s",
                 err.message);
}

static void
on_new(void *arg, int fd, uint32_t events)
{
    eventfd_t count;

    (void)arg;
    (void)events;
    (void)eventfd_read(fd, &count);
    calls_of_new++;
}

/* Whoever of the two comes first puts somebody new in the other's place, who
 * has not been ready for anything. */
static void
on_old(void *arg, int fd, uint32_t events)
{
    int other = fd == first ? second : first;
    AUTO_CLOSE int fresh = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    eventfd_t count;

    (void)arg;
    (void)events;
    calls_of_old++;
    replaced = other;
    (void)eventfd_read(fd, &count);
    cr_assert(loop_watch(&loop, other, 0, NULL, NULL));
    cr_assert_eq(dup3(fresh, other, O_CLOEXEC), other);
    cr_assert(loop_watch(&loop, other, EPOLLIN, on_new, NULL));
}

Test(loop, is_told_no_news_of_who_was_there_before)
{
    cr_assert(loop_watch(&loop, first, EPOLLIN, on_old, NULL));
    cr_assert(loop_watch(&loop, second, EPOLLIN, on_old, NULL));
    turn();
    cr_expect_eq(calls_of_old, 1);
    cr_expect_eq(calls_of_new, 0);
    cr_assert_eq(eventfd_write(replaced, 1), 0);
    turn();
    cr_expect_eq(calls_of_new, 1, "but of its own");
    loop_close(&loop);
}

Test(loop, hears_of_what_is_watched_for_something_else)
{
    cr_assert(loop_watch(&loop, first, EPOLLOUT, on_old, NULL));
    cr_assert(loop_watch(&loop, first, EPOLLIN, on_new, NULL));
    turn();
    cr_expect_eq(calls_of_new, 1);
    cr_expect_eq(calls_of_old, 0);
    cr_assert(loop_watch(&loop, first, 0, NULL, NULL));
    cr_assert_eq(eventfd_write(first, 1), 0);
    turn();
    cr_expect_eq(calls_of_new, 1);
    loop_close(&loop);
}
