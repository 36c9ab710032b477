/* SPDX-License-Identifier: MIT */
/*
 * profile_links.c - the order in which profiles need each other.
 *
 * Whoever needs no other profile has depth 1, whoever needs those has depth
 * 2, and so on: round by round, without recursion, however the profiles are
 * tangled.  A token is fetched in order of depth, so that nobody who holds a
 * lock ever waits for one.  What has no depth after the last round is part of
 * a circle, too deep, or needs something that is.
 */
#include "helper/profile_links.h"

#include <string.h>

#include "helper/fingerprint.h"
#include "helper/profile_set.h"

#define STEPS_MAX 64 /* on the way around a circle */

struct links {
    struct profile_set *set;
    bool whole;
};

/* Can @source be read once everything above @depth is there? */
static bool
is_met(const struct links *links, const struct secret_source *source,
       unsigned depth)
{
    const struct profile *linked;

    if (source->kind != SECRET_PROFILE)
        return true;
    linked = table_find(&links->set->names, source->text, "");
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

    for (struct profile *profile = links->set->first; profile;
         profile = profile->next) {
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

        at = source ? table_find(&links->set->names, source->text, "") : NULL;
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
        source ? table_find(&links->set->names, source->text, "") : NULL;
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
    profile_complain(complaints, profile->name, &failure);
}

/* All that has a depth stays. */
static enum tw_status
drop_others(struct profile_set *set, struct tw_error *err)
{
    struct profile *next = set->first;
    enum tw_status status = TW_OK;

    set->first = set->last = NULL;
    set->count = 0;
    table_clear(&set->names);
    table_clear(&set->routes);
    while (next) {
        struct profile *profile = next;
        enum tw_status one = TW_OK;

        next = profile->next;
        if (profile->depth)
            one = profile_set_add(set, profile, err);
        else
            profile_free(profile);
        status = status ? status : one;
    }
    return status;
}

/* What this one needs is of a lower depth, so its fingerprint is final. */
static enum tw_status
note_needed(const struct profile_set *set, const struct profile *profile,
            struct tw_error *err)
{
    struct secret_source *source;
    char fingerprint[FINGERPRINT_SIZE];

    for (size_t i = 0;
         (source =
              (struct secret_source *)(uintptr_t)profile_secret(profile, i));
         i++) {
        const struct profile *linked =
            source->kind == SECRET_PROFILE
                ? table_find(&set->names, source->text, "")
                : NULL;

        if (!linked)
            continue;
        if (!fingerprint_of(linked, fingerprint))
            return tw_fail(err, TW_E_SYSTEM, "SHA-256 is not available");
        source->fingerprint = strdup(fingerprint);
        if (!source->fingerprint)
            return tw_no_memory(err);
    }
    return TW_OK;
}

static enum tw_status
note_all_needed(const struct profile_set *set, struct tw_error *err)
{
    enum tw_status status = TW_OK;

    for (unsigned depth = 2; depth <= PROFILE_DEPTH_MAX; depth++) {
        for (const struct profile *profile = set->first; profile && !status;
             profile = profile->next) {
            if (profile->depth == depth)
                status = note_needed(set, profile, err);
        }
    }
    return status;
}

enum tw_status
profile_links_check(struct profile_set *set, bool whole,
                    const struct profile_complaints *complaints,
                    struct tw_error *err)
{
    const struct links links = {set, whole};
    enum tw_status status = TW_OK;
    bool all = true;

    for (unsigned depth = 1;
         depth <= PROFILE_DEPTH_MAX && set_depth(&links, depth); depth++)
        continue;
    for (const struct profile *profile = set->first; profile;
         profile = profile->next) {
        if (profile->depth)
            continue;
        complain(&links, complaints, profile);
        all = false;
    }
    if (!all)
        status = drop_others(set, err);
    return status ? status : note_all_needed(set, err);
}
