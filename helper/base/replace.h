/* SPDX-License-Identifier: MIT */
/*
 * replace.h - one file of a directory, replaced whole or not at all.
 */
#ifndef TW_HELPER_REPLACE_H
#define TW_HELPER_REPLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "helper/base/readers.h"
#include "provider/base/auto.h"
#include "provider/base/error.h"

#define REPLACE_WAIT_MS 2000 /* for a writer that was stopped, at most */

/* A directory, and the file of it whose second lock writers hold. */
struct replace_place {
    int dir;
    const char *lock;
    int held; /* that file, if its first lock is held, or -1 */
};

struct replace_guard {
    int fd, held;
    bool is_new; /* the place is, as whoever made it knows */
};

/* replace_begin: makes this process the only writer in @place (for the short
 * time of a few renames) and sweeps what dead writers left behind, until
 * replace_end().  TW_E_SYSTEM, also when another one does not end;
 * TW_E_ACCESS. */
enum tw_status replace_begin(const struct replace_place *place,
                             struct replace_guard *guard,
                             struct tw_error *err);
void replace_end(const struct replace_guard *guard);

/* replace_hold, replace_sweep: the two parts of it. */
enum tw_status replace_hold(const struct replace_place *place,
                            struct replace_guard *guard, struct tw_error *err);
void replace_sweep(int dir);

#define REPLACE_GUARD_INIT   \
    {                        \
        .fd = -1, .held = -1 \
    }
#define AUTO_GUARD AUTO(replace_end) struct replace_guard

/* replace_file: <@dir>/@name becomes these bytes, of @mode whatever the
 * umask.  A link, FIFO or other file of that name is replaced, never opened;
 * a directory is TW_E_ACCESS; a full disk TW_E_SYSTEM.  On failure what was
 * there is still there. */
enum tw_status replace_file(int dir, const char *name, mode_t mode,
                            const void *bytes, size_t n, struct tw_error *err);

/* replace_file_for: the same, of mode 0600 and for @readers (NULL: none). */
enum tw_status replace_file_for(int dir, const char *name,
                                const struct readers *readers,
                                const void *bytes, size_t n,
                                struct tw_error *err);

#endif
