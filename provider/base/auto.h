/* SPDX-License-Identifier: MIT */
/*
 * auto.h - resources bound to their scope, on the line that declares them.
 *
 * The one exit idiom of this code: return where you stand, the compiler
 * releases.  Needs gcc or clang (configure checks).
 */
#ifndef TW_BASE_AUTO_H
#define TW_BASE_AUTO_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void
auto_close(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static inline void
auto_free(void *pointer)
{
    free(*(void **)pointer);
}

static inline void
auto_closedir(DIR **dir)
{
    if (*dir)
        (void)closedir(*dir);
}

static inline void
auto_fclose(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}

#define AUTO(how) __attribute__((cleanup(how)))
#define AUTO_CLOSE AUTO(auto_close)       /* int fd = -1; */
#define AUTO_FREE AUTO(auto_free)         /* any pointer from malloc */
#define AUTO_CLOSEDIR AUTO(auto_closedir) /* DIR *dir = NULL; */
#define AUTO_FCLOSE AUTO(auto_fclose)     /* FILE *file = NULL; */

/* Give a scope's resource to somebody else: out = take_fd(&fd). */
static inline int
take_fd(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

#define TAKE_POINTER(pointer)                   \
    (__extension__({                            \
        __typeof__(pointer) taken_ = (pointer); \
        (pointer) = NULL;                       \
        taken_;                                 \
    }))

#endif
