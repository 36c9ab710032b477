/* SPDX-License-Identifier: MIT */
/*
 * ward.c - the profiles in care, by name; see ward.h.
 *
 * A ward outlives the set that its profile is of: a reload gives it another
 * profile, and whoever waits for it goes on waiting.
 */
#include "helper/serve/ward.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/base/own_directory.h"
#include "helper/profile/fingerprint.h"

static bool
path_of(char *out, size_t size, const struct ward *ward, const char *file)
{
    int n = snprintf(out, size, "%s/%s", ward->name, file);

    return n > 0 && (size_t)n < size;
}

bool
ward_is_idle(const struct ward *ward, struct now now)
{
    return ward->users && now.boot - ward->asked > WARD_USER_S;
}

int64_t
ward_min_valid(const struct ward *ward)
{
    int64_t result = TW_MIN_VALID_DEFAULT;

    for (const struct waiter *waiter = ward->waiting; waiter;
         waiter = waiter->next) {
        if (waiter->min_valid > result)
            result = waiter->min_valid;
    }
    return result;
}

void
ward_rest(struct ward *ward)
{
    ward->asked = -WARD_USER_S - 1;
}

enum tw_status
ward_profile(const struct wards *wards, const struct ward *ward,
             const struct profile **out, struct tw_error *err)
{
    if (ward->instance)
        return profiles_take(wards->set, ward->instance->template,
                             ward->instance->name, 0, out, err);
    if (ward->users)
        return profiles_take(wards->set, ward->users,
                             strchr(ward->name, '@') + 1, ward->uid, out, err);
    *out = ward->profile;
    return TW_OK;
}

enum tw_status
ward_admit(const struct wards *wards, const struct ward *ward,
           const struct store *store, struct tw_error *err)
{
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    AUTO(auto_release) const struct profile *profile = NULL;
    enum tw_status status;

    if (!store->system || !store_has(store, ward->name))
        return TW_OK;
    status = ward_profile(wards, ward, &profile, err);
    if (!status)
        status = store_enter(store, ward->name, &place, err);
    return status ? status
                  : store_admit(&place, profile_readers(profile), err);
}

/* What the profile's own must say; it is made for what is kept alone. */
static void
fingerprint_ward(const struct wards *wards, const struct ward *ward,
                 char out[static FINGERPRINT_SIZE])
{
    AUTO(auto_release) const struct profile *profile = NULL;

    if (ward_profile(wards, ward, &profile, NULL) ||
        !fingerprint_of(profile, out))
        out[0] = '\0';
}

void
ward_fails(struct wards *wards, struct ward *ward, bool fails)
{
    wards->failing -= ward->is_failing;
    wards->failing += fails;
    ward->is_failing = fails;
}

bool
ward_look(struct wards *wards, struct ward *ward, const struct store *store,
          struct now now)
{
    AUTO_RECORD record = RECORD_INIT;
    struct backoff note = {.failures = 0};
    char fingerprint[FINGERPRINT_SIZE] = "", path[NAME_MAX];

    if (path_of(path, sizeof path, ward, "record"))
        (void)record_read(store->root, path, geteuid(), !store->system,
                          &record, NULL);
    ward->generation = record.generation;
    if (path_of(path, sizeof path, ward, "backoff"))
        backoff_read(store->root, path, &note);
    ward->has_place |= record.profile || note.fingerprint[0];
    if (record.profile || note.fingerprint[0])
        fingerprint_ward(wards, ward, fingerprint);
    if (record.profile && (strcmp(record.fingerprint, fingerprint) != 0 ||
                           record_is_behind(&record)))
        record.token = NULL;
    if (strcmp(note.fingerprint, fingerprint) != 0)
        note = (struct backoff){.failures = 0};
    schedule_facts(&record, &note, now, &ward->entry.facts);
    ward_fails(wards, ward, note.failures > 0);
    return schedule_left(&ward->entry.facts, now) > 0;
}

void
ward_hear(struct wards *wards, struct ward *ward, const struct record *numbers,
          struct now now)
{
    static const struct backoff NONE;
    struct record record = *numbers;

    record.token = "";
    ward->has_place = true;
    ward->generation = record.generation;
    schedule_facts(&record, &NONE, now, &ward->entry.facts);
    ward_fails(wards, ward, false);
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

void
ward_forget(struct wards *wards, struct ward *ward)
{
    ward->generation = 0;
    ward->entry.facts = (struct schedule_facts){.lifetime = 0};
    ward_fails(wards, ward, false);
}

struct ward *
wards_find(const struct wards *wards, const char *name)
{
    return (struct ward *)(uintptr_t)table_find(&wards->names, name, "");
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

    if (!template || !template->of_users)
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
