/* SPDX-License-Identifier: MIT */
/*
 * table.c - open addressing over FNV-1a, at most half full.
 *
 * Who writes enough colliding names into his own profiles waits for himself
 * alone; files are bounded, and so is that.
 */
#include "helper/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_FIRST 64

struct table_slot {
    const char *first, *second;
    const void *value; /* NULL: free */
};

static uint64_t
add_text(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    while (*text++);
    return hash;
}

/* The slot of the pair, or the free one where it belongs. */
static struct table_slot *
slot_of(const struct table *table, const char *first, const char *second)
{
    uint64_t hash = add_text(add_text(0xcbf29ce484222325u, first), second);

    for (size_t i = (size_t)(hash ^ hash >> 32);; i++) {
        struct table_slot *slot = &table->slots[i & (table->size - 1)];

        if (!slot->value || (strcmp(slot->first, first) == 0 &&
                             strcmp(slot->second, second) == 0))
            return slot;
    }
}

const void *
table_find(const struct table *table, const char *first, const char *second)
{
    return table->slots ? slot_of(table, first, second)->value : NULL;
}

static bool
grow(struct table *table)
{
    struct table larger = {
        .size = table->size ? table->size * 2 : SIZE_FIRST,
        .count = table->count,
    };

    larger.slots = calloc(larger.size, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < table->size; i++) {
        const struct table_slot *slot = &table->slots[i];

        if (slot->value)
            *slot_of(&larger, slot->first, slot->second) = *slot;
    }
    free(table->slots);
    *table = larger;
    return true;
}

bool
table_add(struct table *table, const char *first, const char *second,
          const void *value)
{
    if (2 * (table->count + 1) > table->size && !grow(table))
        return false;
    *slot_of(table, first, second) =
        (struct table_slot){.first = first, .second = second, .value = value};
    table->count++;
    return true;
}

void
table_clear(struct table *table)
{
    free(table->slots);
    *table = (struct table){0};
}
