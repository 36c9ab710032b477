/* SPDX-License-Identifier: MIT */
/*
 * ask.c - look, perhaps start the helper, look again.
 *
 * The user's record hides the system's of the same name, also while it is
 * dead or not there yet: a user's profile never mixes with the system's.
 */
#include "provider/base/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "provider/base/backoff.h"
#include "provider/base/bring.h"
#include "provider/base/index.h"

/* <dir>/<profile>/<file> */
static bool
path_of(char out[RUNTIME_PATH_MAX], const char *dir, const char *profile,
        const char *file)
{
    const char *const parts[] = {dir, "/", profile, "/", file, NULL};

    return dir[0] && text_join(out, RUNTIME_PATH_MAX, parts);
}

/* The caller's own record.  The id it was started with is known without a
 * system call; whoever changed it since is asked again. */
static enum tw_status
look_in_user(const char *path, struct record *out, struct tw_error *err)
{
    uid_t started = (uid_t)getauxval(AT_EUID);
    enum tw_status status =
        record_read(AT_FDCWD, path, started, true, out, err);

    if (status == TW_E_ACCESS && geteuid() != started)
        status = record_read(AT_FDCWD, path, geteuid(), true, out, err);
    return status;
}

static enum tw_status
look_in_system(const struct runtime *runtime, const char *profile,
               struct record *out, struct tw_error *err)
{
    char path[RUNTIME_PATH_MAX];
    struct stat st;

    if (!path_of(path, runtime->system, profile, "record") ||
        lstat(runtime->system, &st) < 0 || !S_ISDIR(st.st_mode))
        return tw_fail(err, TW_E_NOT_FOUND, "no record of '%s'", profile);
    return record_read(AT_FDCWD, path, st.st_uid, false, out, err);
}

enum tw_status
look_record_in(const struct runtime *runtime, bool system, const char *profile,
               struct record *out, struct tw_error *err)
{
    char path[RUNTIME_PATH_MAX];

    if (system)
        return look_in_system(runtime, profile, out, err);
    if (!path_of(path, runtime->user, profile, "record"))
        return tw_fail(err, TW_E_NOT_FOUND, "no runtime directory");
    return look_in_user(path, out, err);
}

enum tw_status
look_record(const struct runtime *runtime, const char *profile,
            struct record *out, bool *system, struct tw_error *err)
{
    enum tw_status status = look_record_in(runtime, false, profile, out, err);

    *system = false;
    if (status == TW_E_ACCESS && !runtime_has_place(runtime))
        status = tw_fail(err, TW_E_NOT_FOUND, "no runtime directory");
    if (status != TW_E_NOT_FOUND ||
        look_record_in(runtime, true, profile, out, NULL))
        return status;
    *system = true;
    return TW_OK;
}

/* Is there a user's profile of that name, though it has no record yet?  Where
 * the profiles have changed the helper is given three seconds to tell; if it
 * may not be started, it is as it was when it last did. */
static bool
user_has_profile(const struct runtime *runtime, const char *profile,
                 unsigned flags, bool *unsure)
{
    int wait_ms = flags & ASK_CACHED ? 0 : TW_WAIT_ALIVE_S * 1000;
    AUTO_INDEX index = INDEX_INIT;

    *unsure = false;
    if (!runtime->user[0] || !runtime->config[0] ||
        access(runtime->config, F_OK) < 0 || !runtime_has_place(runtime))
        return false;
    *unsure =
        index_open(runtime->user, runtime->config, wait_ms, &index, NULL) ||
        !index.current;
    return !(*unsure && (flags & ASK_UNSURE)) && index_hides(&index, profile);
}

enum tw_status
look_given(const struct runtime *runtime, const char *profile,
           struct record *out, bool *system, struct tw_error *err)
{
    enum tw_status status = look_record(runtime, profile, out, system, err);
    bool unsure;

    if (status || !*system || !user_has_profile(runtime, profile, 0, &unsure))
        return status;
    record_clear(out);
    return tw_fail(err, TW_E_NOT_FOUND, "no record of '%s'", profile);
}

static bool
may_fetch(const struct runtime *runtime, const char *profile, struct now now)
{
    struct backoff backoff;
    char path[RUNTIME_PATH_MAX];

    return path_of(path, runtime->user, profile, "backoff") &&
           (backoff_read(AT_FDCWD, path, &backoff),
            backoff_left(&backoff, now) == 0);
}

static bool
source_changed(const struct record *record)
{
    return (record->source[0] &&
            !mark_is_current(record->source, record->source_mark)) ||
           record_is_behind(record);
}

/* Until when whoever has @left seconds of a token, and began at @begun_ms,
 * waits for another one. */
static int64_t
wait_until_ms(int64_t begun_ms, int64_t left)
{
    int wait_s = left > 0 ? TW_WAIT_ALIVE_S : TW_WAIT_S;

    return begun_ms + (int64_t)wait_s * 1000;
}

static enum tw_status
fail_cached(const char *profile, bool system, enum tw_status looked,
            struct tw_error *err)
{
    if (looked == TW_E_ACCESS || looked == TW_E_SYSTEM)
        return looked;
    if (system)
        return tw_fail(err, TW_E_RETRY,
                       "the system's token of '%s' has run out, and its "
                       "service has not brought a new one",
                       profile);
    return tw_fail(err, TW_E_NOT_FOUND, "no living token of '%s' is kept",
                   profile);
}

/* Whoever has no place for tokens, and no profiles either, has the system's
 * alone, and its index tells which there are.  False: it is not known what is
 * missing. */
static bool
explain_absent(const struct runtime *runtime, const char *profile,
               struct tw_error *failure)
{
    AUTO_RECORD record = RECORD_INIT;
    AUTO_INDEX index = INDEX_INIT;

    if ((runtime->config[0] && access(runtime->config, F_OK) == 0) ||
        index_open(runtime->system, NULL, 0, &index, NULL))
        return false;
    if (!index_has_instance(&index, profile))
        (void)tw_fail(failure, TW_E_NOT_FOUND,
                      "the system has no profile '%s'", profile);
    else if (look_in_system(runtime, profile, &record, failure) != TW_E_ACCESS)
        (void)tw_fail(failure, TW_E_RETRY,
                      "'%s' is kept by the system's resident helper, which "
                      "is not there\nroot starts it, with systemd by: "
                      "systemctl start tokenward",
                      profile);
    return true;
}

/* Starts the helper, waits, and looks again.  @out holds a record that is
 * not good enough, perhaps a dead one or none.  Without a place for tokens, as
 * a service's account is, all are the system's, and a helper of its own can
 * only say what is missing. */
static enum tw_status
fetch_and_look(const struct runtime *runtime, const char *profile,
               int64_t min_valid, bool shadowed, int64_t until_ms,
               struct answer *out, struct tw_error *err)
{
    struct tw_error failure = {.status = TW_OK}, theirs = failure;
    bool homeless = !runtime_has_place(runtime), brought = false;
    enum tw_status status;

    if (homeless)
        brought = bring_system_token(runtime, profile, min_valid, until_ms,
                                     &failure) != TW_E_NOT_FOUND ||
                  explain_absent(runtime, profile, &failure);
    if (!brought)
        (void)bring_token(runtime, profile, min_valid, until_ms, &failure);
    if (failure.status == TW_E_NOT_FOUND && !homeless && !shadowed &&
        bring_system_token(runtime, profile, min_valid, until_ms, &theirs) !=
            TW_E_NOT_FOUND)
        failure = theirs;
    status = look_record(runtime, profile, &out->record, &out->system, err);
    if (!status && out->system && shadowed)
        status = TW_E_NOT_FOUND;
    out->left = status ? 0 : record_left(&out->record, clock_now());
    if (out->left <= 0 && failure.status == TW_E_NOT_FOUND &&
        look_record_in(runtime, true, profile, &out->record, err) ==
            TW_E_ACCESS)
        return TW_E_ACCESS; /* it is the system's, and closed to the caller */
    if (out->left <= 0)
        return failure.status ? error_copy(err, &failure)
                              : fail_cached(profile, false, status, err);
    (void)error_copy(out->stale, &failure);
    return TW_OK;
}

/* The same with the system's resident helper, if it is there. */
static enum tw_status
bring_and_look(const struct runtime *runtime, const char *profile,
               int64_t min_valid, int64_t until_ms, struct answer *out,
               struct tw_error *err)
{
    struct tw_error failure = {.status = TW_OK};
    enum tw_status status;

    (void)bring_system_token(runtime, profile, min_valid, until_ms, &failure);
    if (failure.status == TW_E_NOT_FOUND) /* nobody is there */
        failure = (struct tw_error){.status = TW_OK};
    status = look_record_in(runtime, true, profile, &out->record, err);
    out->left = status ? 0 : record_left(&out->record, clock_now());
    if (out->left <= 0)
        return failure.status ? error_copy(err, &failure)
                              : fail_cached(profile, true, status, err);
    (void)error_copy(out->stale, &failure);
    return TW_OK;
}

static enum tw_status
ask(const struct runtime *runtime, const char *profile, int64_t min_valid,
    unsigned flags, struct answer *out, struct tw_error *err)
{
    int64_t begun_ms = clock_monotonic_ms(), until_ms;
    enum tw_status status =
        look_record(runtime, profile, &out->record, &out->system, err);
    bool shadowed = !status && out->system &&
                    user_has_profile(runtime, profile, flags, &out->unsure);
    bool ours = !out->system || shadowed, good;
    struct now now = clock_now(); /* a look at the profiles may have waited */

    out->left = status || shadowed ? 0 : record_left(&out->record, now);
    good =
        out->left > 0 && out->left >= record_wanted(&out->record, min_valid);
    if (good && ours && (flags & ASK_SOURCE))
        good = !source_changed(&out->record);
    until_ms = wait_until_ms(begun_ms, out->left);
    out->due = good && ours && record_refresh_left(&out->record, now) <= 0;
    if (out->due && !(flags & ASK_CACHED) &&
        may_fetch(runtime, profile, now)) {
        bring_ahead(runtime, profile);
        out->left = record_left(&out->record, clock_now());
        good = out->left > 0; /* one that is slow to begin kept us */
    }
    if (!good && !ours && !(flags & ASK_CACHED))
        return bring_and_look(runtime, profile, min_valid, until_ms, out, err);
    if (!good && ours && !(flags & ASK_CACHED))
        return fetch_and_look(runtime, profile, min_valid, shadowed, until_ms,
                              out, err);
    if (out->left <= 0)
        return fail_cached(profile, out->system, status, err);
    return TW_OK;
}

enum tw_status
ask_record(const struct runtime *runtime, const char *profile,
           int64_t min_valid, unsigned flags, struct answer *out,
           struct tw_error *err)
{
    enum tw_status status = ask(runtime, profile, min_valid, flags, out, err);

    if (status)
        answer_clear(out);
    return status;
}

enum tw_status
ask_reject(const struct runtime *runtime, const char *profile,
           int64_t generation, const char *token, struct tw_error *err)
{
    AUTO_RECORD record = RECORD_INIT;
    bool system = false;

    (void)look_record(runtime, profile, &record, &system, NULL);
    if (record.token &&
        !bytes_equal(token, strlen(token), record.token, record.token_len))
        return TW_OK;
    return bring_rejection(runtime, system, profile, generation,
                           wait_until_ms(clock_monotonic_ms(), 0), err);
}

enum tw_status
ask_reject_record(const struct runtime *runtime, const struct record *record,
                  bool system, const char *profile, struct tw_error *err)
{
    if (!record->token)
        return TW_OK;
    return bring_rejection(runtime, system, profile, record->generation,
                           wait_until_ms(clock_monotonic_ms(), 0), err);
}

void
answer_clear(struct answer *answer)
{
    record_clear(&answer->record);
    answer->left = 0;
    answer->due = answer->system = answer->unsure = false;
}
