/* SPDX-License-Identifier: MIT */
/*
 * readers.h - who may read a system profile's token: users and groups, and the
 * units of the service manager that are handed it when they start.
 */
#ifndef TW_HELPER_READERS_H
#define TW_HELPER_READERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define READERS_MAX 32 /* users, groups and units, each, of one profile */

struct readers {
    uid_t *users;
    gid_t *groups;
    char **units; /* names, or templates (unit_name.h) */
    size_t user_count, group_count, unit_count;
};

/* readers_has: is a process of @uid, with these @groups, one of them? */
bool readers_has(const struct readers *readers, uid_t uid, const gid_t *groups,
                 size_t group_count);

/* readers_cover: is every user and group of @fewer one of @readers? */
bool readers_cover(const struct readers *readers, const struct readers *fewer);

/* readers_keep: a copy of the users and groups alone, to be freed; NULL: out
 * of memory. */
struct readers *readers_keep(const struct readers *readers);

/* readers_has_unit: is @unit one of them? */
bool readers_has_unit(const struct readers *readers, const char *unit);

#endif
