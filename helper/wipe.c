/* SPDX-License-Identifier: MIT */
/*
 * wipe.c - free(3) and realloc(3) of this whole process, which wipe.
 *
 * json-c, libcurl, libyaml and OpenSSL keep copies of tokens and secrets and
 * free them as they are.  Here they are overwritten first, whoever frees.
 * Sanitizers and valgrind bring an allocator of their own: off there.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TW_NO_WIPE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define TW_NO_WIPE 1
#endif
#endif

#ifndef TW_NO_WIPE

#define EXPORTED __attribute__((visibility("default")))

extern void __libc_free(void *pointer);
EXPORTED void free(void *pointer);
EXPORTED void *realloc(void *pointer, size_t size);

void
free(void *pointer)
{
    if (pointer)
        explicit_bzero(pointer, malloc_usable_size(pointer));
    __libc_free(pointer);
}

void *
realloc(void *pointer, size_t size)
{
    size_t before = pointer ? malloc_usable_size(pointer) : 0;
    void *moved;

    if (pointer && size == 0) {
        free(pointer);
        return NULL;
    }
    if (pointer && size <= before && size >= before / 2)
        return pointer;
    moved = malloc(size);
    if (moved && pointer) {
        memcpy(moved, pointer, before < size ? before : size);
        free(pointer);
    }
    return moved;
}

#endif
