/* SPDX-License-Identifier: MIT */
/*
 * profile_find.c - a name comes in, its profile goes out; see profiles.h.
 *
 * An instance costs a profile only while somebody looks at it.
 */
#include <grp.h>
#include <string.h>

#include "helper/profile/drop_ins.h"
#include "helper/profile/profile_links.h"
#include "provider/base/nearest.h"

#define GROUPS_MAX 1024 /* of a user */

static bool
is_template_of(const char *template, const char *name)
{
    size_t n = strlen(template);

    return text_is_template_name(template) && strncmp(template, name, n) == 0;
}

const struct profile_template *
profiles_template(const struct profile_set *set, const char *name)
{
    char template[NAME_PART_MAX + 2];
    const char *instance = text_template_of(name, template);

    return instance && !(instance[0] && table_find(&set->lost, name, ""))
               ? table_find(&set->template_names, template, "")
               : NULL;
}

/* Its own complaint, or its template's, or NULL. */
static const struct tw_error *
find_own_complaint(const struct profile_set *set, const char *name)
{
    for (const struct profile_left_out *left_out = set->left_out; left_out;
         left_out = left_out->next) {
        if (left_out->name && (strcmp(left_out->name, name) == 0 ||
                               is_template_of(left_out->name, name)))
            return &left_out->err;
    }
    return NULL;
}

/* Why there is no @name: that, else that of a file in which it may stand,
 * else, when there were too many to keep, the first. */
static const struct tw_error *
find_complaint(const struct profile_set *set, const char *name)
{
    const struct tw_error *own = find_own_complaint(set, name),
                          *of_file = NULL;

    for (const struct profile_left_out *left_out = set->left_out;
         left_out && !own; left_out = left_out->next) {
        if (!left_out->name)
            of_file = &left_out->err;
    }
    if (own)
        return own;
    if (!of_file && set->broken_count > PROFILES_LEFT_OUT_MAX)
        return &set->broken;
    return of_file;
}

bool
profiles_misnamed(const struct profile_set *set, struct tw_error *err)
{
    if (set->misnamed)
        (void)tw_fail(err, TW_E_NOT_FOUND,
                      "%s is not read: its name must end with " DROP_IN_SUFFIX,
                      set->misnamed);
    return set->misnamed;
}

static enum tw_status
fail_unknown(const struct profile_set *set, const char *name,
             struct tw_error *err)
{
    const struct profile_template *template = profiles_template(set, name);
    const struct tw_error *complaint = find_complaint(set, name);
    struct profile_cursor cursor = {.set = set};
    struct nearest nearest = {.written = name};
    struct tw_error misnamed;
    struct shown shown;

    if (complaint)
        return error_copy(err, complaint);
    while (profiles_next(&cursor))
        nearest_look(&nearest, cursor.name);
    (void)text_printable(&shown, name, strlen(name));
    if (template)
        return tw_fail(err, TW_E_NOT_FOUND,
                       "'%s' is no instance of the template in %s:%u:%u",
                       shown.text, template->context.file,
                       template->entry->key->line,
                       template->entry->key->column);
    if (nearest.best)
        return tw_fail(err, TW_E_NOT_FOUND,
                       "no profile '%s' in %s\ndid you mean '%s'?", shown.text,
                       set->places, nearest.best);
    (void)tw_fail(err, TW_E_NOT_FOUND, "no profile '%s' in %s", shown.text,
                  set->places);
    if (err && profiles_misnamed(set, &misnamed))
        error_hint(err, misnamed.message);
    return TW_E_NOT_FOUND;
}

/* @room: see profile_links.h. */
static enum tw_status
take(const struct profile_set *set, const struct profile_template *template,
     const char *instance, uid_t uid, unsigned room,
     const struct profile **out, struct tw_error *err)
{
    struct profile *made = NULL;
    enum tw_status status =
        profile_template_make(template, instance, uid, &made, err);

    if (status)
        return status;
    made->depth = template->sample->depth;
    status = profile_links_note(set, made->made_in, made, room, err);
    if (status)
        profile_release(made);
    else
        *out = made;
    return status;
}

enum tw_status
profiles_take(const struct profile_set *set,
              const struct profile_template *template, const char *instance,
              uid_t uid, const struct profile **out, struct tw_error *err)
{
    return take(set, template, instance, uid, PROFILE_DEPTH_MAX - 1, out, err);
}

/* One who asks for somebody else's is root or the service, and may. */
static enum tw_status
take_for_user(const struct profile_set *set,
              const struct profile_template *template, const char *name,
              unsigned room, const struct profile **out, struct tw_error *err)
{
    enum host_name found = HOST_NOBODY;
    gid_t group = 0, groups[GROUPS_MAX];
    int count = GROUPS_MAX;
    struct shown shown;
    unsigned uid = 0;

    (void)text_printable(&shown, name, strlen(name));
    if (text_is_name_part(name))
        found = host_names_ask(HOST_USER, name, &uid, &group);
    if (found == HOST_NO_MEMORY)
        return tw_no_memory(err);
    if (found == HOST_UNTOLD)
        return tw_fail(err, TW_E_RETRY,
                       "the user database could not say who '%s' is, for "
                       "'%s'",
                       shown.text, template->name);
    if (found == HOST_NOBODY)
        return tw_fail(err, TW_E_NOT_FOUND,
                       "there is no user '%s' on this host, for '%s'",
                       shown.text, template->name);
    if (getgrouplist(name, group, groups, &count) < 0 ||
        !profile_template_has_user(template, uid, groups, (size_t)count))
        return tw_fail(err, TW_E_ACCESS,
                       "the user '%s' is none of the readers of '%s', in "
                       "%s:%u:%u",
                       shown.text, template->name, template->context.file,
                       template->entry->key->line,
                       template->entry->key->column);
    return take(set, template, name, uid, room, out, err);
}

enum tw_status
profile_links_find(const struct profile_set *set, const char *name,
                   unsigned room, const struct profile **out,
                   struct tw_error *err)
{
    const struct profile *found = table_find(&set->names, name, "");
    const struct profile_template *template;
    const struct profile_instance *instance;
    const char *part;

    if (found) {
        *out = found;
        return TW_OK;
    }
    template = profiles_template(set, name);
    if (!template)
        return fail_unknown(set, name, err);
    part = strchr(name, '@') + 1;
    if (template->of_users)
        return take_for_user(set, template, part, room, out, err);
    instance = table_find(&set->instances, template->name, part);
    return instance ? take(set, template, instance->name, 0, room, out, err)
                    : fail_unknown(set, name, err);
}

enum tw_status
profiles_find(const struct profile_set *set, const char *name,
              const struct profile **out, struct tw_error *err)
{
    return profile_links_find(set, name, PROFILE_DEPTH_MAX - 1, out, err);
}

bool
profiles_hide(const struct profile_set *set, const char *name)
{
    const struct profile_template *template = profiles_template(set, name);
    char of[NAME_PART_MAX + 2];
    const char *instance = text_template_of(name, of);

    return table_find(&set->names, name, "") ||
           table_find(&set->lost, name, "") ||
           (instance && table_find(&set->lost, of, "")) ||
           (template &&
            (template->of_users ||
             table_find(&set->instances, template->name, instance)));
}

void
profile_release(const struct profile *profile)
{
    struct arena arena = {0};

    if (profile && profile->made_in)
        arena = *profile->made_in;
    arena_clear(&arena); /* and the profile with it */
}

void
auto_release(const struct profile **profile)
{
    profile_release(*profile);
}

static bool
next_instance(struct profile_cursor *cursor)
{
    const struct profile_template *template = cursor->template;
    size_t n;

    while (template && cursor->index == template->count) {
        template = template->next;
        cursor->index = 0;
    }
    cursor->template = template;
    if (!template)
        return false;
    cursor->instance = &template->instances[cursor->index++];
    cursor->profile = template->sample;
    n = strlen(template->name);
    memcpy(cursor->text, template->name, n);
    memcpy(cursor->text + n, cursor->instance->name,
           strlen(cursor->instance->name) + 1);
    cursor->name = cursor->text;
    return true;
}

bool
profiles_next(struct profile_cursor *cursor)
{
    const struct profile_set *set = cursor->set;

    if (!cursor->instance) {
        cursor->profile = cursor->profile ? cursor->profile->next : set->first;
        if (cursor->profile) {
            cursor->name = cursor->profile->name;
            return true;
        }
        if (!cursor->template)
            cursor->template = set->templates;
    }
    while (next_instance(cursor)) {
        if (!table_find(&set->names, cursor->name, "") &&
            !table_find(&set->lost, cursor->name, ""))
            return true;
    }
    return false;
}

bool
profiles_has_all(const struct profile_set *set,
                 const struct profile_set *others)
{
    struct profile_cursor cursor = {.set = others};

    for (const struct profile_template *template = others->templates; template;
         template = template->next) {
        if (!table_find(&set->template_names, template->name, ""))
            return false;
    }
    while (profiles_next(&cursor)) {
        if (!table_find(&set->names, cursor.name, "") &&
            !(cursor.instance &&
              table_find(&set->instances, cursor.template->name,
                         cursor.instance->name)))
            return false;
    }
    return true;
}
