/* SPDX-License-Identifier: MIT */
/*
 * watch.h - did a profile or a secret change?  inotify(7) on the directories
 * they lie in: a file that is replaced is another file.
 */
#ifndef TW_HELPER_WATCH_H
#define TW_HELPER_WATCH_H

#include "helper/base/table.h"
#include "helper/profile/profiles.h"

struct watch {
    int fd;             /* readable when something changed */
    struct table names; /* of files and directories that matter */
    struct table dirs;  /* of those watched */
    struct watch_dir *first;
    struct watch_path *kept; /* that are no set's */
};

#define WATCH_INIT ((struct watch){.fd = -1})

/* watch_set: looks at everything @set was read from, and at its secrets'
 * files; nothing else any more.  @missed: something that matters has happened
 * that was not told before, perhaps while @set was read.  What cannot be
 * watched (no such directory yet, too many watches) is not; TW_E_SYSTEM when
 * inotify itself is not. */
enum tw_status watch_set(struct watch *watch, const struct profile_set *set,
                         bool *missed, struct tw_error *err);

/* watch_also: at what @set was read from, too, which was refused and is gone
 * next.  The result: some of it has changed since it was read. */
bool watch_also(struct watch *watch, const struct profile_set *set);

/* watch_read: what has happened; true: something that matters did. */
bool watch_read(struct watch *watch);

void watch_close(struct watch *watch);

#endif
