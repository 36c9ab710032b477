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
#include <string.h>
#include <unistd.h>

#include "helper/exchange/explain.h"
#include "helper/exchange/keeper.h"
#include "helper/exchange/refusal.h"
#include "helper/profile/fingerprint.h"
#include "helper/setup/doctor.h"
#include "provider/base/auto.h"

/* What of a profile is looked at. */
struct look {
    struct doctor *doctor;
    const struct profile *profile;
    const struct store *store;
    bool is_alive; /* its token */
};

static void
say_token(struct look *look, const struct record *record, struct now now)
{
    int64_t left = record_left(record, now);
    char text[64];

    look->is_alive = left > 0;

    (void)snprintf(text, sizeof text,
                   !record->token ? "rejected"
                   : left <= 0    ? "run out"
                                  : "alive for %lld s",
                   (long long)left);
    doctor_say(look->doctor, look->is_alive ? SHEET_GOOD : SHEET_WARN, TW_OK,
               "token", -1, text);
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
look_at_record(struct look *look, const struct store_profile *place)
{
    struct doctor *doctor = look->doctor;
    AUTO_RECORD record = RECORD_INIT;
    struct tw_error err;
    enum tw_status status = store_record(place, &record, &err);

    if (!status)
        say_token(look, &record, clock_now());
    else if (status != TW_E_NOT_FOUND)
        say_unreadable(doctor, place, &err);
    else if (faccessat(place->dir, "record", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        doctor_say(doctor, SHEET_WARN, TW_OK, "token", -1, err.message);
    else
        doctor_say(doctor, SHEET_SKIPPED, TW_OK, "token", -1, "none is kept");
}

/* A refusal of what would be sent now: who asks for a token gets none.  Each
 * source of a stack is asked again when the whole of it failed. */
static bool
is_refused(const struct look *look, const struct backoff *note)
{
    const struct secret_context secrets =
        session_secrets(look->doctor->session, look->store);
    char fingerprint[FINGERPRINT_SIZE];

    return !look->is_alive && !look->profile->source_number &&
           strcmp(note->status, tw_status_name(TW_E_DENIED)) == 0 &&
           fingerprint_of(look->profile, fingerprint) &&
           strcmp(note->fingerprint, fingerprint) == 0 &&
           !refusal_is_over(note, look->profile, &secrets);
}

static void
look_at_note(const struct look *look, const struct store_profile *place)
{
    struct backoff note = {.failures = 0};
    char text[1200];

    store_note(place, 0, &note);
    if (!note.message[0])
        return;
    (void)snprintf(text, sizeof text, "the last fetch failed %lld s ago: %s",
                   (long long)backoff_age(&note, clock_now()), note.message);
    doctor_say(look->doctor, is_refused(look, &note) ? SHEET_BAD : SHEET_WARN,
               TW_E_DENIED, "token", -1, text);
}

/* Entering would make what is not there. */
static void
look_at_token(struct look *look)
{
    struct doctor *doctor = look->doctor;
    const struct store *store = look->store;
    const char *name = look->profile->name;
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
    look_at_record(look, &place);
    look_at_note(look, &place);
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
    struct look look = {.doctor = doctor, .profile = profile, .store = store};

    if (source && (source->module->provider.needs & TW_KEEPS_REFRESH_TOKEN))
        look_at_login(doctor, source);
    if (store->root >= 0)
        look_at_token(&look);
}
