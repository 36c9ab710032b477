/* SPDX-License-Identifier: MIT */
/*
 * handle.c - a profile opened for reading; the public functions around it.
 *
 * The token in hand is given without a system call while four things hold:
 * the epoch pages stand where they stood before its record was read, the last
 * look is under ten seconds ago, the wall clock was not set and the machine
 * did not sleep since (both show as a changed difference of the two coarse
 * clocks, which cost 6 ns each where the fine ones cost 26), and the token
 * lives for long enough.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "provider/base/ask.h"
#include "provider/base/epoch.h"
#include "provider/client/token.h"

#define TRUST_S 10  /* between two looks at the record */
#define APART_MAX 1 /* seconds by which the clocks may drift in that time */

struct tw_handle {
    struct runtime runtime;
    char profile[PROFILE_NAME_MAX + 1];
    pthread_mutex_t lock;   /* of what follows; held for no system call */
    struct tw_token *token; /* NULL: none yet */
    int64_t lifetime;
    int64_t good_until; /* wall seconds, by both clocks when it was read */
    int64_t refresh_at; /* wall seconds: then ask_record() starts a refresh */
    int64_t looked_at;  /* CLOCK_MONOTONIC_COARSE seconds */
    int64_t apart;      /* wall minus monotonic at that moment */
    uint64_t seen;      /* the epochs before the record was read */
    int64_t asked_at;   /* monotonic seconds of the last refresh started */
    struct epoch user, system;
    bool looked;            /* once: the epoch is mapped at the second look */
    pthread_mutex_t asking; /* held by the one thread that runs the helper */
};

struct coarse {
    int64_t wall, monotonic;
};

static struct coarse
coarse_now(void)
{
    struct timespec wall = {0}, monotonic = {0};

    (void)clock_gettime(CLOCK_REALTIME_COARSE, &wall);
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &monotonic);
    return (struct coarse){.wall = wall.tv_sec, .monotonic = monotonic.tv_sec};
}

static uint64_t
epochs(const struct tw_handle *handle)
{
    return epoch_value(&handle->user) + epoch_value(&handle->system);
}

EXPORTED int
tw_open(const char *profile, struct tw_handle **out, struct tw_error *err)
{
    struct tw_handle *handle;

    if (!profile || !out || !text_is_profile_name(profile))
        return (int)tw_fail(err, TW_E_USAGE,
                            "a profile's name is 1 to %d letters, digits, "
                            "'.', '_' and '-'",
                            PROFILE_NAME_MAX);
    handle = calloc(1, sizeof *handle);
    if (!handle)
        return (int)tw_no_memory(err);
    memcpy(handle->profile, profile, strlen(profile) + 1);
    runtime_guess(&handle->runtime);
    (void)pthread_mutex_init(&handle->lock, NULL);
    (void)pthread_mutex_init(&handle->asking, NULL);
    *out = handle;
    return TW_OK;
}

EXPORTED void
tw_close(struct tw_handle *handle)
{
    if (!handle)
        return;
    tw_token_free(handle->token);
    epoch_unmap(&handle->user);
    epoch_unmap(&handle->system);
    (void)pthread_mutex_destroy(&handle->lock);
    (void)pthread_mutex_destroy(&handle->asking);
    free(handle);
}

/* The token in hand, held once more, if it needs no look; else NULL. */
static struct tw_token *
take_in_hand(struct tw_handle *handle, int64_t min_valid)
{
    struct coarse now = coarse_now();
    struct tw_token *token = NULL;
    int64_t drift;

    (void)pthread_mutex_lock(&handle->lock);
    drift = now.wall - now.monotonic - handle->apart;
    if (handle->token && handle->user.page && epochs(handle) == handle->seen &&
        now.monotonic - handle->looked_at < TRUST_S && drift <= APART_MAX &&
        drift >= -APART_MAX && now.wall < handle->refresh_at &&
        now.wall + lifetime_wanted(handle->lifetime, min_valid) <
            handle->good_until)
        token = tw_token_ref(handle->token);
    (void)pthread_mutex_unlock(&handle->lock);
    return token;
}

/* Makes what was read the token in hand; gives it, held once for the caller.
 */
static struct tw_token *
put_in_hand(struct tw_handle *handle, const struct record *record,
            uint64_t seen)
{
    struct coarse now = coarse_now();
    int64_t left = record_left(record, clock_now());
    struct tw_token *token = token_new(record), *before;

    if (!token)
        return NULL;
    (void)pthread_mutex_lock(&handle->lock);
    before = handle->token;
    handle->token = tw_token_ref(token);
    handle->lifetime = record->lifetime;
    handle->good_until = now.wall + left;
    handle->refresh_at = record->refresh_at;
    handle->looked_at = now.monotonic;
    handle->apart = now.wall - now.monotonic;
    handle->seen = seen;
    (void)pthread_mutex_unlock(&handle->lock);
    tw_token_free(before);
    return token;
}

/* The second look maps the epoch, later ones see that it is still the file
 * in the directory.  A page that another thread may be reading is replaced
 * only under the lock. */
static void
map_epochs(struct tw_handle *handle)
{
    struct epoch user, system = {.page = NULL};
    bool current;
    struct stat st;

    (void)pthread_mutex_lock(&handle->lock);
    current = !handle->looked ||
              epoch_is_current(&handle->user, handle->runtime.user);
    handle->looked = true;
    (void)pthread_mutex_unlock(&handle->lock);
    if (current)
        return;
    epoch_map(handle->runtime.user, geteuid(), &user);
    if (lstat(handle->runtime.system, &st) == 0)
        epoch_map(handle->runtime.system, st.st_uid, &system);
    (void)pthread_mutex_lock(&handle->lock);
    epoch_unmap(&handle->user);
    epoch_unmap(&handle->system);
    handle->user = user;
    handle->system = system;
    (void)pthread_mutex_unlock(&handle->lock);
}

static uint64_t
read_epochs(struct tw_handle *handle)
{
    uint64_t seen;

    (void)pthread_mutex_lock(&handle->lock);
    seen = epochs(handle);
    (void)pthread_mutex_unlock(&handle->lock);
    return seen;
}

/* One thread of a handle starts a due refresh, and that once a second. */
static bool
may_refresh(struct tw_handle *handle)
{
    int64_t now = coarse_now().monotonic;
    bool may;

    (void)pthread_mutex_lock(&handle->lock);
    may = now != handle->asked_at;
    handle->asked_at = now;
    (void)pthread_mutex_unlock(&handle->lock);
    return may;
}

static enum tw_status
look(struct tw_handle *handle, int64_t min_valid, struct answer *out,
     struct tw_error *err)
{
    struct now now = clock_now();
    enum tw_status status = look_record(&handle->runtime, handle->profile,
                                        &out->record, &out->system, err);
    int64_t left = status ? 0 : record_left(&out->record, now);

    if (status || left < record_wanted(&out->record, min_valid) || left <= 0 ||
        out->system)
        return status ? status : TW_E_RETRY;
    if (out->record.refresh_at <= now.wall && may_refresh(handle))
        return TW_E_RETRY;
    return TW_OK;
}

/* Runs the helper, one thread of a handle at a time. */
static enum tw_status
ask(struct tw_handle *handle, int64_t min_valid, struct answer *out,
    struct tw_error *err)
{
    enum tw_status status;

    (void)pthread_mutex_lock(&handle->asking);
    status =
        ask_record(&handle->runtime, handle->profile, min_valid, 0, out, err);
    (void)pthread_mutex_unlock(&handle->asking);
    return status;
}

EXPORTED int
tw_get(struct tw_handle *handle, int64_t min_valid, struct tw_token **out,
       struct tw_error *err)
{
    struct tw_token *token;
    uint64_t seen;
    enum tw_status status;

    if (!handle || !out || min_valid < TW_MIN_VALID_DEFAULT)
        return (int)tw_fail(err, TW_E_USAGE, "tw_get: bad argument");
    token = take_in_hand(handle, min_valid);
    if (!token) {
        AUTO_ANSWER answer = ANSWER_INIT;

        map_epochs(handle);
        seen = read_epochs(handle);
        status = look(handle, min_valid, &answer, err);
        if (status)
            status = ask(handle, min_valid, &answer, err);
        if (status)
            return (int)status;
        token = put_in_hand(handle, &answer.record, seen);
    }
    if (!token)
        return (int)tw_no_memory(err);
    *out = token;
    return TW_OK;
}

EXPORTED int
tw_reject(struct tw_handle *handle, const struct tw_token *token,
          struct tw_error *err)
{
    struct tw_token *before = NULL;

    if (!handle || !token)
        return (int)tw_fail(err, TW_E_USAGE, "tw_reject: bad argument");
    (void)pthread_mutex_lock(&handle->lock);
    if (handle->token && handle->token->generation == token->generation)
        before = TAKE_POINTER(handle->token);
    (void)pthread_mutex_unlock(&handle->lock);
    tw_token_free(before);
    return (int)ask_reject(handle->profile, token->generation, err);
}
