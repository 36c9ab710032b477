/* SPDX-License-Identifier: MIT */
/*
 * bearer_file.c - see bearer_file.h; WLCG Bearer Token Discovery, steps 3 and
 * 4, of which the last, a file in /tmp, is not served: anybody may be there
 * first.
 *
 * A file and no link, since clients open it O_NOFOLLOW; replaced, and never
 * written in place.  The temporary file has one name, so that a writer that
 * was killed leaves one behind and the next takes it.
 */
#include "helper/store/bearer_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/keys/token_file.h"
#include "provider/base/auto.h"
#include "provider/base/write_whole.h"

#define NAME_MAX_BYTES 40
#define LETTERS \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"

struct names {
    char file[NAME_MAX_BYTES], temporary[NAME_MAX_BYTES];
};

bool
bearer_file_takes(const char *token, size_t n)
{
    size_t letters = strspn(token, LETTERS);

    return letters && letters + strspn(token + letters, "=") == n;
}

static struct names
name_files(void)
{
    struct names names;
    unsigned id = (unsigned)geteuid();

    (void)snprintf(names.file, sizeof names.file, "bt_u%u", id);
    (void)snprintf(names.temporary, sizeof names.temporary, ".bt_u%u.new", id);
    return names;
}

enum tw_status
bearer_file_open(int root, int *out, bool *there, struct tw_error *err)
{
    const struct names names = name_files();
    AUTO_CLOSE int fd =
        openat(root, "..", O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno,
                             "the directory of the bt_u file");
    if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
        return tw_fail(err, TW_E_ACCESS,
                       "wlcg_discovery: the runtime directory's parent is not "
                       "the user's own\n"
                       "set XDG_RUNTIME_DIR to a directory of mode 0700");
    *there = fstatat(fd, names.file, &st, AT_SYMLINK_NOFOLLOW) == 0;
    *out = take_fd(&fd);
    return TW_OK;
}

static enum tw_status
replace(int dir, const struct names *names, const char *token, size_t n,
        struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;

    (void)unlinkat(dir, names->temporary, 0);
    fd = openat(dir, names->temporary,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0 && fchmod(fd, 0600) == 0 && write_whole(fd, token, n) &&
        renameat(dir, names->temporary, dir, names->file) == 0)
        return TW_OK;
    (void)tw_fail_errno(err, TW_E_SYSTEM, errno,
                        "wlcg_discovery: writing '%s'", names->file);
    (void)unlinkat(dir, names->temporary, 0);
    return TW_E_SYSTEM;
}

enum tw_status
bearer_file_put(int root, const char *token, size_t n, struct tw_error *err)
{
    const struct names names = name_files();
    AUTO_CLOSE int dir = -1;
    bool there;
    enum tw_status status = bearer_file_open(root, &dir, &there, err);

    if (status)
        return status;
    if (token)
        return replace(dir, &names, token, n, err);
    (void)unlinkat(dir, names.temporary, 0); /* a killed writer's */
    if (there && unlinkat(dir, names.file, 0) < 0 && errno != ENOENT)
        return tw_fail_errno(err, TW_E_SYSTEM, errno,
                             "wlcg_discovery: removing '%s'", names.file);
    return TW_OK;
}

enum tw_status
bearer_file_drop(int root, const char *token, size_t n, struct tw_error *err)
{
    const struct names names = name_files();
    AUTO_CLOSE int dir = -1;
    bool there;
    enum tw_status status;

    if (!token)
        return TW_OK; /* it went with it */
    status = bearer_file_open(root, &dir, &there, err);
    return !status && there && token_file_says(dir, names.file, token, n)
               ? bearer_file_put(root, NULL, 0, err)
               : status;
}
