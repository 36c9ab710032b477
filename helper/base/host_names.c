/* SPDX-License-Identifier: MIT */
/*
 * host_names.c - see host_names.h.
 */
#include "helper/base/host_names.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "provider/base/auto.h"
#include "provider/base/own_name.h"

#define ENTRY_SIZE 4096      /* bytes that most of the database's need, ... */
#define ENTRY_MAX (64 << 20) /* ... and a group of very many members */

static const char *const KINDS[] = {
    [HOST_USER] = "user", [HOST_GROUP] = "group"};

/* Never by what all threads share, getpwnam(3) and its like: one would have
 * the id that another asked for. */
static int
ask(enum host_name kind, const char *name, char *entry, size_t size,
    enum host_name *found, unsigned *id, gid_t *own)
{
    struct passwd user, *its = NULL;
    struct group group, *theirs = NULL;
    int rc = kind == HOST_USER
                 ? getpwnam_r(name, &user, entry, size, &its)
                 : getgrnam_r(name, &group, entry, size, &theirs);

    if (rc || (!its && !theirs))
        return rc;
    *found = kind;
    *id = its ? its->pw_uid : theirs->gr_gid;
    if (its && own)
        *own = its->pw_gid;
    return 0;
}

enum host_name
host_names_ask(enum host_name kind, const char *name, unsigned *id,
               gid_t *group)
{
    enum host_name found = HOST_NOBODY;
    int rc = ERANGE;

    for (size_t n = ENTRY_SIZE; rc == ERANGE && n <= ENTRY_MAX; n *= 4) {
        AUTO_FREE char *entry = malloc(n);

        if (!entry)
            return HOST_NO_MEMORY;
        rc = ask(kind, name, entry, n, &found, id, group);
    }
    return own_name_told(rc) ? found : HOST_UNTOLD;
}

static struct host_id *
find(const struct host_names *names, enum host_name kind, const char *name)
{
    return (struct host_id *)(uintptr_t)table_find(&names->ids, KINDS[kind],
                                                   name);
}

/* NULL: no memory. */
static struct host_id *
add(struct host_names *names, enum host_name kind, const char *name)
{
    struct host_id *known = arena_take(&names->arena, sizeof *known);
    const char *copy = arena_text(&names->arena, name, strlen(name));

    if (!known || !copy || !table_add(&names->ids, KINDS[kind], copy, known))
        return NULL;
    *known = (struct host_id){.name = copy, .kind = kind};
    return known;
}

enum host_name
host_names_find(struct host_names *names, enum host_name kind,
                const char *name, unsigned *out)
{
    struct host_id *known = find(names, kind, name);
    enum host_name found;
    unsigned id = 0;

    if (!known) {
        found = host_names_ask(kind, name, &id, NULL);
        known = found == HOST_NO_MEMORY ? NULL : add(names, kind, name);
        if (!known)
            return HOST_NO_MEMORY;
        known->id = id;
        known->is_absent = found != kind;
        known->is_untold = found == HOST_UNTOLD;
        if (known->is_absent) {
            known->next_absent = names->absent;
            names->absent = known;
        }
    }
    if (known->is_absent)
        return known->is_untold ? HOST_UNTOLD : HOST_NOBODY;
    *out = known->id;
    return kind;
}

bool
host_names_learn(struct host_names *names, enum host_name kind,
                 const char *name, unsigned id)
{
    struct host_id *known = find(names, kind, name), **at = &names->absent;

    if (!known || !known->is_absent)
        return false;
    while (*at != known)
        at = &(*at)->next_absent;
    *at = known->next_absent;
    known->id = id;
    known->is_absent = false;
    return true;
}

void
host_names_clear(struct host_names *names)
{
    names->absent = NULL;
    table_clear(&names->ids);
    arena_clear(&names->arena);
}
