/* SPDX-License-Identifier: MIT */
/*
 * write_whole.c - see write_whole.h.
 */
#include "provider/base/write_whole.h"

#include <errno.h>
#include <unistd.h>

bool
write_whole(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n) {
        ssize_t written = write(fd, at, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        at += written;
        n -= (size_t)written;
    }
    return true;
}
