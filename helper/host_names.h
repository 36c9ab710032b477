/* SPDX-License-Identifier: MIT */
/*
 * host_names.h - the ids behind names of this host's users and groups, each
 * looked up once.
 *
 * Whoever answers for a name may be far away or hang: what serves others must
 * not ask again for what a profile's readers were when it was loaded.  Two
 * threads may ask at once, each for names of its own.
 */
#ifndef TW_HELPER_HOST_NAMES_H
#define TW_HELPER_HOST_NAMES_H

#include <sys/types.h>

#include "helper/arena.h"
#include "helper/table.h"

struct host_names {
    struct arena arena;
    struct table ids; /* by kind and name */
};

enum host_name { HOST_USER = 0, HOST_GROUP, HOST_NOBODY, HOST_NO_MEMORY };

/* host_names_ask: @id of that user or group, with a user's own @group, which
 * may be NULL.  As host_names_find(), but nothing is kept. */
enum host_name host_names_ask(enum host_name kind, const char *name,
                              unsigned *id, gid_t *group);

/* host_names_find: HOST_USER or HOST_GROUP, as @kind asked, with the id;
 * HOST_NOBODY: there is none of that name, which is not kept. */
enum host_name host_names_find(struct host_names *names, enum host_name kind,
                               const char *name, unsigned *out);

void host_names_clear(struct host_names *names);

#endif
