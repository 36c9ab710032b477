/* SPDX-License-Identifier: MIT */
/*
 * profile_keys.h - the keys that a profile of any provider may have.
 */
#ifndef TW_HELPER_PROFILE_KEYS_H
#define TW_HELPER_PROFILE_KEYS_H

#include "helper/profile_reader.h"

/* One row for each key; the table is sorted by name. */
struct profile_key {
    const char *name;
    const char *type; /* what may be written, for documents */
    const char *help; /* one line */
    bool first;       /* read before the others, which depend on it */
    enum tw_status (*read)(const struct profile_reader *reader,
                           const struct yaml_node *value);
};

/* profile_keys: the whole table. */
const struct profile_key *profile_keys(size_t *count);

/* profile_key_find: NULL when no row has that name. */
const struct profile_key *profile_key_find(const char *name);

#endif
