/* SPDX-License-Identifier: MIT */
/*
 * discard.c - see discard.h; openat2(2).
 *
 * The tree may be changed while it is removed: a name that was a directory a
 * moment ago is opened as one that is no link and no mount, or not at all.
 */
#include "helper/store/discard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define ROUNDS_MAX 3 /* for files that are made while others are removed */

static bool discard_at(struct discard *discard, int dir, const char *name,
                       unsigned depth);

static bool
may_go_on(struct discard *discard)
{
    return discard->entries++ < DISCARD_ENTRIES_MAX &&
           clock_monotonic_ms() < discard->deadline_ms;
}

/* Without openat2(2) nothing is entered: a mount cannot be told. */
static int
open_below(int dir, const char *name)
{
    const struct open_how how = {
        .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV};

    return (int)syscall(SYS_openat2, dir, name, &how, sizeof how);
}

static bool
empty(struct discard *discard, int fd, unsigned depth)
{
    AUTO_CLOSE int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    AUTO_CLOSEDIR DIR *entries = NULL;
    const struct dirent *entry;
    bool gone = true;

    if (own < 0 || !(entries = fdopendir(own)))
        return false;
    (void)take_fd(&own);
    rewinddir(entries);
    while ((entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0)
            continue;
        if (!may_go_on(discard))
            return false;
        if (unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT)
            continue;
        if (!discard_at(discard, fd, entry->d_name, depth))
            gone = false;
    }
    return gone;
}

static bool
discard_at(struct discard *discard, int dir, const char *name, unsigned depth)
{
    AUTO_CLOSE int fd = -1;

    if (depth >= DISCARD_DEPTH_MAX)
        return false;
    fd = open_below(dir, name);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        if (fd >= 0)
            (void)empty(discard, fd, depth + 1);
        if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
            return true;
        if (errno != ENOTEMPTY && errno != EEXIST)
            return false;
        if (clock_monotonic_ms() >= discard->deadline_ms)
            return false;
    }
    return false;
}

bool
discard_directory(struct discard *discard, int dir, const char *name)
{
    return discard_at(discard, dir, name, 0);
}

bool
discard_content(struct discard *discard, int dir)
{
    return empty(discard, dir, 0);
}
