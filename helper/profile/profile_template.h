/* SPDX-License-Identifier: MIT */
/*
 * profile_template.h - a profile that is written once for many: NAME@, whose
 * instances are NAME@INSTANCE.
 *
 * An instance is its name and nothing more; it becomes a profile for as long
 * as somebody needs one, from the one tree that the template keeps.
 */
#ifndef TW_HELPER_PROFILE_TEMPLATE_H
#define TW_HELPER_PROFILE_TEMPLATE_H

#include "helper/profile/profile.h"

#define PROFILE_INSTANCES_MAX 1000000 /* of one template */

struct profile_instance {
    const struct profile_template *template;
    const char *name;      /* after the @; the template's arena has it */
    uint32_t line, column; /* where it is listed */
};

struct profile_template {
    struct profile_template *next;
    char *name;                     /* with its @ */
    struct profile_context context; /* with the arena below */
    struct arena arena;             /* all of it, but not its instances */
    struct host_names names;        /* its readers, and its instances' */
    const struct yaml_node *entry;  /* as it is written */
    const struct yaml_node *listed; /* its `instances`; NULL: of_users */
    bool of_users;                  /* one for each user who asks, by %u */
    struct profile *sample; /* what holds for every instance; its name is the
                               template's, paths of its matches and its
                               git_username have SPECIFIER_SEGMENT */
    struct profile_instance *instances;
    size_t count, capacity;
};

/* profile_template_read: @entry, whose name is text_is_template_name(), is
 * checked as far as it can be without its instances, and copied.
 * TW_E_CONFIG, TW_E_SYSTEM. */
enum tw_status profile_template_read(const struct profile_context *context,
                                     const struct yaml_node *entry,
                                     struct profile_template **out,
                                     struct tw_error *err);

/* profile_template_try: makes the sample, once the instances are known: with
 * the longest of them every limit is met by all.  As profile_read(). */
enum tw_status profile_template_try(struct profile_template *template,
                                    struct tw_error *err);

/* profile_template_make: @instance as a profile in an arena of its own, which
 * profile_release() clears.  @uid:
 * of the user of that name, if it is of_users.  As profile_read(). */
enum tw_status profile_template_make(const struct profile_template *template,
                                     const char *instance, uid_t uid,
                                     struct profile **out,
                                     struct tw_error *err);

/* profile_template_add: one more instance, listed there.  False: no memory. */
bool profile_template_add(struct profile_template *template, const char *name,
                          uint32_t line, uint32_t column);

/* profile_template_has_user: may a process of @uid, with these @groups, have
 * an instance? */
bool profile_template_has_user(const struct profile_template *template,
                               uid_t uid, const gid_t *groups, size_t count);

void profile_template_free(struct profile_template *template);

#endif
