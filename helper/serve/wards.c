/* SPDX-License-Identifier: MIT */
/*
 * wards.c - see wards.h.
 *
 * A ward outlives the set that its profile is of: a reload gives it another
 * profile, and whoever waits for it goes on waiting.
 */
#include "helper/serve/wards.h"

#include <stdlib.h>
#include <string.h>

#include "helper/base/own_directory.h"

struct ward *
wards_find(const struct wards *wards, const char *name)
{
    return (struct ward *)(uintptr_t)table_find(&wards->names, name, "");
}

void
wards_seek(const struct wards *wards, const struct store *store)
{
    AUTO_CLOSEDIR DIR *list = own_directory_list(store->root);
    const struct dirent *entry;

    for (struct ward *ward = wards->first; ward; ward = ward->next)
        ward->has_place = !list;
    while (list && (entry = readdir(list))) {
        struct ward *ward = wards_find(wards, entry->d_name);

        if (ward)
            ward->has_place = true;
    }
}

static struct ward *
new_ward(const char *name)
{
    size_t n = strlen(name) + 1;
    struct ward *ward = calloc(1, sizeof *ward + n);

    if (!ward)
        return NULL;
    memcpy(ward->name, name, n);
    return ward;
}

/* The template of @set that a user's ward is of now; NULL: it is gone, or has
 * fewer readers: then the user has to ask again, for nobody here knows of
 * which groups that is. */
static const struct profile_template *
same_template(const struct profile_set *set, const struct ward *ward)
{
    const struct readers *before =
        ward->users ? profile_readers(ward->users->sample) : ward->lapsed;
    const struct profile_template *template =
        before ? profiles_template(set, ward->name) : NULL;

    if (!template || !template->of_users || ward->is_given_up)
        return NULL;
    return readers_cover(profile_readers(template->sample), before) ||
                   readers_has(profile_readers(template->sample), ward->uid,
                               NULL, 0)
               ? template
               : NULL;
}

/* A ward for each of @set's profiles, the known ones and new ones, and those
 * of users. */
static bool
gather(const struct wards *wards, const struct profile_set *set,
       struct wards *out)
{
    struct profile_cursor cursor = {.set = set};

    while (profiles_next(&cursor)) {
        struct ward *ward = wards_find(wards, cursor.name);

        if (!ward) {
            ward = new_ward(cursor.name);
            if (!ward)
                return false;
            ward->next = out->first;
            out->first = ward;
        }
        if (!table_add(&out->names, ward->name, "", ward))
            return false;
        out->count++;
    }
    for (struct ward *ward = wards->first; ward; ward = ward->next) {
        if (!same_template(set, ward) || wards_find(out, ward->name))
            continue;
        if (!table_add(&out->names, ward->name, "", ward))
            return false;
        out->count++;
    }
    return true;
}

static void
free_ward(struct ward *ward)
{
    free(ward->faults);
    free(ward->lapsed);
    free(ward);
}

static void
free_list(struct ward *ward)
{
    while (ward) {
        struct ward *next = ward->next;

        free_ward(ward);
        ward = next;
    }
}

static bool
find_lanes(struct wards *wards, const struct profile_set *set)
{
    struct profile_cursor cursor = {.set = set};

    while (profiles_next(&cursor)) {
        if (!lane_find(&wards->lanes, cursor.profile, cursor.name))
            return false;
    }
    for (const struct ward *ward = wards->first; ward; ward = ward->next) {
        const struct profile_template *template = same_template(set, ward);

        if (template &&
            !lane_find(&wards->lanes, template->sample, ward->name))
            return false;
    }
    return true;
}

/* Its template may come back: who only reads the token's file rings not. */
static void
lapse(struct ward *ward, const struct profile_set *set)
{
    AUTO_FREE struct readers *before =
        ward->users ? readers_keep(profile_readers(ward->users->sample))
                    : TAKE_POINTER(ward->lapsed);

    if (!profiles_template(set, ward->name) &&
        schedule_left(&ward->entry.facts, clock_now()) > 0)
        ward->lapsed = TAKE_POINTER(before);
}

/* Those that are gone, be there another of the name by now, are freed, unless
 * somebody still looks at them. */
static void
sweep(struct wards *wards, struct schedule *schedule,
      const struct profile_set *set, const struct table *names)
{
    struct ward **at = &wards->first;

    while (*at) {
        struct ward *ward = *at;

        if (table_find(names, ward->name, "") == ward) {
            at = &ward->next;
            continue;
        }
        lapse(ward, set);
        ward->profile = NULL;
        ward->instance = NULL;
        ward->users = NULL;
        ward_fails(wards, ward, false);
        schedule_drop(schedule, &ward->entry);
        lane_leave(ward);
        if (ward->task || ward->waiting || ward->hook || ward->wants_hook ||
            ward->hook_failed || ward->lapsed) {
            at = &ward->next;
            continue;
        }
        *at = ward->next;
        free_ward(ward);
    }
}

/* Its lane is there already. */
static void
assign(struct wards *wards, struct ward *ward, const struct profile *profile)
{
    if (ward->lane)
        lane_leave(ward);
    ward->profile = profile;
    ward->lane = lane_find(&wards->lanes, profile, ward->name);
}

bool
wards_adopt(struct wards *wards, struct schedule *schedule,
            const struct profile_set *set)
{
    struct wards fresh = {.first = NULL};
    struct profile_cursor cursor = {.set = set};
    struct ward **end = &fresh.first;

    if (!gather(wards, set, &fresh) || !find_lanes(wards, set)) {
        free_list(fresh.first);
        table_clear(&fresh.names);
        return false;
    }
    sweep(wards, schedule, set, &fresh.names);
    table_clear(&wards->names);
    wards->names = fresh.names;
    wards->count = fresh.count;
    while (*end)
        end = &(*end)->next;
    *end = wards->first;
    wards->first = fresh.first;
    wards->set = set;
    for (struct ward *ward = wards->first; ward; ward = ward->next) {
        const struct profile_template *template = same_template(set, ward);

        if (template)
            assign(wards, ward, template->sample);
        ward->users = template;
        if (template)
            free(TAKE_POINTER(ward->lapsed));
    }
    while (profiles_next(&cursor)) {
        struct ward *ward = wards_find(wards, cursor.name);

        assign(wards, ward, cursor.profile);
        ward->instance = cursor.instance;
        ward->users = NULL;
        ward->is_given_up = false;
    }
    return true;
}

struct ward *
wards_add_user(struct wards *wards, const struct profile_template *users,
               const char *name, uid_t uid)
{
    struct ward *ward = new_ward(name);

    if (!ward || !lane_find(&wards->lanes, users->sample, name) ||
        !table_add(&wards->names, ward->name, "", ward)) {
        free(ward);
        return NULL;
    }
    ward->users = users;
    ward->uid = uid;
    ward_rest(ward);
    ward->next = wards->first;
    wards->first = ward;
    wards->count++;
    assign(wards, ward, users->sample);
    return ward;
}

void
wards_clear(struct wards *wards)
{
    free_list(wards->first);
    lanes_clear(&wards->lanes);
    table_clear(&wards->names);
    *wards = (struct wards){.first = NULL};
}
