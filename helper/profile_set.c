/* SPDX-License-Identifier: MIT */
/*
 * profile_set.c - profiles come in file by file; each can be found by name.
 *
 * A name or a match: that stands twice is refused with both places: which one
 * is used must not hang on the order of files.
 */
#include "helper/profile_set.h"

#include <stdlib.h>
#include <string.h>

#include "provider/base/nearest.h"
#include "provider/base/text.h"

struct profile_source *
profile_set_look(struct profile_set *set, const char *path)
{
    struct profile_source *source = calloc(1, sizeof *source);

    if (!source)
        return NULL;
    source->path = strdup(path);
    if (!source->path) {
        free(source);
        return NULL;
    }
    mark_path(path, &source->mark);
    source->next = set->sources;
    set->sources = source;
    return source;
}

static bool
has_new_name(const struct profile_set *set,
             const struct profile_complaints *complaints,
             const struct profile *profile)
{
    const struct profile *other = table_find(&set->names, profile->name, "");
    struct tw_error failure;

    if (!other)
        return true;
    (void)tw_fail(&failure, TW_E_CONFIG,
                  "%s:%u:%u: profile '%s': stands already in %s:%u:%u; rename "
                  "or remove one",
                  profile->file, profile->line, profile->column, profile->name,
                  other->file, other->line, other->column);
    profile_complain(complaints, profile->name, &failure);
    return false;
}

static bool
has_new_matches(const struct profile_set *set,
                const struct profile_complaints *complaints,
                const struct profile *profile)
{
    for (size_t i = 0; i < profile->match_count; i++) {
        const struct profile_match *match = &profile->matches[i], *its;
        const struct profile *other =
            table_find(&set->routes, match->host, match->path);
        struct tw_error failure;

        its = other ? profile_match(other, match->host, match->path) : NULL;
        if (!its)
            continue;
        (void)tw_fail(&failure, TW_E_CONFIG,
                      "%s:%u:%u: profile '%s': match leads to profile '%s' "
                      "already, in %s:%u:%u; a URL has one profile",
                      profile->file, match->line, match->column, profile->name,
                      other->name, other->file, its->line, its->column);
        profile_complain(complaints, profile->name, &failure);
        return false;
    }
    return true;
}

/* There is one such file. */
static bool
has_new_file(const struct profile_set *set,
             const struct profile_complaints *complaints,
             const struct profile *profile)
{
    const struct profile *other = set->wlcg;
    struct tw_error failure;

    if (!profile->wlcg_discovery || !other)
        return true;
    (void)tw_fail(&failure, TW_E_CONFIG,
                  "%s:%u:%u: profile '%s': wlcg_discovery: profile '%s' has "
                  "it already, in %s:%u:%u; one token fits into the file",
                  profile->file, profile->wlcg_discovery_line,
                  profile->wlcg_discovery_column, profile->name, other->name,
                  other->file, other->wlcg_discovery_line,
                  other->wlcg_discovery_column);
    profile_complain(complaints, profile->name, &failure);
    return false;
}

enum tw_status
profile_set_add(struct profile_set *set, struct profile *profile,
                struct tw_error *err)
{
    bool added;

    profile->next = NULL;
    if (set->last)
        set->last->next = profile;
    else
        set->first = profile;
    set->last = profile;
    set->count++;
    if (profile->wlcg_discovery)
        set->wlcg = profile;
    added = table_add(&set->names, profile->name, "", profile);
    for (size_t i = 0; added && i < profile->match_count; i++)
        added = table_add(&set->routes, profile->matches[i].host,
                          profile->matches[i].path, profile);
    return added ? TW_OK : tw_no_memory(err);
}

enum tw_status
profile_set_add_take(struct profile_set *set,
                     const struct profile_complaints *complaints,
                     struct profile_list *list, struct tw_error *err)
{
    enum tw_status status = TW_OK;

    while (list->first && !status) {
        struct profile *profile = list->first;

        list->first = profile->next;
        if (has_new_name(set, complaints, profile) &&
            has_new_matches(set, complaints, profile) &&
            has_new_file(set, complaints, profile))
            status = profile_set_add(set, profile, err);
        else
            profile_free(profile);
    }
    profile_list_clear(list);
    return status;
}

/* Why there is no @name: its own complaint, else that of a file in which it
 * may stand, else, when there were too many to keep, the first. */
static const struct tw_error *
find_complaint(const struct profile_set *set, const char *name)
{
    const struct tw_error *of_file = NULL;

    for (const struct profile_left_out *left_out = set->left_out; left_out;
         left_out = left_out->next) {
        if (!left_out->name)
            of_file = &left_out->err;
        else if (strcmp(left_out->name, name) == 0)
            return &left_out->err;
    }
    if (!of_file && set->broken_count > PROFILES_LEFT_OUT_MAX)
        return &set->broken;
    return of_file;
}

enum tw_status
profiles_find(const struct profile_set *set, const char *name,
              const struct profile **out, struct tw_error *err)
{
    const struct profile *found = table_find(&set->names, name, "");
    struct nearest nearest = {.written = name};
    const struct tw_error *complaint;
    struct shown shown;

    if (found) {
        *out = found;
        return TW_OK;
    }
    complaint = find_complaint(set, name);
    if (complaint)
        return error_copy(err, complaint);
    for (const struct profile *profile = set->first; profile;
         profile = profile->next)
        nearest_look(&nearest, profile->name);
    (void)text_printable(&shown, name, strlen(name));
    if (nearest.best)
        return tw_fail(err, TW_E_NOT_FOUND,
                       "no profile '%s' in %s\ndid you mean '%s'?", shown.text,
                       set->places, nearest.best);
    return tw_fail(err, TW_E_NOT_FOUND, "no profile '%s' in %s", shown.text,
                   set->places);
}

void
profile_set_clear(struct profile_set *set)
{
    struct profile_list list = {.first = set->first};
    struct profile_source *next;

    profile_list_clear(&list);
    table_clear(&set->names);
    table_clear(&set->routes);
    for (struct profile_source *source = set->sources; source; source = next) {
        next = source->next;
        free(source->path);
        free(source);
    }
    while (set->left_out) {
        struct profile_left_out *left_out = set->left_out;

        set->left_out = left_out->next;
        free(left_out->name);
        free(left_out);
    }
    free(set->places);
    *set = (struct profile_set){0};
}
