/* SPDX-License-Identifier: MIT */
/*
 * table.c - open addressing over FNV-1a, at most half full.
 *
 * Who writes enough colliding names into his own profiles waits for himself
 * alone; files are bounded, and so is that.
 */
#include "helper/base/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_FIRST 64

struct table_entry {
    const char *first, *second;
    const void *value;
};

/* Eight bytes each, so that even those of many entries are near; a table grows
 * without a look at its texts. */
struct table_slot {
    uint32_t hash;
    uint32_t number; /* of the entry, from 1; 0: free */
};

static uint64_t
add_text(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    while (*text++);
    return hash;
}

static uint32_t
hash_of(const char *first, const char *second)
{
    uint64_t hash = add_text(add_text(0xcbf29ce484222325u, first), second);

    return (uint32_t)(hash ^ hash >> 32);
}

static bool
is_entry(const struct table *table, const struct table_slot *slot,
         uint32_t hash, const char *first, const char *second)
{
    const struct table_entry *entry;

    if (slot->hash != hash)
        return false;
    entry = &table->entries[slot->number - 1];
    return strcmp(entry->first, first) == 0 &&
           strcmp(entry->second, second) == 0;
}

const void *
table_find(const struct table *table, const char *first, const char *second)
{
    uint32_t hash = hash_of(first, second);

    for (size_t i = hash; table->slots; i++) {
        const struct table_slot *slot = &table->slots[i & (table->size - 1)];

        if (!slot->number)
            break;
        if (is_entry(table, slot, hash, first, second))
            return table->entries[slot->number - 1].value;
    }
    return NULL;
}

void
table_expect(const struct table *table, const char *first, const char *second)
{
    if (table->slots)
        __builtin_prefetch(
            &table->slots[hash_of(first, second) & (table->size - 1)], 1);
}

static void
put(struct table_slot *slots, size_t size, struct table_slot slot)
{
    size_t i = slot.hash;

    while (slots[i & (size - 1)].number)
        i++;
    slots[i & (size - 1)] = slot;
}

/* Twice the slots, of which half have an entry at most. */
static bool
grow(struct table *table)
{
    size_t size = table->size ? table->size * 2 : SIZE_FIRST;
    struct table_slot *slots = calloc(size, sizeof *slots);
    struct table_entry *entries =
        reallocarray(table->entries, size / 2, sizeof *entries);

    if (entries)
        table->entries = entries;
    if (!slots || !entries) {
        free(slots);
        return false;
    }
    for (size_t i = 0; i < table->size; i++) {
        if (table->slots[i].number)
            put(slots, size, table->slots[i]);
    }
    free(table->slots);
    table->slots = slots;
    table->size = size;
    return true;
}

bool
table_add(struct table *table, const char *first, const char *second,
          const void *value)
{
    if (table->count == UINT32_MAX ||
        (2 * (table->count + 1) > table->size && !grow(table)))
        return false;
    table->entries[table->count++] =
        (struct table_entry){.first = first, .second = second, .value = value};
    put(table->slots, table->size,
        (struct table_slot){.hash = hash_of(first, second),
                            .number = (uint32_t)table->count});
    return true;
}

const char *
table_text(const struct table *table, size_t index)
{
    return index < table->count ? table->entries[index].first : NULL;
}

void
table_clear(struct table *table)
{
    free(table->slots);
    free(table->entries);
    *table = (struct table){0};
}
