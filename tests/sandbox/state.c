/* SPDX-License-Identifier: MIT */
/*
 * state.c - see state.h.
 */
#include "tests/sandbox/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "provider/base/auto.h"

enum tw_status
state_open(const char *dir, int *out, struct tw_error *err)
{
    int fd;

    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", dir);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", dir);
    *out = fd;
    return TW_OK;
}

enum tw_status
state_put(int dir, const char *name, const struct secret *text,
          struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;
    char temporary[64];

    (void)snprintf(temporary, sizeof temporary, ".%s.new", name);
    state_remove(dir, temporary);
    fd = openat(dir, temporary,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text->bytes, text->len) != (ssize_t)text->len ||
        renameat(dir, temporary, dir, name) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", name);
    return TW_OK;
}

void
state_remove(int dir, const char *name)
{
    (void)unlinkat(dir, name, 0);
}
