/* SPDX-License-Identifier: MIT */
/*
 * vanish.c - preloaded into a helper: the first directory of a profile in
 * which it opens a lock is removed before it does, as by a logout beside it.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static void
vanish(int dir)
{
    static const char *const FILES[] = {"record", "token", "backoff", "lock"};
    char link[64], path[512] = "";
    static int done;

    if (done++)
        return;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        (void)unlinkat(dir, FILES[i], 0);
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    if (readlink(link, path, sizeof path - 1) > 0)
        (void)rmdir(path);
}

int
openat(int dir, const char *name, int flags, ...)
{
    typedef int open_at(int, const char *, int, ...);
    static open_at *open_it;
    mode_t mode = 0;
    va_list args;

    va_start(args, flags);
    if (flags & O_CREAT)
        mode = va_arg(args, mode_t);
    va_end(args);
    if (!open_it)
        open_it = (open_at *)dlsym(RTLD_NEXT, "openat");
    if (strcmp(name, "lock") == 0)
        vanish(dir);
    return open_it(dir, name, flags, mode);
}
