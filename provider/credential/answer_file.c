/* SPDX-License-Identifier: MIT */
/*
 * answer_file.c - see answer_file.h.
 *
 * Replaced, never written in place: a client reads it at any time, and takes
 * half an answer for a broken one.  Nothing is synced, since what is lost is
 * asked for again.
 */
#include "provider/credential/answer_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "provider/base/text.h"
#include "provider/base/write_whole.h"

/* The directory of @path, open, and its *@name in there. */
static enum tw_status
open_directory(const char *path, int *out, const char **name,
               struct tw_error *err)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + 1 : 0;
    AUTO_CLOSE int fd = -1;
    struct shown shown;
    struct stat st;

    (void)text_printable(&shown, path, strlen(path));
    if (n >= sizeof dir || !path[n])
        return tw_fail(err, TW_E_ACCESS, "%s: is no file's name", shown.text);
    memcpy(dir, path, n);
    dir[n] = '\0';
    fd = open(n ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s: its directory",
                             shown.text);
    if ((st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX))
        return tw_fail(err, TW_E_ACCESS,
                       "%s: everybody may replace files in its directory",
                       shown.text);
    *out = take_fd(&fd);
    *name = path + n;
    return TW_OK;
}

/* No two processes of one number are at it at once; what one of them left
 * behind is in its own way alone. */
static enum tw_status
replace(int dir, const char *name, const struct secret *text,
        struct tw_error *err)
{
    char temporary[NAME_MAX + 1], pid[24];
    const char *const parts[] = {".tokenward.", pid, ".new", NULL};
    AUTO_CLOSE int fd = -1;

    (void)text_put_int64(pid, getpid());
    (void)text_join(temporary, sizeof temporary, parts);
    (void)unlinkat(dir, temporary, 0);
    fd = openat(dir, temporary,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "making a file");
    if (fchmod(fd, 0600) < 0 || !write_whole(fd, text->bytes, text->len) ||
        renameat(dir, temporary, dir, name) < 0) {
        (void)tw_fail_errno(err, TW_E_SYSTEM, errno, "replacing a file");
        (void)unlinkat(dir, temporary, 0);
        return TW_E_SYSTEM;
    }
    return TW_OK;
}

enum tw_status
answer_file_put(const char *path, const struct secret *text,
                struct tw_error *err)
{
    AUTO_CLOSE int dir = -1;
    const char *name;
    enum tw_status status = open_directory(path, &dir, &name, err);

    return status ? status : replace(dir, name, text, err);
}

enum tw_status
answer_file_remove(const char *path, struct tw_error *err)
{
    AUTO_CLOSE int dir = -1;
    const char *name;
    enum tw_status status = open_directory(path, &dir, &name, err);

    if (!status && unlinkat(dir, name, 0) < 0 && errno != ENOENT)
        status = tw_fail_errno(err, TW_E_SYSTEM, errno, "removing a file");
    return status;
}
