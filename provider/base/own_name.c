/* SPDX-License-Identifier: MIT */
/*
 * own_name.c - see own_name.h.  The user database is asked only for a name
 * that ends with an @, which is nobody's but a template's.
 */
#include "provider/base/own_name.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define USER_MAX 4096 /* bytes of an entry of the user database */

bool
own_name_told(int rc)
{
    return rc == 0 || rc == ENOENT || rc == ESRCH || rc == EBADF ||
           rc == EPERM || rc == ERANGE;
}

/* What the caller ran out of is no fault of the database's. */
static enum tw_status
fail_untold(int rc, struct tw_error *err)
{
    return tw_fail_errno(err,
                         rc == EMFILE || rc == ENFILE || rc == ENOMEM
                             ? TW_E_SYSTEM
                             : TW_E_RETRY,
                         rc, "the user database does not say who user %u is",
                         (unsigned)geteuid());
}

enum tw_status
own_name(const char *name, char out[static PROFILE_NAME_MAX + 1],
         struct tw_error *err)
{
    char buffer[USER_MAX];
    struct passwd user, *found = NULL;
    const char *parts[] = {name, NULL, NULL};
    int rc;

    if (!text_is_template_name(name) && !text_is_profile_name(name))
        return tw_fail(err, TW_E_USAGE,
                       "this cannot be a profile's name\n"
                       "a name is 1 to 64 of A-Z a-z 0-9 . _ - and begins "
                       "with a letter, a digit or _; an instance's is two of "
                       "these with an @ between");
    if (text_is_template_name(name)) {
        rc = getpwuid_r(geteuid(), &user, buffer, sizeof buffer, &found);
        if (!own_name_told(rc))
            return fail_untold(rc, err);
        if (rc || !found || !text_is_name_part(found->pw_name))
            return tw_fail(err, TW_E_NOT_FOUND,
                           "'%s' is one for each user, and user %u has no "
                           "name here that could be one's",
                           name, (unsigned)geteuid());
        parts[1] = found->pw_name;
    }
    (void)text_join(out, PROFILE_NAME_MAX + 1, parts);
    return TW_OK;
}
