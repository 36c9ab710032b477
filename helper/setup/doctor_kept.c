/* SPDX-License-Identifier: MIT */
/*
 * doctor_kept.c - what is kept of a profile: is it there, can it be read, and
 * is it ours?  See doctor.h.
 *
 * A service user with another number, or a backup that was restored by root,
 * leaves all in place and nothing to be used.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "helper/exchange/explain.h"
#include "helper/exchange/keeper.h"
#include "helper/setup/doctor.h"
#include "provider/base/auto.h"

static void
say_token(struct doctor *doctor, const struct record *record, struct now now)
{
    int64_t left = record_left(record, now);
    char text[64];

    (void)snprintf(text, sizeof text,
                   !record->token ? "rejected"
                   : left <= 0    ? "run out"
                                  : "alive for %lld s",
                   (long long)left);
    doctor_say(doctor, left > 0 ? SHEET_GOOD : SHEET_WARN, TW_OK, "token", -1,
               text);
}

/* Whoever reads it by its whole path is told that, too. */
static void
say_unreadable(struct doctor *doctor, const struct store_profile *place,
               const struct tw_error *why)
{
    struct tw_error err;

    (void)tw_fail(&err, (enum tw_status)why->status,
                  "%s/%s/%s\nremove it, and another one is fetched",
                  place->store->path, place->name, why->message);
    doctor_fail(doctor, "token", -1, &err);
}

static void
look_at_record(struct doctor *doctor, const struct store_profile *place)
{
    AUTO_RECORD record = RECORD_INIT;
    struct tw_error err;
    enum tw_status status = store_record(place, &record, &err);

    if (!status)
        say_token(doctor, &record, clock_now());
    else if (status != TW_E_NOT_FOUND)
        say_unreadable(doctor, place, &err);
    else if (faccessat(place->dir, "record", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        doctor_say(doctor, SHEET_WARN, TW_OK, "token", -1, err.message);
    else
        doctor_say(doctor, SHEET_SKIPPED, TW_OK, "token", -1, "none is kept");
}

static void
look_at_note(struct doctor *doctor, const struct store_profile *place)
{
    struct backoff note = {.failures = 0};
    char text[1200];

    store_note(place, 0, &note);
    if (!note.message[0])
        return;
    (void)snprintf(text, sizeof text, "the last fetch failed %lld s ago: %s",
                   (long long)backoff_age(&note, clock_now()), note.message);
    doctor_say(doctor, SHEET_WARN, TW_OK, "token", -1, text);
}

/* Entering would make what is not there. */
static void
look_at_token(struct doctor *doctor, const char *name,
              const struct store *store)
{
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct tw_error err;

    if (faccessat(store->root, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
        errno == ENOENT) {
        doctor_say(doctor, SHEET_SKIPPED, TW_OK, "token", -1, "none is kept");
        return;
    }
    if (store_enter(store, name, &place, &err)) {
        doctor_fail(doctor, "token", -1, &err);
        return;
    }
    look_at_record(doctor, &place);
    look_at_note(doctor, &place);
}

static void
look_at_login(struct doctor *doctor, const struct profile *profile)
{
    struct tw_error err;
    char hint[PROFILE_NAME_MAX + 64];
    bool system = doctor->session->options.system;
    enum tw_status status = keeper_look(profile, system, &err);

    if (status && status != TW_E_NOT_FOUND) {
        doctor_fail(doctor, "login", -1, &err);
        return;
    }
    if (!status) {
        doctor_say(doctor, SHEET_GOOD, TW_OK, "login", -1,
                   "a refresh token is kept");
        return;
    }
    if (keeper_has_first(profile)) {
        doctor_say(doctor, SHEET_SKIPPED, TW_OK, "login", -1,
                   "none is kept yet: the profile's refresh_token is sent");
        return;
    }
    (void)snprintf(hint, sizeof hint, "run: tokenward login%s %s",
                   explain_system_option(system), profile->name);
    error_hint(&err, hint);
    doctor_say(doctor, SHEET_WARN, TW_OK, "login", -1, err.message);
}

void
doctor_kept(struct doctor *doctor, const struct profile *profile,
            const struct store *store)
{
    const struct profile *source = profile_login_source(profile);

    if (source && (source->module->provider.needs & TW_KEEPS_REFRESH_TOKEN))
        look_at_login(doctor, source);
    if (store->root >= 0)
        look_at_token(doctor, profile->name, store);
}
