/* SPDX-License-Identifier: MIT */
/*
 * thread.h - a thread beside the loop's.
 */
#ifndef TW_HELPER_THREAD_H
#define TW_HELPER_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* thread_start: @work(@arg) by another thread, with @stack_size bytes (0: the
 * system's default); all signals are left to the loop's.  False: there is no
 * thread to be had. */
bool thread_start(pthread_t *thread, size_t stack_size,
                  void *(*work)(void *arg), void *arg);

#endif
