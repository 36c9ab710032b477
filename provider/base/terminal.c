/* SPDX-License-Identifier: MIT */
/*
 * terminal.c - see terminal.h.  No stdio: a warm path pays for nothing.
 */
#include "provider/base/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
write_all(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t written = write(fd, text, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        n -= (size_t)written;
    }
    return true;
}

int
terminal_fail(const char *program, const struct tw_error *err)
{
    char line[sizeof err->message + 128];
    const char *hint = strchr(err->message, '\n');
    int n = hint ? (int)(hint - err->message) : (int)strlen(err->message);

    n = snprintf(line, sizeof line, "%s: %.*s\n%s%s%s%s", program, n,
                 err->message, hint ? program : "", hint ? ": hint: " : "",
                 hint ? hint + 1 : "", hint ? "\n" : "");
    (void)write_all(STDERR_FILENO, line, (size_t)n);
    return status_exit_code(err->status);
}
