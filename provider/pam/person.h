/* SPDX-License-Identifier: MIT */
/*
 * person.h - whose session it is, as the system's own data base has it.
 */
#ifndef TW_PAM_PERSON_H
#define TW_PAM_PERSON_H

#include <sys/types.h>

#include "provider/base/auto.h"
#include "provider/pam/options.h"

#define GROUPS_MAX 65536 /* NGROUPS_MAX of Linux */

struct person {
    uid_t uid;
    gid_t gid;
    const char *name, *home; /* the PAM handle's */
    gid_t *groups;           /* NULL when we are that user already */
    size_t group_count;
};

/* person_find: the user of @pamh.  False, and nothing is to be done, for one
 * without a name, a home or an entry, for root and whoever is below min_uid,
 * and for any other user than our own when we are not root.  What is looked
 * up here is all that is: a child after it asks no name service. */
bool person_find(pam_handle_t *pamh, const struct options *options,
                 struct person *out);
void person_clear(struct person *person);

#define AUTO_PERSON AUTO(person_clear) struct person

#endif
