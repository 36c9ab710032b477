/* SPDX-License-Identifier: MIT */
/*
 * arena.h - many small things that live and die together.
 *
 * What is in it may be a secret: everything is wiped when it is freed.
 */
#ifndef TW_HELPER_ARENA_H
#define TW_HELPER_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *newest, *spare; /* spare: wiped, to be used again */
    size_t total;                       /* bytes of all blocks */
    bool is_large; /* what is in it stays, and may be a lot */
};

/* arena_take: @n zeroed bytes, aligned for pointers; NULL: out of memory. */
void *arena_take(struct arena *arena, size_t n);

/* arena_room: the same, not zeroed: for what is written at once. */
void *arena_room(struct arena *arena, size_t n);

/* arena_text: a NUL-ended copy of @n bytes. */
char *arena_text(struct arena *arena, const char *text, size_t n);

/* arena_empty: what was in it is wiped; its memory is kept for what comes. */
void arena_empty(struct arena *arena);

void arena_clear(struct arena *arena);

#endif
