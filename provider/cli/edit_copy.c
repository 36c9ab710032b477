/* SPDX-License-Identifier: MIT */
/*
 * edit_copy.c - see edit_copy.h.
 *
 * The copy lies beside the file, so that paths in it lead where they will,
 * with a name that no reader of profiles looks at.  The file itself is locked
 * (flock(2)) and never written: until the copy is renamed over it, whole and
 * with the same owner, mode and ACL, every reader finds it as it was.
 *
 * The editor finds the copy by its path, and who may write to a directory on
 * the way could lead it elsewhere.  What root edits is in none of those.
 */
#include "provider/cli/edit_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>

#define COPY_PREFIX ".edit." /* no reader looks at a name with a dot */
#define CHUNK 4096
#define ACL "system.posix_acl_access"
#define ACL_MAX 8192 /* bytes; a thousand entries */
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static const char *
name_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

static void
find_dir(const struct edit_copy *edit, char out[static PATH_MAX])
{
    (void)snprintf(out, PATH_MAX, "%.*s",
                   (int)(name_of(edit->path) - edit->path), edit->path);
}

/* Below one that is root's alone, and so on from the top, nobody else can put
 * anything in place of what is there; where only owners may move what is
 * theirs, as in /tmp, neither, though files of any name may be there already.
 */
static bool
is_roots_alone(const char *path)
{
    char dir[PATH_MAX];
    struct stat st;

    for (const char *end = strchr(path, '/'); end; end = strchr(end, '/')) {
        bool is_last = end == strrchr(path, '/');

        (void)snprintf(dir, sizeof dir, "%.*s", (int)(++end - path), path);
        if (stat(dir, &st) < 0 || st.st_uid != 0 ||
            ((st.st_mode & OTHERS_WRITE) &&
             (is_last || !(st.st_mode & S_ISVTX))))
            return false;
    }
    return true;
}

static enum tw_status
open_place(struct edit_copy *edit, struct tw_error *err)
{
    char dir[PATH_MAX];

    find_dir(edit, dir);
    if (snprintf(edit->copy, sizeof edit->copy, "%s" COPY_PREFIX "%s", dir,
                 name_of(edit->path)) >= (int)sizeof edit->copy)
        return tw_fail(err, TW_E_USAGE, "the path is too long");
    if (geteuid() == 0 && !is_roots_alone(edit->path))
        return tw_fail(err, TW_E_ACCESS,
                       "%s: others than root could lead the editor elsewhere\n"
                       "edit it as the user whose it is, as in: sudo -u NAME "
                       "tokenward edit",
                       dir);
    edit->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (edit->dir < 0 || fstat(edit->dir, &edit->place) < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", dir);
    return TW_OK;
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

bool
edit_copy_is_astray(const struct edit_copy *edit)
{
    char dir[PATH_MAX];
    struct stat now;

    find_dir(edit, dir);
    return stat(dir, &now) < 0 || !is_same_file(&now, &edit->place);
}

static bool
look(const struct edit_copy *edit, struct stat *out)
{
    return fstatat(edit->dir, name_of(edit->path), out, AT_SYMLINK_NOFOLLOW) ==
           0;
}

/* Opened, ours, locked, and still the one of that name. */
static enum tw_status
lock(struct edit_copy *edit, struct tw_error *err)
{
    struct stat now;

    edit->file = openat(edit->dir, name_of(edit->path),
                        O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (edit->file < 0 || fstat(edit->file, &edit->before) < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", edit->path);
    if (!S_ISREG(edit->before.st_mode) ||
        (edit->before.st_uid != geteuid() && geteuid() != 0))
        return tw_fail(err, TW_E_ACCESS, "%s: is no file of yours",
                       edit->path);
    if (flock(edit->file, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK
                   ? tw_fail(err, TW_E_RETRY, "%s: is being edited",
                             edit->path)
                   : tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", edit->path);
    if (!look(edit, &now) || !is_same_file(&now, &edit->before))
        return tw_fail(err, TW_E_RETRY, "%s: was replaced just now",
                       edit->path);
    return TW_OK;
}

/* All @size bytes of @from. */
static bool
pour(int to, int from, off_t size)
{
    off_t at = 0;

    while (at < size) {
        ssize_t n = sendfile(to, from, &at, (size_t)(size - at));

        if (n == 0)
            errno = EIO; /* it has become shorter */
        if (n <= 0)
            return false;
    }
    return true;
}

/* What a killed editing left behind is nobody's: the lock is ours. */
static enum tw_status
copy(struct edit_copy *edit, struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;

    (void)unlinkat(edit->dir, name_of(edit->copy), 0);
    fd = openat(edit->dir, name_of(edit->copy),
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", edit->copy);
    edit->copied = true;
    if (fchmod(fd, 0600) < 0) /* whatever the umask left of it */
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", edit->copy);
    edit->original = memfd_create("tokenward-edit", MFD_CLOEXEC);
    if (edit->original < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "memfd_create");
    if (!pour(edit->original, edit->file, edit->before.st_size) ||
        !pour(fd, edit->original, edit->before.st_size))
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", edit->copy);
    return TW_OK;
}

enum tw_status
edit_copy_make(struct edit_copy *edit, struct tw_error *err)
{
    enum tw_status status = open_place(edit, err);

    if (!status)
        status = lock(edit, err);
    return status ? status : copy(edit, err);
}

static int
reopen(const struct edit_copy *edit)
{
    return openat(edit->dir, name_of(edit->copy),
                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

bool
edit_copy_is_changed(const struct edit_copy *edit)
{
    AUTO_CLOSE int copy = reopen(edit);
    char before[CHUNK], after[CHUNK];
    ssize_t n, m;
    off_t at = 0;

    if (edit_copy_is_astray(edit))
        return true;
    do {
        n = pread(edit->original, before, sizeof before, at);
        m = pread(copy, after, sizeof after, at);
        if (n < 0 || n != m || memcmp(before, after, (size_t)n) != 0)
            return true;
        at += n;
    } while (n > 0);
    return false;
}

static bool
is_same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* The change time tells of owner and mode, too. */
bool
edit_copy_is_outdated(const struct edit_copy *edit)
{
    const struct stat *before = &edit->before;
    struct stat now;

    return edit_copy_is_astray(edit) || !look(edit, &now) ||
           !is_same_file(&now, before) ||
           !is_same_time(&now.st_mtim, &before->st_mtim) ||
           !is_same_time(&now.st_ctim, &before->st_ctim);
}

/* The copy as the editor left it, perhaps another file by now: not one that
 * has a name elsewhere, which root would give away with it. */
static enum tw_status
open_copy(const struct edit_copy *edit, int *out, struct stat *st,
          struct tw_error *err)
{
    AUTO_CLOSE int fd = reopen(edit);

    if (fd < 0 || fstat(fd, st) < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", edit->copy);
    if (!S_ISREG(st->st_mode) || st->st_uid != geteuid() || st->st_nlink != 1)
        return tw_fail(err, TW_E_ACCESS, "%s: is no file of yours alone",
                       edit->copy);
    *out = take_fd(&fd);
    return TW_OK;
}

static bool
has_none(void)
{
    return errno == ENODATA || errno == EOPNOTSUPP;
}

/* Where there is an ACL, the bits for the group in @mode are its mask, which
 * without it would be rights of the group's.  Where there is none, @to may
 * have one from its directory. */
static bool
copy_rights(int to, int from, mode_t mode)
{
    char acl[ACL_MAX];
    ssize_t n = fgetxattr(from, ACL, acl, sizeof acl);

    if (n >= 0)
        return fsetxattr(to, ACL, acl, (size_t)n, 0) == 0;
    return has_none() && (fremovexattr(to, ACL) == 0 || has_none()) &&
           fchmod(to, mode) == 0;
}

/* @st: the copy's own, as it is given back where it is not taken. */
static bool
take_place(struct edit_copy *edit, int fd, const struct stat *st)
{
    const struct stat *before = &edit->before;
    bool other = st->st_uid != before->st_uid || st->st_gid != before->st_gid;
    int saved_errno;

    if ((!other || fchown(fd, before->st_uid, before->st_gid) == 0) &&
        copy_rights(fd, edit->file, before->st_mode & 0777) &&
        fsync(fd) == 0 &&
        renameat(edit->dir, name_of(edit->copy), edit->dir,
                 name_of(edit->path)) == 0)
        return true;
    saved_errno = errno;
    (void)fchmod(fd, 0600);
    if (other)
        (void)!fchown(fd, st->st_uid, st->st_gid);
    errno = saved_errno;
    return false;
}

enum tw_status
edit_copy_replace(struct edit_copy *edit, struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;
    struct stat st = {0};
    enum tw_status status;

    if (edit_copy_is_astray(edit))
        return tw_fail(err, TW_E_RETRY,
                       "%s: is not where it was, and was not replaced",
                       edit->path);
    status = open_copy(edit, &fd, &st, err);
    if (status)
        return status;
    if (!take_place(edit, fd, &st))
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s: was not replaced",
                             edit->path);
    edit->copied = false;
    (void)fsync(edit->dir);
    return TW_OK;
}

void
edit_copy_clear(struct edit_copy *edit)
{
    if (edit->copied)
        (void)unlinkat(edit->dir, name_of(edit->copy), 0);
    auto_close(&edit->dir);
    auto_close(&edit->file);
    auto_close(&edit->original);
}
