/* SPDX-License-Identifier: MIT */
/*
 * index_write.h - the profiles' names and routes, for readers without YAML.
 */
#ifndef TW_HELPER_INDEX_WRITE_H
#define TW_HELPER_INDEX_WRITE_H

#include "helper/profile/profiles.h"
#include "helper/store/store.h"

/* index_write: <runtime>/index as base/index.h describes it, of what @scope
 * has. */
enum tw_status index_write(const struct profile_set *set,
                           const struct profile_scope *scope,
                           const struct store *store, struct tw_error *err);

#endif
