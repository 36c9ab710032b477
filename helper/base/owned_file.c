/* SPDX-License-Identifier: MIT */
/*
 * owned_file.c - a path comes in, a descriptor that may be believed goes out.
 *
 * MUST: open without blocking (a FIFO without a writer, a terminal), without
 *       becoming a terminal's session leader, and close on exec;
 * MUST: look at the descriptor and never at the path again;
 * MUST: read with a bound, whatever the size said;
 * MUST: take no text for whole that was written to while it was read.
 */
#include "helper/base/owned_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/mark.h"

#define CHUNK 4096
#define OWNER_SIZE 64 /* "chown NAME" */
#define FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

bool
owned_path_is_link(const struct owned_path *path)
{
    struct stat st;

    return fstatat(path->dir, path->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISLNK(st.st_mode);
}

/* "chown NAME", so that it is whose it should be. */
static const char *
give(const struct owned_rule *rule, char out[static OWNER_SIZE])
{
    if (rule->owner)
        (void)snprintf(out, OWNER_SIZE, "chown %s", rule->owner);
    else
        (void)snprintf(out, OWNER_SIZE, "chown %u", (unsigned)geteuid());
    return out;
}

/* Whose it is, if it can be seen, and what opens it to us, but to nobody who
 * may have none of what is forbidden.  What is not of owner and mode is no
 * affair of the file's owner, and no command is told that would change what a
 * link leads to: it may be anything. */
static enum tw_status
explain_closed(const struct owned_path *path, const struct owned_rule *rule,
               struct tw_error *err)
{
    const char *opens = NULL;
    uid_t user = geteuid();
    char owner[OWNER_SIZE];
    struct stat st;

    if (fstatat(path->dir, path->name, &st, 0) < 0)
        return tw_fail(err, TW_E_ACCESS,
                       "%s: Permission denied\n"
                       "a directory above it is closed to uid %u",
                       path->label, (unsigned)user);
    if (owned_path_is_link(path))
        opens = NULL;
    else if (rule->root_too && st.st_uid == 0 && user &&
             !(rule->forbidden & (S_IRGRP | S_IROTH)))
        opens = S_ISDIR(st.st_mode) ? "chmod a+rx" : "chmod a+r";
    else if (st.st_uid != user)
        opens = give(rule, owner);
    else if (!(st.st_mode & S_IRUSR))
        opens = "chmod u+r";
    return tw_fail(err, TW_E_ACCESS,
                   "%s: Permission denied: mode %04o of uid %u%s%s%s%s",
                   path->label, (unsigned)st.st_mode & 07777,
                   (unsigned)st.st_uid, opens ? "\n" : "", opens ? opens : "",
                   opens ? " " : "", opens ? path->path : "");
}

static enum tw_status
explain_open(const struct owned_path *path, const struct owned_rule *rule,
             int reason, struct tw_error *err)
{
    switch (reason) {
    case EACCES:
        return explain_closed(path, rule, err);
    case ENOENT:
        return tw_fail(err, TW_E_NOT_FOUND, "%s: does not exist", path->label);
    case ELOOP:
        return tw_fail(err, TW_E_ACCESS,
                       "%s: is a symbolic link, which is not followed here\n"
                       "put the file itself there, or name it",
                       path->label);
    case ENXIO: /* a socket, or a device without its hardware */
        return tw_fail(err, TW_E_ACCESS, "%s: is not a regular file",
                       path->label);
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EIO:
        return tw_fail_errno(err, TW_E_SYSTEM, reason, "%s", path->label);
    default:
        return tw_fail_errno(err, TW_E_ACCESS, reason, "%s", path->label);
    }
}

static enum tw_status
check_owner(const struct owned_path *path, const struct stat *st,
            const struct owned_rule *rule, struct tw_error *err)
{
    uid_t user = geteuid();
    char owner[OWNER_SIZE];

    if (st->st_uid == user || (rule->root_too && st->st_uid == 0))
        return TW_OK;
    if (owned_path_is_link(path))
        return tw_fail(err, TW_E_ACCESS,
                       "%s: is a link to what belongs to uid %u; that must "
                       "belong to uid %u%s",
                       path->label, (unsigned)st->st_uid, (unsigned)user,
                       rule->root_too && user ? " or to root" : "");
    return tw_fail(err, TW_E_ACCESS,
                   "%s: belongs to uid %u; it must belong to uid %u%s\n"
                   "%s %s",
                   path->label, (unsigned)st->st_uid, (unsigned)user,
                   rule->root_too && user ? " or to root" : "",
                   give(rule, owner), path->path);
}

static enum tw_status
check_mode(const struct owned_path *path, const struct stat *st,
           mode_t forbidden, mode_t wanted, struct tw_error *err)
{
    mode_t mode = st->st_mode & 07777;
    const char *what = mode & forbidden & 022 ? "write" : "read";

    if (!(mode & forbidden))
        return TW_OK;
    if (!wanted)
        wanted = mode & ~forbidden;
    return tw_fail(err, TW_E_ACCESS,
                   "%s: mode %04o lets others %s it; wanted: %04o\n"
                   "chmod %o %s",
                   path->label, (unsigned)mode, what, (unsigned)wanted,
                   (unsigned)wanted, path->path);
}

enum tw_status
owned_file_open(const struct owned_path *path, const struct owned_rule *rule,
                int *out, struct stat *st, struct tw_error *err)
{
    AUTO_CLOSE int fd =
        openat(path->dir, path->name, FLAGS | (rule->follow ? 0 : O_NOFOLLOW));
    enum tw_status status;
    struct stat found;

    if (fd < 0)
        return explain_open(path, rule, errno, err);
    if (fstat(fd, &found) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", path->label);
    if (!S_ISREG(found.st_mode))
        return tw_fail(err, TW_E_ACCESS, "%s: is not a regular file",
                       path->label);
    if (rule->as)
        found.st_mode = (found.st_mode & S_IFMT) | (*rule->as & 07777);
    status = check_owner(path, &found, rule, err);
    if (!status)
        status = check_mode(path, &found, rule->forbidden, rule->wanted, err);
    if (status)
        return status;
    *st = found;
    *out = take_fd(&fd);
    return TW_OK;
}

enum tw_status
owned_directory_open(const struct owned_path *path, bool follow, int *out,
                     struct stat *st, struct tw_error *err)
{
    static const struct owned_rule RULE = {.root_too = true,
                                           .forbidden = S_IWGRP | S_IWOTH};
    AUTO_CLOSE int fd =
        openat(path->dir, path->name,
               FLAGS | O_DIRECTORY | (follow ? 0 : O_NOFOLLOW));
    enum tw_status status;
    struct stat found;

    if (fd < 0 && errno == ENOTDIR)
        return tw_fail(err, TW_E_ACCESS,
                       "%s: is not a directory (links are not followed for "
                       "root)",
                       path->label);
    if (fd < 0)
        return explain_open(path, &RULE, errno, err);
    if (fstat(fd, &found) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", path->label);
    status = check_owner(path, &found, &RULE, err);
    if (!status)
        status = check_mode(path, &found, RULE.forbidden, found.st_mode & 0755,
                            err);
    if (status)
        return status;
    *st = found;
    *out = take_fd(&fd);
    return TW_OK;
}

static ssize_t
read_again(int fd, char *bytes, size_t n)
{
    ssize_t got;

    do
        got = read(fd, bytes, n);
    while (got < 0 && errno == EINTR);
    return got;
}

/* The @size bytes that there should be, straight to where they belong; what is
 * wrong is seen by who reads on. */
static bool
read_expected(int fd, size_t size, struct secret *out)
{
    ssize_t n = 1;

    if (!secret_reserve(out, size))
        return false;
    while (out->len < size && n > 0) {
        n = read_again(fd, out->bytes + out->len, size - out->len);
        out->len += n > 0 ? (size_t)n : 0;
        out->bytes[out->len] = '\0';
    }
    return true;
}

static enum tw_status
read_bounded(int fd, const char *label, struct secret *out,
             struct tw_error *err)
{
    char chunk[CHUNK];
    enum tw_status status = TW_OK;
    ssize_t n;

    while (!status && (n = read_again(fd, chunk, sizeof chunk)) != 0) {
        if (n < 0)
            status = tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", label);
        else if ((size_t)n > out->max - out->len)
            status = tw_fail(err, TW_E_CONFIG, "%s: larger than %zu bytes",
                             label, out->max);
        else if (!secret_append(out, chunk, (size_t)n))
            status = tw_no_memory(err);
    }
    explicit_bzero(chunk, sizeof chunk);
    return status;
}

enum tw_status
owned_file_read(int fd, const char *label, const struct stat *st,
                struct secret *out, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(out->max);
    struct mark before, after;
    struct stat now;
    enum tw_status status;

    if (st->st_size > 0 && (unsigned long long)st->st_size > out->max)
        return tw_fail(err, TW_E_CONFIG, "%s: larger than %zu bytes", label,
                       out->max);
    if (!read_expected(fd, (size_t)st->st_size, &text))
        return tw_no_memory(err);
    status = read_bounded(fd, label, &text, err);
    if (status)
        return status;
    if (fstat(fd, &now) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", label);
    mark_of(st, &before);
    mark_of(&now, &after);
    if (strcmp(before.text, after.text) != 0 ||
        (unsigned long long)st->st_size != text.len)
        return tw_fail(err, TW_E_RETRY,
                       "%s: changed while it was read, or is no plain file",
                       label);
    secret_take(out, &text);
    return TW_OK;
}

enum tw_status
owned_file_load(const struct owned_path *path, const struct owned_rule *rule,
                struct secret *out, struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;
    struct stat st;
    enum tw_status status = owned_file_open(path, rule, &fd, &st, err);

    if (!status)
        status = owned_file_read(fd, path->label, &st, out, err);
    if (status == TW_E_NOT_FOUND || status == TW_E_RETRY) {
        status = status == TW_E_RETRY ? TW_E_ACCESS : TW_E_CONFIG;
        if (err)
            err->status = (int32_t)status;
    }
    return status;
}

bool
owned_file_is_named(int fd, int dir, const char *name)
{
    struct stat held, named;

    return fstat(fd, &held) == 0 &&
           fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}
