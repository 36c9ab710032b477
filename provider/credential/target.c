/* SPDX-License-Identifier: MIT */
/*
 * target.c - see target.h.
 */
#include "provider/credential/target.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/own_name.h"
#include "provider/credential/granted.h"

/* The user's index, and where it is.  One that is where the environment says,
 * and is the user's own, needs no look at its directory.  Who has no profiles
 * starts no process to learn so. */
static enum tw_status
open_users(struct runtime *runtime, struct index *out, struct tw_error *err)
{
    enum tw_status status;

    runtime_guess(runtime);
    if (index_open(runtime->user, runtime->config, 0, out, NULL) == TW_OK &&
        out->current)
        return TW_OK;
    index_clear(out);
    runtime_find(runtime, NULL);
    if (!runtime->user[0] || !runtime->config[0] ||
        access(runtime->config, F_OK) < 0)
        return TW_OK;
    status =
        index_open(runtime->user, runtime->config, INDEX_WAIT_MS, out, err);
    return status == TW_E_NOT_FOUND ? TW_OK : status;
}

enum tw_status
target_find(const char *host, const char *path, struct target *out,
            struct tw_error *err)
{
    AUTO_INDEX users = INDEX_INIT;
    AUTO_INDEX systems = INDEX_INIT;
    enum tw_status status;

    *out = (struct target){.found = false};
    status = open_users(&out->runtime, &users, err);
    if (status)
        return status;
    out->found = route_find(&users, host, path, &out->route);
    if (!out->found &&
        index_open(out->runtime.system, NULL, 0, &systems, NULL) == TW_OK)
        out->found = out->system =
            route_find(&systems, host, path, &out->route);
    return TW_OK;
}

enum tw_status
target_name(const char *profile, struct target *out, struct tw_error *err)
{
    *out = (struct target){.found = true, .named = true};
    runtime_find(&out->runtime, NULL);
    return own_name(profile, out->route.profile, err);
}

/* Root, or the service. */
static bool
owns(const char *dir)
{
    struct stat st;

    return geteuid() == 0 || (lstat(dir, &st) == 0 && st.st_uid == geteuid());
}

enum tw_status
target_each(bool (*visit)(void *arg, const char *key, const char *value),
            void *arg, struct tw_error *err)
{
    AUTO_INDEX users = INDEX_INIT;
    AUTO_INDEX systems = INDEX_INIT;
    struct runtime runtime;
    enum tw_status status;

    status = open_users(&runtime, &users, err);
    if (status)
        return status;
    index_each(&users, visit, arg);
    if (index_open(runtime.system, NULL, 0, &systems, NULL) == TW_OK)
        granted_each(&systems, &users, owns(runtime.system), visit, arg);
    return TW_OK;
}

static bool
is_side(const struct target *target, bool system)
{
    return target->named || target->system == system;
}

enum tw_status
target_ask(const struct target *target, int64_t min_valid, bool *given,
           struct answer *out, struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    enum tw_status status = ask_record(&target->runtime, target->route.profile,
                                       min_valid, ASK_SOURCE, &answer, err);

    if (status)
        return status;
    *given =
        is_side(target, answer.system) && record_is_bearer(&answer.record);
    if (*given) {
        answer_clear(out);
        *out = answer;
        answer = ANSWER_INIT;
    }
    return TW_OK;
}

enum tw_status
target_demand(const struct target *target, int64_t min_valid,
              struct answer *out, struct tw_error *err)
{
    bool given = false;
    enum tw_status status = target_ask(target, min_valid, &given, out, err);

    if (status || given)
        return status;
    return tw_fail(err, TW_E_CONFIG,
                   "the token of '%s' is not for this client: it is no bearer "
                   "token, or another profile's of the same name",
                   target->route.profile);
}

int64_t
target_expiry(const struct answer *answer, int64_t margin_s)
{
    struct now now = clock_now();
    int64_t left = record_left(&answer->record, now);

    if (left < 0)
        left = 0;
    return now.wall + left - (margin_s < left / 2 ? margin_s : left / 2);
}

/* A late erase of an older token must not drop the one fetched since. */
enum tw_status
target_reject(const struct target *target,
              bool (*is_it)(const void *arg, const struct record *record),
              const void *arg, struct tw_error *err)
{
    AUTO_RECORD record = RECORD_INIT;
    bool system;
    enum tw_status status = look_given(&target->runtime, target->route.profile,
                                       &record, &system, err);

    if (status == TW_E_NOT_FOUND)
        return TW_OK;
    if (status)
        return status;
    if (!is_side(target, system) || !record.token ||
        (is_it && !is_it(arg, &record)))
        return TW_OK;
    return ask_reject_record(&target->runtime, &record, system,
                             target->route.profile, err);
}
