/* SPDX-License-Identifier: MIT */
/*
 * yaml_keys.c - a map comes in, the key that is there twice goes out.
 *
 * A profile has ten keys, which are simply compared with each other; a file
 * may have thousands, which are sorted if they are not yet: no choice of keys
 * makes that slow, as it could a hash.
 */
#include "helper/text/yaml_keys.h"

#include <stdlib.h>
#include <string.h>

#include "provider/base/auto.h"

#define FEW 16 /* up to here comparing all beats sorting */

static bool
is_same(const struct yaml_node *a, const struct yaml_node *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Of the same key, the one further up comes first. */
static int
compare(const void *left, const void *right)
{
    const struct yaml_node *a = *(const struct yaml_node *const *)left;
    const struct yaml_node *b = *(const struct yaml_node *const *)right;
    int order = strcmp(a->text, b->text);

    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    if (order == 0)
        order = (a->column > b->column) - (a->column < b->column);
    return order;
}

static void
find_among_few(const struct yaml_node *map, const struct yaml_node **first,
               const struct yaml_node **second)
{
    for (const struct yaml_node *later = map->child; later;
         later = later->next) {
        for (const struct yaml_node *earlier = map->child; earlier != later;
             earlier = earlier->next) {
            if (is_same(earlier->key, later->key)) {
                *first = earlier->key;
                *second = later->key;
                return;
            }
        }
    }
}

/* Each comes after the one above it, as a program or a tidy person writes
 * them: none is there twice. */
static bool
is_sorted(const struct yaml_node *map)
{
    for (const struct yaml_node *node = map->child; node->next;
         node = node->next) {
        if (strcmp(node->key->text, node->next->key->text) >= 0)
            return false;
    }
    return true;
}

bool
yaml_keys_twice(const struct yaml_node *map, size_t count,
                const struct yaml_node **first,
                const struct yaml_node **second)
{
    AUTO_FREE const struct yaml_node **keys = NULL;
    size_t i = 0;

    *first = NULL;
    *second = NULL;
    if (count <= FEW) {
        find_among_few(map, first, second);
        return true;
    }
    if (is_sorted(map))
        return true;
    keys = malloc(count * sizeof *keys);
    if (!keys)
        return false;
    for (const struct yaml_node *node = map->child; node; node = node->next)
        keys[i++] = node->key;
    qsort(keys, count, sizeof *keys, compare);
    for (i = 1; i < count; i++) {
        if (is_same(keys[i - 1], keys[i]) &&
            (!*second || keys[i]->line < (*second)->line)) {
            *first = keys[i - 1];
            *second = keys[i];
        }
    }
    return true;
}
