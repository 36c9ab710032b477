/* SPDX-License-Identifier: MIT */
/*
 * readers.h - who may read a system profile's token: users and groups.
 */
#ifndef TW_HELPER_READERS_H
#define TW_HELPER_READERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define READERS_MAX 32 /* users, and as many groups, of one profile */

struct readers {
    uid_t *users;
    gid_t *groups;
    size_t user_count, group_count;
};

/* readers_has: is a process of @uid, with these @groups, one of them? */
bool readers_has(const struct readers *readers, uid_t uid, const gid_t *groups,
                 size_t group_count);

void readers_clear(struct readers *readers);

#endif
