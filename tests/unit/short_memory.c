/* SPDX-License-Identifier: MIT */
/*
 * short_memory.c - malloc(3) and its kin in front of libc's own; see
 * short_memory.h.
 */
#include "tests/unit/short_memory.h"

#include <errno.h>
#include <stdlib.h>

#include "tests/unit/under_valgrind.h"

int short_memory_left;
bool short_memory_failed;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OURS false
#else
#define OURS true

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static bool
fails(void)
{
    if (short_memory_left == 0 || --short_memory_left > 0)
        return false;
    short_memory_failed = true;
    errno = ENOMEM;
    return true;
}

__attribute__((visibility("default"))) void *
malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *
calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void *
realloc(void *block, size_t size)
{
    return fails() ? NULL : __libc_realloc(block, size);
}
#endif

bool
short_memory_is_possible(void)
{
    return OURS && !under_valgrind();
}
