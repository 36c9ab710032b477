/* SPDX-License-Identifier: MIT */
/*
 * profile_links.c - the order in which profiles need each other.
 *
 * Whoever needs no other profile has depth 1, whoever needs those has depth
 * 2, and so on: round by round, without recursion, however the profiles are
 * tangled.  A template is one of them, whatever its instances are.  A token is
 * fetched in order of depth, so that nobody who holds a lock ever waits for
 * one.  What has no depth after the last round is part of a circle, too deep,
 * or needs something that is.
 */
#include "helper/profile/profile_links.h"

#include <stdlib.h>
#include <string.h>

#include "helper/profile/fingerprint.h"
#include "helper/profile/profile_set.h"

#define STEPS_MAX 64 /* on the way around a circle */

/* Every profile that is linked, and for all instances of a template its
 * sample.  All others are of depth 1 as they were read. */
struct links {
    struct profile_set *set;
    bool whole;
    struct profile **nodes;
    size_t count;
};

static void
auto_links(struct links *links)
{
    free(links->nodes);
}

static void
add_node(struct links *links, struct profile *profile)
{
    if (!profile_is_linked(profile))
        return;
    profile->depth = 0;
    links->nodes[links->count++] = profile;
}

static bool
gather(struct links *links)
{
    const struct profile_set *set = links->set;
    size_t n = set->count;

    for (const struct profile_template *template = set->templates; template;
         template = template->next)
        n++;
    links->nodes = calloc(n + 1, sizeof *links->nodes);
    if (!links->nodes)
        return false;
    for (struct profile *profile = set->first; profile;
         profile = profile->next)
        add_node(links, profile);
    for (const struct profile_template *template = set->templates; template;
         template = template->next)
        add_node(links, template->sample);
    return true;
}

/* Which of them stands for @name; that there is such an instance is seen to
 * when somebody wants it. */
static const struct profile *
find_node(const struct profile_set *set, const char *name)
{
    const struct profile *found = table_find(&set->names, name, "");
    const struct profile_template *template =
        found ? NULL : profiles_template(set, name);

    return template ? template->sample : found;
}

/* Can @source be read once everything above @depth is there? */
static bool
is_met(const struct links *links, const struct secret_source *source,
       unsigned depth)
{
    const struct profile *linked;

    if (source->kind != SECRET_PROFILE)
        return true;
    linked = find_node(links->set, source->text);
    return linked ? linked->depth && linked->depth < depth : !links->whole;
}

/* The first secret that cannot be, or NULL. */
static const struct secret_source *
find_unmet(const struct links *links, const struct profile *profile,
           unsigned depth)
{
    const struct secret_source *source;

    for (size_t i = 0; (source = profile_secret(profile, i)); i++) {
        if (!is_met(links, source, depth))
            return source;
    }
    return NULL;
}

/* Gives out one depth; false: nobody was left for it. */
static bool
set_depth(const struct links *links, unsigned depth)
{
    bool found = false;

    for (size_t i = 0; i < links->count; i++) {
        struct profile *profile = links->nodes[i];

        if (profile->depth || find_unmet(links, profile, depth))
            continue;
        profile->depth = depth;
        found = true;
    }
    return found;
}

static bool
leads_back(const struct links *links, const struct profile *start)
{
    const struct profile *at = start;

    for (int i = 0; i < STEPS_MAX; i++) {
        const struct secret_source *source =
            find_unmet(links, at, PROFILE_DEPTH_MAX + 1);

        at = source ? find_node(links->set, source->text) : NULL;
        if (!at || at == start)
            return at != NULL;
    }
    return false;
}

static void
complain(const struct links *links,
         const struct profile_complaints *complaints,
         const struct profile *profile)
{
    const struct secret_source *source =
        find_unmet(links, profile, PROFILE_DEPTH_MAX + 1);
    const struct profile *linked =
        source ? find_node(links->set, source->text) : NULL;
    struct tw_error failure;

    if (!source)
        (void)tw_fail(&failure, TW_E_CONFIG,
                      "%s:%u:%u: profile '%s': more than %d profiles need "
                      "each other in a row",
                      profile->file, profile->line, profile->column,
                      profile->name, PROFILE_DEPTH_MAX);
    else if (!linked)
        (void)tw_fail(&failure, TW_E_CONFIG,
                      "%s:%u:%u: profile '%s': there is no profile '%s' whose "
                      "token it could use",
                      source->file, source->line, source->column,
                      profile->name, source->text);
    else
        (void)tw_fail(&failure, TW_E_CONFIG,
                      "%s:%u:%u: profile '%s': needs the token of '%s', which "
                      "%s",
                      source->file, source->line, source->column,
                      profile->name, source->text,
                      leads_back(links, profile)
                          ? "in the end needs this one: a circle"
                          : "cannot be used itself");
    profile_leave_out(complaints, profile->name, &failure);
}

/* All that has a depth stays. */
static enum tw_status
drop_others(struct profile_set *set, struct tw_error *err)
{
    struct profile *next = set->first;
    struct profile_template *next_template = set->templates;
    enum tw_status status = TW_OK;

    set->first = set->last = NULL;
    set->templates = set->last_template = NULL;
    set->count = set->instance_count = 0;
    set->wlcg = NULL;
    table_clear(&set->names);
    table_clear(&set->routes);
    table_clear(&set->template_names);
    table_clear(&set->instances);
    while (next) {
        struct profile *profile = next;
        enum tw_status one = TW_OK;

        next = profile->next;
        if (profile->depth)
            one = profile_set_add(set, profile, err);
        status = status ? status : one;
    }
    while (next_template) {
        struct profile_template *template = next_template;
        enum tw_status one = TW_OK;

        next_template = template->next;
        if (template->sample->depth)
            one = profile_set_add_template(set, template, err);
        else
            profile_template_free(template);
        status = status ? status : one;
    }
    return status;
}

static enum tw_status
refuse_depth(const struct profile *profile, const struct secret_source *source,
             struct tw_error *err)
{
    return tw_fail(err, TW_E_CONFIG,
                   "%s:%u:%u: profile '%s': more than %d profiles need each "
                   "other in a row, or in a circle",
                   source->file, source->line, source->column, profile->name,
                   PROFILE_DEPTH_MAX);
}

/* Whose own complaint it is, and for whom. */
static enum tw_status
fail_found(const struct profile *profile, const struct secret_source *source,
           unsigned room, const struct tw_error *failure, struct tw_error *err)
{
    if (room < PROFILE_DEPTH_MAX - 1)
        return error_copy(err, failure);
    return tw_fail(err, (enum tw_status)failure->status,
                   "%s:%u:%u: profile '%s': %s", source->file, source->line,
                   source->column, profile->name, failure->message);
}

enum tw_status
profile_links_note(const struct profile_set *set, struct arena *arena,
                   struct profile *profile, unsigned room,
                   struct tw_error *err)
{
    const struct secret_source *source;

    for (size_t i = 0; (source = profile_secret(profile, i)); i++) {
        AUTO(auto_release) const struct profile *linked = NULL;
        char fingerprint[FINGERPRINT_SIZE];
        struct tw_error failure;

        if (source->kind != SECRET_PROFILE)
            continue;
        if (!room)
            return refuse_depth(profile, source, err);
        if (profile_links_find(set, source->text, room - 1, &linked, &failure))
            return fail_found(profile, source, room, &failure, err);
        if (linked->depth >= PROFILE_DEPTH_MAX)
            return refuse_depth(profile, source, err);
        if (profile->depth <= linked->depth)
            profile->depth = linked->depth + 1;
        if (!fingerprint_of(linked, fingerprint))
            return tw_fail(err, TW_E_SYSTEM, "SHA-256 is not available");
        ((struct secret_source *)(uintptr_t)source)->fingerprint =
            arena_text(arena, fingerprint, strlen(fingerprint));
        if (!source->fingerprint)
            return tw_no_memory(err);
    }
    return TW_OK;
}

/* What one needs is of a lower depth, so its fingerprint is final.  Who
 * becomes deeper by this, since it needs an instance, has its turn again: what
 * was noted for it may have been made of what was not final.  One that stands
 * elsewhere, or an instance that there is not, is seen when it is fetched:
 * without a fingerprint no token is its. */
static enum tw_status
note_all_needed(struct profile_set *set, struct tw_error *err)
{
    struct tw_error failure;

    for (unsigned depth = 2; depth <= PROFILE_DEPTH_MAX; depth++) {
        for (struct profile *profile = set->first; profile;
             profile = profile->next) {
            if (profile->depth == depth &&
                profile_links_note(set, &set->arena, profile,
                                   PROFILE_DEPTH_MAX - 1,
                                   &failure) == TW_E_SYSTEM)
                return error_copy(err, &failure);
        }
    }
    return TW_OK;
}

enum tw_status
profile_links_check(struct profile_set *set, bool whole,
                    const struct profile_complaints *complaints,
                    struct tw_error *err)
{
    AUTO(auto_links) struct links links = {.set = set, .whole = whole};
    enum tw_status status = TW_OK;
    unsigned deepest = 0;
    bool all = true;

    if (!set->is_linked)
        return TW_OK;
    if (!gather(&links))
        return tw_no_memory(err);
    while (deepest < PROFILE_DEPTH_MAX &&
           (set_depth(&links, deepest + 1) || deepest == 0))
        deepest++;
    for (size_t i = 0; i < links.count; i++) {
        if (links.nodes[i]->depth)
            continue;
        complain(&links, complaints, links.nodes[i]);
        all = false;
    }
    if (!all)
        status = drop_others(set, err);
    return status ? status : note_all_needed(set, err);
}
