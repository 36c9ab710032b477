/* SPDX-License-Identifier: MIT */
/*
 * host_names.h - the ids behind names of this host's users and groups, each
 * looked up once.
 *
 * Whoever answers for a name may be far away or hang: what serves others must
 * not ask again for what a profile's readers were when it was loaded, nor for
 * one that was nobody then.  Two threads may ask at once, each for names of
 * its own.
 */
#ifndef TW_HELPER_HOST_NAMES_H
#define TW_HELPER_HOST_NAMES_H

#include <stdbool.h>
#include <sys/types.h>

#include "helper/base/arena.h"
#include "helper/base/table.h"

enum host_name {
    HOST_USER = 0,
    HOST_GROUP,
    HOST_NOBODY,
    HOST_UNTOLD, /* the user database failed */
    HOST_NO_MEMORY
};

/* One that was asked for. */
struct host_id {
    struct host_id *next_absent;
    const char *name;
    enum host_name kind;
    unsigned id;
    unsigned asked; /* again, as whoever does counts */
    bool is_absent; /* it was nobody's, or ... */
    bool is_untold; /* ... the user database failed */
};

struct host_names {
    struct arena arena;
    struct table ids;       /* struct host_id by kind and name */
    struct host_id *absent; /* those of them */
};

/* host_names_ask: @id of that user or group, with a user's own @group, which
 * may be NULL.  As host_names_find(), but nothing is kept. */
enum host_name host_names_ask(enum host_name kind, const char *name,
                              unsigned *id, gid_t *group);

/* host_names_find: HOST_USER or HOST_GROUP, as @kind asked, with the id;
 * HOST_NOBODY: there is none of that name, or was none; HOST_UNTOLD. */
enum host_name host_names_find(struct host_names *names, enum host_name kind,
                               const char *name, unsigned *out);

/* host_names_learn: one that was nobody's has this @id by now.  False: it was
 * not, or nobody has asked for it. */
bool host_names_learn(struct host_names *names, enum host_name kind,
                      const char *name, unsigned id);

void host_names_clear(struct host_names *names);

#endif
