/* SPDX-License-Identifier: MIT */
/*
 * access.c - see access.h; acl(5).
 *
 * The trap is the mask: chmod(2) on a file with an ACL sets that, and would
 * open or close it for all readers at once.  So the whole list is always set,
 * mask included, and nothing is changed by parts.
 */
#include "helper/base/access.h"

#include <acl/libacl.h>
#include <errno.h>
#include <sys/acl.h>

#include "provider/base/auto.h"

struct grant {
    acl_tag_t tag;
    const void *id; /* of ACL_USER and ACL_GROUP */
    bool read, write, enter;
};

static void
auto_acl(acl_t *acl)
{
    if (*acl)
        (void)acl_free(*acl);
}

static bool
add(acl_t *acl, const struct grant *grant)
{
    acl_entry_t entry;
    acl_permset_t set;

    return acl_create_entry(acl, &entry) == 0 &&
           acl_set_tag_type(entry, grant->tag) == 0 &&
           (!grant->id || acl_set_qualifier(entry, grant->id) == 0) &&
           acl_get_permset(entry, &set) == 0 && acl_clear_perms(set) == 0 &&
           (!grant->read || acl_add_perm(set, ACL_READ) == 0) &&
           (!grant->write || acl_add_perm(set, ACL_WRITE) == 0) &&
           (!grant->enter || acl_add_perm(set, ACL_EXECUTE) == 0) &&
           acl_set_permset(entry, set) == 0;
}

static bool
add_readers(acl_t *acl, const struct readers *readers, bool enter)
{
    struct grant grant = {.tag = ACL_USER, .read = true, .enter = enter};

    for (size_t i = 0; i < readers->user_count; i++) {
        grant.id = &readers->users[i];
        if (!add(acl, &grant))
            return false;
    }
    grant.tag = ACL_GROUP;
    for (size_t i = 0; i < readers->group_count; i++) {
        grant.id = &readers->groups[i];
        if (!add(acl, &grant))
            return false;
    }
    grant.tag = ACL_MASK;
    grant.id = NULL;
    return add(acl, &grant);
}

/* @open: the owning group and all others read and enter. */
static bool
make(const struct readers *readers, bool enter, bool open, acl_t *out)
{
    size_t count = readers->user_count + readers->group_count;
    const struct grant owner = {ACL_USER_OBJ, NULL, true, true, enter};
    const struct grant group = {ACL_GROUP_OBJ, NULL, open, false, open};
    const struct grant other = {ACL_OTHER, NULL, open, false, open};

    *out = acl_init((int)count + 4);
    return *out && add(out, &owner) && add(out, &group) && add(out, &other) &&
           (!count || add_readers(out, readers, enter));
}

static bool
make_for_directory(const struct readers *readers, acl_t *out)
{
    return make(readers, true, readers->user_count + readers->group_count == 0,
                out);
}

static enum tw_status
set(int fd, acl_t acl, struct tw_error *err)
{
    if (acl_set_fd(fd, acl) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno,
                             "setting who may read in the runtime directory");
    return TW_OK;
}

enum tw_status
access_set_file(int fd, const struct readers *readers, struct tw_error *err)
{
    AUTO(auto_acl) acl_t acl = NULL;

    return make(readers, false, false, &acl) ? set(fd, acl, err)
                                             : tw_no_memory(err);
}

enum tw_status
access_set_directory(int fd, const struct readers *readers,
                     struct tw_error *err)
{
    AUTO(auto_acl) acl_t acl = NULL;

    return make_for_directory(readers, &acl) ? set(fd, acl, err)
                                             : tw_no_memory(err);
}

bool
access_is_of_directory(int fd, const struct readers *readers)
{
    AUTO(auto_acl) acl_t acl = NULL;
    AUTO(auto_acl) acl_t found = acl_get_fd(fd);

    return found && make_for_directory(readers, &acl) &&
           acl_cmp(found, acl) == 0;
}
