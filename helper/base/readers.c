/* SPDX-License-Identifier: MIT */
/*
 * readers.c - see readers.h.  The kernel decides over files by the ACLs that
 * access.c makes of this; the doorbell and the socket of credentials ask here.
 */
#include "helper/base/readers.h"

#include <stdlib.h>
#include <string.h>

#include "helper/base/unit_name.h"

static bool
has_group(const struct readers *readers, gid_t group)
{
    for (size_t i = 0; i < readers->group_count; i++) {
        if (readers->groups[i] == group)
            return true;
    }
    return false;
}

bool
readers_has(const struct readers *readers, uid_t uid, const gid_t *groups,
            size_t group_count)
{
    for (size_t i = 0; i < readers->user_count; i++) {
        if (readers->users[i] == uid)
            return true;
    }
    for (size_t i = 0; i < group_count; i++) {
        if (has_group(readers, groups[i]))
            return true;
    }
    return false;
}

bool
readers_cover(const struct readers *readers, const struct readers *fewer)
{
    for (size_t i = 0; i < fewer->user_count; i++) {
        if (!readers_has(readers, fewer->users[i], NULL, 0))
            return false;
    }
    for (size_t i = 0; i < fewer->group_count; i++) {
        if (!has_group(readers, fewer->groups[i]))
            return false;
    }
    return true;
}

struct readers *
readers_keep(const struct readers *readers)
{
    size_t users = readers->user_count * sizeof *readers->users,
           groups = readers->group_count * sizeof *readers->groups;
    struct readers *kept = malloc(sizeof *kept + users + groups);

    if (!kept)
        return NULL;
    *kept = (struct readers){.users = (uid_t *)(kept + 1),
                             .user_count = readers->user_count,
                             .group_count = readers->group_count};
    kept->groups = (gid_t *)(kept->users + kept->user_count);
    if (users)
        memcpy(kept->users, readers->users, users);
    if (groups)
        memcpy(kept->groups, readers->groups, groups);
    return kept;
}

bool
readers_has_unit(const struct readers *readers, const char *unit)
{
    for (size_t i = 0; i < readers->unit_count; i++) {
        if (unit_name_matches(readers->units[i], unit))
            return true;
    }
    return false;
}
