/* SPDX-License-Identifier: MIT */
/*
 * fence.h - what is left to this process once it knows what it is to do.
 *
 * When the profiles were read, and before an endpoint is spoken to, what these
 * profiles do not need is given up for good: by landlock.h files, ports and
 * signals, by filter.h system calls, by broker.h programs.
 */
#ifndef TW_HELPER_FENCE_H
#define TW_HELPER_FENCE_H

#include "helper/profile/profile.h"

/* fence_local: for a command that speaks to no endpoint, before a profile is
 * read: it writes nothing but what @store is of (NULL: nothing at all).
 * TW_E_SYSTEM. */
enum tw_status fence_local(const struct store *store, struct tw_error *err);

/* fence_fetching: for requests of @profiles, whose secrets are read with
 * @secrets; its broker may run their commands and no others, and is closed if
 * there are none.  @state: the state directory is written even if none of them
 * keeps anything there.  TW_E_CONFIG, TW_E_SYSTEM. */
enum tw_status fence_fetching(const struct profile *const *profiles,
                              size_t count,
                              const struct secret_context *secrets, bool state,
                              struct tw_error *err);

/* fence_resident: for whatever profiles there will be, and the directories
 * that @files (NULL among them is none) are made anew in: TW_E_SYSTEM.  One
 * that begins to publish a @bearer_file then is too late, unless there is
 * one. */
enum tw_status fence_resident(const struct secret_context *secrets,
                              bool bearer_file, const char *const *files,
                              size_t file_count, struct tw_error *err);

#endif
