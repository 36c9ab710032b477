/* SPDX-License-Identifier: MIT */
/*
 * table.h - things found by a pair of texts, however many there are.
 */
#ifndef TW_HELPER_TABLE_H
#define TW_HELPER_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct table_entry;
struct table_slot;

struct table {
    struct table_slot *slots; /* NULL while empty */
    struct table_entry *entries;
    size_t size, count; /* size: of the slots, a power of two */
};

/* table_find: NULL when nothing was added under these texts. */
const void *table_find(const struct table *table, const char *first,
                       const char *second);

/* table_expect: these texts are to be looked up soon: in a large table the
 * wait for memory begins now, while something else is done. */
void table_expect(const struct table *table, const char *first,
                  const char *second);

/* table_add: texts and @value are borrowed; the pair must be new.  False: out
 * of memory. */
bool table_add(struct table *table, const char *first, const char *second,
               const void *value);

/* table_text: the first text of the @index-th pair that was added; NULL after
 * the last. */
const char *table_text(const struct table *table, size_t index);

void table_clear(struct table *table);

#endif
