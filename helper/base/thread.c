/* SPDX-License-Identifier: MIT */
/*
 * thread.c - see thread.h.
 */
#include "helper/base/thread.h"

#include <signal.h>

bool
thread_start(pthread_t *thread, size_t stack_size, void *(*work)(void *arg),
             void *arg)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    bool good;

    if (pthread_attr_init(&attributes))
        return false;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    good =
        (!stack_size || !pthread_attr_setstacksize(&attributes, stack_size)) &&
        !pthread_create(thread, &attributes, work, arg);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    return good;
}
