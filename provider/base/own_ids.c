/* SPDX-License-Identifier: MIT */
/*
 * own_ids.c - see own_ids.h.
 */
#include "provider/base/own_ids.h"

#include <stdint.h>
#include <unistd.h>

#include "provider/base/text.h"

void
own_ids_take(struct own_ids *out)
{
    int count = getgroups(0, NULL);

    *out = (struct own_ids){.groups = NULL};
    if (count > 0)
        out->groups = reallocarray(NULL, (size_t)count, sizeof *out->groups);
    if (out->groups)
        out->count = getgroups(count, out->groups);
}

void
own_ids_clear(struct own_ids *ids)
{
    free(ids->groups);
    *ids = (struct own_ids){.groups = NULL};
}

bool
own_ids_has_user(const char *text)
{
    int64_t id;

    return text_to_int64(text, &id) && id == (int64_t)geteuid();
}

bool
own_ids_has_group(const struct own_ids *ids, const char *text)
{
    int64_t id;

    if (!text_to_int64(text, &id))
        return false;
    for (int i = 0; i < ids->count; i++) {
        if ((int64_t)ids->groups[i] == id)
            return true;
    }
    return id == (int64_t)getegid();
}
