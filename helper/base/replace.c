/* SPDX-License-Identifier: MIT */
/*
 * replace.c - write beside, then rename.
 *
 * A temporary file is called ".new.PID.N".  Whoever holds the guard is alone
 * here, so such a file of another process is a stray, unless that process
 * lives: then it is let be.
 */
#include "helper/base/replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/base/access.h"
#include "helper/base/lock.h"
#include "helper/base/own_directory.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "provider/base/write_whole.h"

#define PREFIX ".new."
#define TRIES 16

static bool
is_stray(const char *name)
{
    long pid;

    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
        return false;
    pid = strtol(name + strlen(PREFIX), NULL, 10);
    return pid <= 0 || pid == getpid() ||
           (kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}

void
replace_sweep(int dir)
{
    AUTO_CLOSEDIR DIR *list = own_directory_list(dir);
    const struct dirent *entry;

    while (list && (entry = readdir(list))) {
        if (is_stray(entry->d_name))
            (void)unlinkat(dir, entry->d_name, 0);
    }
}

enum tw_status
replace_hold(const struct replace_place *place, struct replace_guard *guard,
             struct tw_error *err)
{
    const struct lock_file file = {
        .dir = place->dir,
        .name = place->lock,
        .shown = "the lock of the runtime directory",
        .busy = "the runtime directory is being written",
    };
    enum tw_status status =
        lock_guard(&file, place->held, clock_monotonic_ms() + REPLACE_WAIT_MS,
                   &guard->fd, err);

    if (status == TW_E_RETRY) { /* which is the store's word for a rejection */
        if (err)
            err->status = TW_E_SYSTEM;
        return TW_E_SYSTEM;
    }
    if (status)
        return status;
    guard->held = place->held;
    return TW_OK;
}

enum tw_status
replace_begin(const struct replace_place *place, struct replace_guard *guard,
              struct tw_error *err)
{
    enum tw_status status = replace_hold(place, guard, err);

    if (!status)
        replace_sweep(place->dir);
    return status;
}

void
replace_end(const struct replace_guard *guard)
{
    if (guard->fd >= 0 && guard->fd == guard->held)
        lock_open_guard(guard->fd);
    else
        auto_close(&guard->fd);
}

static enum tw_status
make_temporary(int dir, char *name, size_t size, int *out,
               struct tw_error *err)
{
    static _Atomic unsigned serial;
    int fd = -1;

    for (int i = 0; i < TRIES && fd < 0; i++) {
        (void)snprintf(name, size, PREFIX "%ld.%u", (long)getpid(),
                       atomic_fetch_add(&serial, 1));
        fd =
            openat(dir, name,
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno,
                             "making a file in the runtime directory");
    *out = fd;
    return TW_OK;
}

/* What it may be used for, before there is anything in it. */
struct form {
    mode_t mode;
    const struct readers *readers; /* instead of the mode, if there are any */
};

/* Nearly always it was made so, and looking costs a fraction of setting. */
static bool
set_mode(int fd, mode_t mode)
{
    struct stat st;

    return fstat(fd, &st) == 0 &&
           ((st.st_mode & 07777) == mode || fchmod(fd, mode) == 0);
}

static enum tw_status
fill(int dir, const char *temporary, int fd, const char *name,
     const struct form *form, const void *bytes, size_t n,
     struct tw_error *err)
{
    if (form->readers && access_set_file(fd, form->readers, err))
        return TW_E_SYSTEM;
    if ((!form->readers && !set_mode(fd, form->mode)) ||
        !write_whole(fd, bytes, n))
        return tw_fail_errno(err, TW_E_SYSTEM, errno,
                             "writing '%s' in the runtime directory", name);
    if (renameat(dir, temporary, dir, name) < 0)
        return tw_fail_errno(err, errno == EISDIR ? TW_E_ACCESS : TW_E_SYSTEM,
                             errno, "replacing '%s' in the runtime directory",
                             name);
    return TW_OK;
}

static enum tw_status
replace(int dir, const char *name, const struct form *form, const void *bytes,
        size_t n, struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;
    char temporary[64];
    enum tw_status status =
        make_temporary(dir, temporary, sizeof temporary, &fd, err);

    if (status)
        return status;
    status = fill(dir, temporary, fd, name, form, bytes, n, err);
    if (status)
        (void)unlinkat(dir, temporary, 0);
    return status;
}

enum tw_status
replace_file(int dir, const char *name, mode_t mode, const void *bytes,
             size_t n, struct tw_error *err)
{
    const struct form form = {.mode = mode};

    return replace(dir, name, &form, bytes, n, err);
}

enum tw_status
replace_file_for(int dir, const char *name, const struct readers *readers,
                 const void *bytes, size_t n, struct tw_error *err)
{
    bool some = readers && readers->user_count + readers->group_count;
    const struct form form = {.mode = 0600, .readers = some ? readers : NULL};

    return replace(dir, name, &form, bytes, n, err);
}
