/* SPDX-License-Identifier: MIT */
/*
 * looking.c - preloaded into a resident helper: as long as $LOOKING_SLOW is
 * there, a file, it takes long to see whether something is there.  That is
 * read before main, since a program may drop its environment.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLOW_US 50000

typedef int see(int dir, const char *name, int mode, int flags);

static see *real;
static char slow[256];

static void __attribute__((constructor)) begin(void)
{
    const char *path = getenv("LOOKING_SLOW");

    if (path && strlen(path) < sizeof slow)
        (void)strcpy(slow, path);
    real = (see *)dlsym(RTLD_NEXT, "faccessat");
}

int
faccessat(int dir, const char *name, int mode, int flags)
{
    if (access(slow, F_OK) == 0)
        (void)usleep(SLOW_US);
    return real(dir, name, mode, flags);
}
