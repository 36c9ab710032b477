/* SPDX-License-Identifier: MIT */
/*
 * host_names.c - see host_names.h.
 */
#include "helper/host_names.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

static const char *const KINDS[] = {
    [HOST_USER] = "user", [HOST_GROUP] = "group"};

static bool
ask(enum host_name kind, const char *name, unsigned *out)
{
    const struct passwd *user = kind == HOST_USER ? getpwnam(name) : NULL;
    const struct group *group = kind == HOST_GROUP ? getgrnam(name) : NULL;

    if (user)
        *out = user->pw_uid;
    if (group)
        *out = group->gr_gid;
    return user || group;
}

enum host_name
host_names_find(struct host_names *names, enum host_name kind,
                const char *name, unsigned *out)
{
    const unsigned *known = table_find(&names->ids, KINDS[kind], name);
    unsigned *kept, id;
    const char *copy;

    if (known) {
        *out = *known;
        return kind;
    }
    if (!ask(kind, name, &id))
        return HOST_NOBODY;
    kept = arena_take(&names->arena, sizeof *kept);
    copy = arena_text(&names->arena, name, strlen(name));
    if (!kept || !copy || !table_add(&names->ids, KINDS[kind], copy, kept))
        return HOST_NO_MEMORY;
    *kept = *out = id;
    return kind;
}

void
host_names_clear(struct host_names *names)
{
    table_clear(&names->ids);
    arena_clear(&names->arena);
}
