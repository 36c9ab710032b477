/* SPDX-License-Identifier: MIT */
/*
 * yaml_keys.h - does a map have the same key twice?
 */
#ifndef TW_HELPER_YAML_KEYS_H
#define TW_HELPER_YAML_KEYS_H

#include "helper/text/yaml.h"

/* yaml_keys_twice: of @map with @count children; sets both keys, or both NULL
 * when every key is there once.  False: out of memory. */
bool yaml_keys_twice(const struct yaml_node *map, size_t count,
                     const struct yaml_node **first,
                     const struct yaml_node **second);

#endif
