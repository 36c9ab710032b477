/* SPDX-License-Identifier: MIT */
/*
 * wards.h - all profiles in the resident helper's care, by name.
 */
#ifndef TW_HELPER_WARDS_H
#define TW_HELPER_WARDS_H

#include "helper/base/table.h"
#include "helper/serve/ward.h"

struct wards {
    const struct profile_set *set; /* the current one */
    struct ward *first;
    struct table names;
    size_t count;
    size_t failing; /* of them, by ward_fails() */
    struct lanes lanes;
};

/* wards_seek: which of them may have something kept?  The others need no
 * ward_look(): ward_forget() has what it would find. */
void wards_seek(const struct wards *wards, const struct store *store);

/* wards_adopt: @set's profiles are the wards; those that are gone, and are
 * neither fetched nor waited for, are freed.  False: out of memory, nothing
 * was changed. */
bool wards_adopt(struct wards *wards, struct schedule *schedule,
                 const struct profile_set *set);

/* wards_add_user: a ward for the user of @uid, who may have that instance of
 * the set's template @users, and asks for it next or rests.  It stays until a
 * reload finds that the template may not be for that user any more; and while
 * its token lives one that is gone may come back.  NULL: out of memory. */
struct ward *wards_add_user(struct wards *wards,
                            const struct profile_template *users,
                            const char *name, uid_t uid);

/* wards_find: NULL: there is none of that name. */
struct ward *wards_find(const struct wards *wards, const char *name);

void wards_clear(struct wards *wards);

#endif
