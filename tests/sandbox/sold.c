/* SPDX-License-Identifier: MIT */
/*
 * sold.c - see sold.h.  A ring; an entry is at its number modulo its size.
 */
#include "tests/sandbox/sold.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

struct entry {
    size_t len;
    char text[SOLD_TOKEN_MAX];
};

struct sold {
    pthread_mutex_t lock;
    uint64_t count; /* ever */
    struct entry entries[SOLD_MAX];
};

enum tw_status
sold_new(struct sold **out, struct tw_error *err)
{
    struct sold *sold = calloc(1, sizeof *sold);

    if (!sold)
        return tw_no_memory(err);
    (void)pthread_mutex_init(&sold->lock, NULL);
    *out = sold;
    return TW_OK;
}

void
sold_free(struct sold *sold)
{
    if (!sold)
        return;
    (void)pthread_mutex_destroy(&sold->lock);
    free(sold);
}

void
sold_add(struct sold *sold, struct span token)
{
    struct entry *entry;

    if (!token.len || token.len > SOLD_TOKEN_MAX)
        return;
    (void)pthread_mutex_lock(&sold->lock);
    entry = &sold->entries[sold->count++ % SOLD_MAX];
    entry->len = token.len;
    memcpy(entry->text, token.bytes, token.len);
    (void)pthread_mutex_unlock(&sold->lock);
}

bool
sold_has(struct sold *sold, struct span token)
{
    bool found = false;

    (void)pthread_mutex_lock(&sold->lock);
    for (size_t i = 0; i < SOLD_MAX && i < sold->count && !found; i++) {
        const struct entry *entry = &sold->entries[i];

        found = span_equal((struct span){entry->text, entry->len}, token);
    }
    (void)pthread_mutex_unlock(&sold->lock);
    return found;
}
