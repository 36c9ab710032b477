/* SPDX-License-Identifier: MIT */
/*
 * blinding.c - preloaded into a resident helper: as long as $BLINDING is
 * there, a file, nothing can be watched.  That is read before main, since a
 * program may drop its environment.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

typedef int begin_watch(int flags);

static begin_watch *real;
static char blinding[256];

static void __attribute__((constructor)) begin(void)
{
    const char *path = getenv("BLINDING");

    if (path && strlen(path) < sizeof blinding)
        (void)strcpy(blinding, path);
    real = (begin_watch *)dlsym(RTLD_NEXT, "inotify_init1");
}

int
inotify_init1(int flags)
{
    if (access(blinding, F_OK) < 0)
        return real(flags);
    errno = EMFILE;
    return -1;
}
