/* SPDX-License-Identifier: MIT */
/*
 * own_directory.c - see own_directory.h.  For what it is opened with, the
 * kernel refuses a link and any other file.
 */
#include "helper/base/own_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "provider/base/auto.h"

static enum tw_status
explain_mkdir(const struct own_directory *directory, int reason,
              struct tw_error *err)
{
    enum tw_status status =
        reason == ENOSPC || reason == EDQUOT ? TW_E_SYSTEM : TW_E_ACCESS;

    if (directory->owner && (reason == EACCES || reason == EPERM))
        return tw_fail(err, status,
                       "%s: cannot be made: %s\n"
                       "install -d -o %s -m %04o %s",
                       directory->path, strerrordesc_np(reason),
                       directory->owner, (unsigned)directory->mode,
                       directory->path);
    if (reason == ENOENT)
        return tw_fail(err, status,
                       "%s: cannot be made: %s\n"
                       "nor can what is above it: set %s to a directory of "
                       "yours",
                       directory->path, strerrordesc_np(reason),
                       directory->else_where);
    return tw_fail_errno(err, status, reason, "%s: cannot be made",
                         directory->path);
}

/* As a restored backup leaves it, or a service user with another number. */
static enum tw_status
explain_owner(const struct own_directory *directory, uid_t owner,
              struct tw_error *err)
{
    char hint[PATH_MAX + 64];

    if (directory->owner)
        (void)snprintf(hint, sizeof hint,
                       "root and %s may do this; if it should be theirs: "
                       "chown -R %s %s",
                       directory->owner, directory->owner, directory->path);
    else if (directory->lasts)
        (void)snprintf(hint, sizeof hint,
                       "see whose it is, then: chown -R %u %s",
                       (unsigned)geteuid(), directory->path);
    else
        (void)snprintf(hint, sizeof hint, "remove it, or use another %s",
                       directory->else_where);
    return tw_fail(err, TW_E_ACCESS, "%s: belongs to uid %u, not to %u\n%s",
                   directory->path, (unsigned)owner, (unsigned)geteuid(),
                   hint);
}

static enum tw_status
check(const struct own_directory *directory, const struct stat *st, bool made,
      struct tw_error *err)
{
    if (st->st_uid != geteuid())
        return explain_owner(directory, st->st_uid, err);
    if (!made && (st->st_mode & directory->forbidden))
        return tw_fail(err, TW_E_ACCESS,
                       "%s: mode %04o is open to others, wanted %04o\n"
                       "see who used it, then: chmod %04o %s",
                       directory->path, (unsigned)st->st_mode & 07777,
                       (unsigned)directory->mode, (unsigned)directory->mode,
                       directory->path);
    return TW_OK;
}

static enum tw_status
explain_open(const struct own_directory *directory, int reason,
             struct tw_error *err)
{
    struct stat st;

    if (reason == EACCES &&
        fstatat(directory->at, directory->name, &st, AT_SYMLINK_NOFOLLOW) ==
            0 &&
        S_ISDIR(st.st_mode) && st.st_uid != geteuid())
        return explain_owner(directory, st.st_uid, err);
    if (reason == EMFILE || reason == ENFILE || reason == ENOMEM ||
        reason == EIO) /* says nothing of it */
        return tw_fail_errno(err, TW_E_SYSTEM, reason, "%s", directory->path);
    return tw_fail_errno(err, TW_E_ACCESS, reason,
                         "%s: is no directory of ours", directory->path);
}

enum tw_status
own_directory_open(const struct own_directory *directory, int *out,
                   struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;
    bool made =
        mkdirat(directory->at, directory->name, 0700 | directory->mark) == 0;
    mode_t mode = directory->mode | (made ? directory->mark : 0);
    enum tw_status status;
    struct stat st;

    if (!made && errno != EEXIST)
        return explain_mkdir(directory, errno, err);
    fd = openat(directory->at, directory->name,
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return explain_open(directory, errno, err);
    if (fstat(fd, &st) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", directory->path);
    status = check(directory, &st, made, err);
    if (status)
        return status;
    /* Others' modes are theirs to choose; 0700 is what is left of a process
     * that was killed after its mkdir(2). */
    if ((made || (st.st_mode & 07777) == 0700) &&
        (st.st_mode & 07777) != mode && fchmod(fd, mode) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", directory->path);
    if (directory->made)
        *directory->made = made;
    *out = take_fd(&fd);
    return TW_OK;
}

DIR *
own_directory_list(int dir)
{
    AUTO_CLOSE int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;

    if (list)
        (void)take_fd(&fd);
    return list;
}
