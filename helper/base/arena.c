/* SPDX-License-Identifier: MIT */
/*
 * arena.c - blocks that are filled from front to back and freed as one.
 *
 * Nothing ever moves, so no copy of a secret stays behind where a block was
 * enlarged; blocks double, so a small file costs little memory and a large
 * one few calls.
 */
#include "helper/base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK_FIRST 1024
#define BLOCK_LAST (64 * 1024) /* more would be mapped anew each time */
#define BLOCK_LARGE (1024 * 1024)
#define ALIGNMENT _Alignof(void *)

struct arena_block {
    struct arena_block *older;
    size_t size, used;
    _Alignas(ALIGNMENT) char bytes[];
};

/* In one call: a fault for each page costs more than what is put there.  Where
 * the kernel cannot, there is one for each. */
static void
populate(struct arena_block *block, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)block + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)block + size) / page * page;

    (void)madvise((void *)start, end - start, MADV_POPULATE_WRITE);
}

/* Apart, so that nobody saves registers for it who finds room. */
static __attribute__((noinline)) struct arena_block *
add_block(struct arena *arena, size_t n)
{
    size_t size = BLOCK_FIRST;
    struct arena_block *block = arena->spare;

    if (block && block->size >= n) {
        arena->spare = block->older;
        block->older = arena->newest;
        arena->newest = block;
        return block;
    }
    if (arena->newest)
        size = arena->newest->size < BLOCK_LAST ? arena->newest->size * 2
                                                : BLOCK_LAST;
    if (arena->is_large && arena->total / 8 > size)
        size = arena->total / 8 < BLOCK_LARGE ? arena->total / 8 : BLOCK_LARGE;
    if (size < n)
        size = n;
    block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    if (arena->is_large && size > BLOCK_LAST)
        populate(block, size);
    arena->total += size;
    *block = (struct arena_block){.older = arena->newest, .size = size};
    arena->newest = block;
    return block;
}

/* Room for @n bytes at a multiple of @alignment, a power of two; not zeroed.
 */
static void *
take(struct arena *arena, size_t n, size_t alignment)
{
    struct arena_block *block = arena->newest;
    size_t start =
        block ? (block->used + alignment - 1) & ~(alignment - 1) : 0;

    if (n > SIZE_MAX / 2)
        return NULL;
    if (!block || start + n > block->size) {
        block = add_block(arena, n);
        start = 0;
    }
    if (!block)
        return NULL;
    block->used = start + n;
    return block->bytes + start;
}

void *
arena_room(struct arena *arena, size_t n)
{
    return take(arena, n, ALIGNMENT);
}

void *
arena_take(struct arena *arena, size_t n)
{
    void *bytes = take(arena, n, ALIGNMENT);

    return bytes ? memset(bytes, 0, n) : NULL;
}

char *
arena_text(struct arena *arena, const char *text, size_t n)
{
    char *copy = take(arena, n + 1, 1);

    if (!copy)
        return NULL;
    if (n)
        memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

void
arena_empty(struct arena *arena)
{
    while (arena->newest) {
        struct arena_block *block = arena->newest;

        arena->newest = block->older;
        explicit_bzero(block->bytes, block->used);
        block->used = 0;
        block->older = arena->spare;
        arena->spare = block;
    }
}

void
arena_clear(struct arena *arena)
{
    arena_empty(arena);
    while (arena->spare) {
        struct arena_block *block = arena->spare;

        arena->spare = block->older;
        free(block);
    }
    arena->total = 0;
}
