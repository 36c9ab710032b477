/* SPDX-License-Identifier: MIT */
/*
 * person.c - see person.h.  No path is ever made of the name.
 */
#include "provider/pam/person.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <security/pam_ext.h>
#include <security/pam_modutil.h>

#include "provider/base/text.h"

#define NAME_MAX_BYTES 256
#define HOME_MAX_BYTES 1024
#define GROUPS_FIRST 64

static bool
is_value(const char *text, size_t max)
{
    return text && text[0] && strlen(text) <= max &&
           text_is_line(text, strlen(text));
}

static bool
find_groups(const struct passwd *entry, struct person *out)
{
    int count = GROUPS_FIRST;

    while (count > 0 && count <= GROUPS_MAX) {
        int wanted = count;
        gid_t *larger =
            reallocarray(out->groups, (size_t)count, sizeof *larger);

        if (!larger)
            return false;
        out->groups = larger;
        if (getgrouplist(entry->pw_name, entry->pw_gid, out->groups,
                         &wanted) >= 0) {
            out->group_count = (size_t)wanted;
            return true;
        }
        count = wanted > count ? wanted : count * 2;
    }
    return false;
}

/* Why @entry's user is not served, or NULL. */
static const char *
reason_not_to(const struct passwd *entry, const struct options *options)
{
    if (!entry)
        return "has no entry in the system's data base";
    if (entry->pw_uid == 0)
        return "is root";
    if ((int64_t)entry->pw_uid < options->min_uid)
        return "is below min_uid";
    if (!is_value(entry->pw_name, NAME_MAX_BYTES) ||
        !is_value(entry->pw_dir, HOME_MAX_BYTES) || entry->pw_dir[0] != '/')
        return "has a name or home that is none";
    if (geteuid() != 0 &&
        (entry->pw_uid != geteuid() || entry->pw_uid != getuid()))
        return "is somebody else, and this is not root";
    return NULL;
}

bool
person_find(pam_handle_t *pamh, const struct options *options,
            struct person *out)
{
    const struct passwd *entry;
    const void *name = NULL;
    const char *reason;
    struct person person = {0};

    if (pam_get_item(pamh, PAM_USER, &name) != PAM_SUCCESS ||
        !is_value(name, NAME_MAX_BYTES))
        return false;
    entry = pam_modutil_getpwnam(pamh, name);
    reason = reason_not_to(entry, options);
    if (reason) {
        if (options->debug)
            pam_syslog(pamh, LOG_DEBUG, "nothing to do: the user %s", reason);
        return false;
    }
    person.uid = entry->pw_uid;
    person.gid = entry->pw_gid;
    person.name = entry->pw_name;
    person.home = entry->pw_dir;
    if (geteuid() == 0 && !find_groups(entry, &person)) {
        person_clear(&person);
        pam_syslog(pamh, LOG_ERR, "the user's groups cannot be found");
        return false;
    }
    *out = person;
    return true;
}

void
person_clear(struct person *person)
{
    free(person->groups);
    person->groups = NULL;
}
