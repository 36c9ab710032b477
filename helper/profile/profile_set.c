/* SPDX-License-Identifier: MIT */
/*
 * profile_set.c - profiles come in file by file; each can be found by name.
 *
 * A name or a match: that stands twice is refused with both places: which one
 * is used must not hang on the order of files.
 */
#include "helper/profile/profile_set.h"

#include <stdlib.h>
#include <string.h>

#include "helper/profile/profile_instances.h"

#define AHEAD 8 /* profiles: about as long as memory needs */

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

bool
profile_set_look_once(struct profile_set *set, const char *path)
{
    struct profile_source *source;

    if (table_find(&set->shared, path, ""))
        return true;
    source = profile_set_look(set, path);
    return source && table_add(&set->shared, source->path, "", source);
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
        profile_leave_out(complaints, profile->name, &failure);
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
    profile_leave_out(complaints, profile->name, &failure);
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
    set->is_linked = set->is_linked || profile_is_linked(profile);
    if (profile->wlcg_discovery)
        set->wlcg = profile;
    added = table_add(&set->names, profile->name, "", profile);
    for (size_t i = 0; added && i < profile->match_count; i++)
        added = table_add(&set->routes, profile->matches[i].host,
                          profile->matches[i].path, profile);
    return added ? TW_OK : tw_no_memory(err);
}

/* The template's name is new in @set, and so are its matches? */
static bool
is_new_template(const struct profile_set *set,
                const struct profile_complaints *complaints,
                const struct profile_template *template)
{
    const struct profile_template *other =
        table_find(&set->template_names, template->name, "");
    struct tw_error failure;

    if (!other)
        return has_new_matches(set, complaints, template->sample);
    (void)tw_fail(&failure, TW_E_CONFIG,
                  "%s:%u:%u: profile '%s': stands already in %s:%u:%u; rename "
                  "or remove one",
                  template->context.file, template->entry->key->line,
                  template->entry->key->column, template->name,
                  other->context.file, other->entry->key->line,
                  other->entry->key->column);
    profile_leave_out(complaints, template->name, &failure);
    return false;
}

enum tw_status
profile_set_add_template(struct profile_set *set,
                         struct profile_template *template,
                         struct tw_error *err)
{
    const struct profile *sample = template->sample;
    bool added;

    template->next = NULL;
    if (set->last_template)
        set->last_template->next = template;
    else
        set->templates = template;
    set->last_template = template;
    set->instance_count += template->count;
    set->is_linked = set->is_linked || profile_is_linked(sample);
    added = table_add(&set->template_names, template->name, "", template);
    for (size_t i = 0; added && i < sample->match_count; i++)
        added = table_add(&set->routes, sample->matches[i].host,
                          sample->matches[i].path, sample);
    for (size_t i = 0; added && i < template->count; i++)
        added =
            table_add(&set->instances, template->name,
                      template->instances[i].name, &template->instances[i]);
    return added ? TW_OK : tw_no_memory(err);
}

/* Its instances are known only now that there is a set to note where they
 * are listed. */
static enum tw_status
take_template(struct profile_set *set,
              const struct profile_complaints *complaints,
              struct profile_template *template, struct tw_error *err)
{
    struct tw_error failure = {.status = TW_OK};
    enum tw_status status =
        profile_instances_load(template, set, complaints, &failure);

    if (!status)
        status = profile_template_try(template, &failure);
    if (!status && is_new_template(set, complaints, template))
        return profile_set_add_template(set, template, err);
    if (status && status != TW_E_SYSTEM)
        profile_leave_out(complaints, template->name, &failure);
    profile_template_free(template);
    return status == TW_E_SYSTEM ? error_copy(err, &failure) : TW_OK;
}

enum tw_status
profile_set_add_take(struct profile_set *set,
                     const struct profile_complaints *complaints,
                     struct profile_list *list, struct tw_error *err)
{
    enum tw_status status = TW_OK;
    const struct profile *ahead = list->first;

    for (int i = 0; i < AHEAD && ahead; i++)
        ahead = ahead->next;
    while (list->first && !status) {
        struct profile *profile = list->first;

        list->first = profile->next;
        if (ahead) {
            table_expect(&set->names, ahead->name, "");
            ahead = ahead->next;
        }
        if (has_new_name(set, complaints, profile) &&
            has_new_matches(set, complaints, profile) &&
            has_new_file(set, complaints, profile))
            status = profile_set_add(set, profile, err);
    }
    while (list->templates && !status) {
        struct profile_template *template = list->templates;

        list->templates = template->next;
        status = take_template(set, complaints, template, err);
    }
    profile_list_clear(list);
    return status;
}

void
profile_set_clear(struct profile_set *set)
{
    struct profile_list list = {.templates = set->templates};
    struct profile_source *next;

    profile_list_clear(&list);
    arena_clear(&set->arena);
    arena_clear(&set->scratch);
    yaml_document_free(set->document);
    host_names_clear(&set->host_names);
    table_clear(&set->names);
    table_clear(&set->routes);
    table_clear(&set->template_names);
    table_clear(&set->instances);
    table_clear(&set->lost);
    table_clear(&set->shared);
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
    free(set->misnamed);
    *set = (struct profile_set){0};
}
