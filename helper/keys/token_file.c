/* SPDX-License-Identifier: MIT */
/*
 * token_file.c - see token_file.h.
 */
#include "helper/keys/token_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "provider/base/auto.h"
#include "provider/base/record.h"
#include "provider/base/secret.h"
#include "provider/base/text.h"

bool
token_file_says(int dir, const char *name, const char *token, size_t n)
{
    AUTO_SECRET kept = SECRET_INIT(TOKEN_MAX + 1);
    AUTO_CLOSE int fd =
        openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char part[4096];
    ssize_t got = 0;

    while (fd >= 0 && (got = read(fd, part, sizeof part)) > 0) {
        if (!secret_append(&kept, part, (size_t)got))
            break;
    }
    explicit_bzero(part, sizeof part);
    return fd >= 0 && got == 0 && bytes_equal(kept.bytes, kept.len, token, n);
}
