/* SPDX-License-Identifier: MIT */
/*
 * ward.c - see ward.h.
 */
#include "helper/serve/ward.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/profile/fingerprint.h"
#include "helper/serve/wards.h"

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
ward_forget(struct wards *wards, struct ward *ward)
{
    ward->generation = 0;
    ward->entry.facts = (struct schedule_facts){.lifetime = 0};
    ward_fails(wards, ward, false);
}
