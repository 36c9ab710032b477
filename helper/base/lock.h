/* SPDX-License-Identifier: MIT */
/*
 * lock.h - a file of the runtime directory that one process holds at a time.
 *
 * Files, never directories: flock(2) asks for no more than an open descriptor,
 * so any user could hold a directory that everybody may open.
 */
#ifndef TW_HELPER_LOCK_H
#define TW_HELPER_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "provider/base/error.h"

struct lock_file {
    int dir;
    const char *name;
    const char *shown; /* the path, for messages */
    const char *busy;  /* "'acme' is being fetched" */
    bool is_nameless;  /* who holds it does not write its pid into an empty one
                        */
    const struct lock_file *usual; /* where its pid is to be read then, or
                                      NULL */
};

/* lock_take: makes the file (0600) if it is missing and holds it until @out is
 * closed.  Waits until the monotonic time @deadline_ms; 0: not at all.  The
 * file's inode is looked at again once it is held.  TW_E_RETRY says who holds
 * it; TW_E_ACCESS: it is no plain file of ours; TW_E_SYSTEM. */
enum tw_status lock_take(const struct lock_file *file, int64_t deadline_ms,
                         int *out, struct tw_error *err);

/* lock_guard: the file's second lock, which has nothing to do with the first:
 * held until lock_open_guard(), or by closing @out.  @held: the file as
 * lock_take() opened it, or -1; it is used if it is still what others open,
 * and then @out is @held.  The rest as above; nobody is named. */
enum tw_status lock_guard(const struct lock_file *file, int held,
                          int64_t deadline_ms, int *out, struct tw_error *err);
void lock_open_guard(int guard);

/* lock_is_held: does a process hold it, by lock_take()? */
bool lock_is_held(const struct lock_file *file);

/* lock_tell: TW_E_RETRY, and who holds it. */
enum tw_status lock_tell(const struct lock_file *file, struct tw_error *err);

#endif
