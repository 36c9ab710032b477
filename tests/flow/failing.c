/* SPDX-License-Identifier: MIT */
/*
 * failing.c - preloaded into a program: its nth allocation fails, once.
 *
 * $FAIL_AT is n, from 1; without it nothing fails.  $FAIL_COUNT names a file
 * to which the number of allocations made is added at the end, one line for
 * each process.  Both are read before main, since a program may drop its
 * environment.  What a child of fork(2) does counts on from its parent.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong count;
static unsigned long fail_at;
static int report = -1;

static void __attribute__((constructor)) begin(void)
{
    const char *at = getenv("FAIL_AT");
    const char *path = getenv("FAIL_COUNT");

    if (path)
        report = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    atomic_store(&count, 0);
    fail_at = at ? strtoul(at, NULL, 10) : 0;
}

static int
fails(void)
{
    if (atomic_fetch_add(&count, 1) + 1 != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *
malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *block, size_t size)
{
    return fails() ? NULL : __libc_realloc(block, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int
posix_memalign(void **out, size_t alignment, size_t size)
{
    if (fails())
        return ENOMEM;
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}

static void
tell(void)
{
    if (report >= 0)
        (void)dprintf(report, "%lu\n", atomic_load(&count));
}

/* _exit(2) runs no destructor, and is how the helper ends. */
void
_exit(int status)
{
    static void (*next)(int);

    tell();
    *(void **)&next = dlsym(RTLD_NEXT, "_exit");
    next(status);
    __builtin_unreachable();
}

static void __attribute__((destructor)) end(void)
{
    tell();
}
