/* SPDX-License-Identifier: MIT */
/*
 * handle.c - a profile opened for reading; the public functions around it.
 *
 * A get is one of three: the token in hand, without a system call; a look at
 * the record, which any number of threads take side by side; or the helper's
 * answer, for which one thread of a handle starts the helper and the others
 * wait, so that a program of a hundred threads starts one process and not a
 * hundred.  Whoever has a living token starts the helper once a second at
 * most, whatever it answers.
 *
 * A thread is not cancelled in here: one that ended while it asks would leave
 * its descriptors, and the others waiting for it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "provider/base/own_name.h"
#include "provider/client/hand.h"

#define LOOK (ASK_CACHED | ASK_UNSURE) /* starts no helper */

struct tw_handle {
    const struct runtime *_Atomic runtime; /* one of: */
    struct runtime at_first, later;
    uid_t user; /* who opened it */
    char profile[PROFILE_NAME_MAX + 1];
    pthread_mutex_t lock; /* of what follows; no system call under it but
                             those that look for the runtime directory and map
                             the epochs */
    bool is_placed;       /* there is, or was, a runtime directory */
    struct hand hand;
    bool looked;      /* once: the epochs are mapped at the second look */
    int64_t asked_at; /* monotonic ms; the last helper began or ended */
    bool asking;      /* a thread runs the helper */
    uint64_t answers; /* how often one has come */
    struct tw_error failure; /* the last one's; TW_OK: there is a token */
    pthread_cond_t answered;
};

static int
begin_whole(void)
{
    int before = PTHREAD_CANCEL_ENABLE;

    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    return before;
}

static void
end_whole(const int *before)
{
    (void)pthread_setcancelstate(*before, NULL);
}

/* Until the end of the scope: AUTO_WHOLE before = begin_whole();  What costs
 * no system call does without: it is no point of cancellation. */
#define AUTO_WHOLE AUTO(end_whole) __attribute__((unused)) int

/* What was tried in vain on the way to success is no news. */
static int
end(enum tw_status status, struct tw_error *err)
{
    if (!status && err) {
        err->status = TW_OK;
        err->message[0] = '\0';
    }
    return (int)status;
}

EXPORTED int
tw_open(const char *profile, struct tw_handle **out, struct tw_error *err)
{
    struct tw_handle *handle;
    pthread_condattr_t clock;
    char name[PROFILE_NAME_MAX + 1];
    AUTO_WHOLE before = begin_whole();
    enum tw_status status = own_name(profile ? profile : "", name, err);

    if (status)
        return (int)status;
    if (!out)
        return (int)tw_fail(err, TW_E_USAGE, "there is no place for a handle");
    handle = calloc(1, sizeof *handle);
    if (!handle)
        return (int)tw_no_memory(err);
    (void)strcpy(handle->profile, name);
    runtime_find(&handle->at_first, NULL);
    handle->is_placed = handle->at_first.user[0];
    if (!handle->is_placed)
        runtime_guess(&handle->at_first); /* it may be there later */
    handle->later = handle->at_first;
    handle->runtime = &handle->at_first;
    handle->user = geteuid();
    handle->asked_at = INT64_MIN;
    (void)pthread_mutex_init(&handle->lock, NULL);
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&handle->answered, &clock);
    (void)pthread_condattr_destroy(&clock);
    *out = handle;
    return end(TW_OK, err);
}

EXPORTED void
tw_close(struct tw_handle *handle)
{
    if (!handle)
        return;
    hand_clear(&handle->hand);
    (void)pthread_cond_destroy(&handle->answered);
    (void)pthread_mutex_destroy(&handle->lock);
    free(handle);
}

/* A program may begin before the login that brings its runtime directory.  Who
 * is another user for a while looks for no directory of that one. */
static void
find_place(struct tw_handle *handle)
{
    if (handle->is_placed || geteuid() != handle->user ||
        !runtime_find_later(&handle->later))
        return;
    handle->runtime = &handle->later;
    handle->is_placed = true;
}

/* Maps the epochs at the second look, sees at later ones that they are still
 * the files in their directories, and gives what they say.  Under the lock: a
 * page that another thread may be reading is not unmapped. */
static uint64_t
watch(struct tw_handle *handle)
{
    AUTO_WHOLE before = begin_whole();
    struct hand *hand = &handle->hand;
    const struct runtime *runtime;
    struct stat st;

    find_place(handle);
    runtime = handle->runtime;
    if (handle->looked) {
        if (!epoch_is_current(&hand->user_epoch, runtime->user)) {
            epoch_unmap(&hand->user_epoch);
            epoch_map(runtime->user, geteuid(), &hand->user_epoch);
        }
        if (!epoch_is_current(&hand->system_epoch, runtime->system)) {
            epoch_unmap(&hand->system_epoch);
            if (lstat(runtime->system, &st) == 0)
                epoch_map(runtime->system, st.st_uid, &hand->system_epoch);
        }
    }
    handle->looked = true;
    return hand_epochs(hand);
}

/* The token in hand, or NULL and what the epochs say before the look that is
 * needed. */
static struct tw_token *
take_in_hand(struct tw_handle *handle, int64_t min_valid, uint64_t *seen)
{
    struct tw_token *token;

    (void)pthread_mutex_lock(&handle->lock);
    token = hand_take(&handle->hand, min_valid);
    if (!token)
        *seen = watch(handle);
    (void)pthread_mutex_unlock(&handle->lock);
    return token;
}

/* The token in hand for who cannot look, as without a descriptor, or NULL. */
static struct tw_token *
keep_in_hand(struct tw_handle *handle)
{
    struct tw_token *token;

    (void)pthread_mutex_lock(&handle->lock);
    token = hand_keep(&handle->hand);
    (void)pthread_mutex_unlock(&handle->lock);
    return token;
}

static struct tw_token *
put_in_hand(struct tw_handle *handle, struct answer *answer, uint64_t seen)
{
    struct tw_token *token, *before = NULL;

    (void)pthread_mutex_lock(&handle->lock);
    token = hand_put(&handle->hand, answer, seen, &before);
    (void)pthread_mutex_unlock(&handle->lock);
    tw_token_free(before);
    return token;
}

/* Has no helper of this handle answered, or been started, within the last
 * second? */
static bool
may_refresh(struct tw_handle *handle)
{
    int64_t now = clock_monotonic_ms();
    bool may;

    (void)pthread_mutex_lock(&handle->lock);
    may = !handle->asking &&
          (handle->asked_at == INT64_MIN || now - handle->asked_at >= 1000);
    if (may)
        handle->asked_at = now;
    (void)pthread_mutex_unlock(&handle->lock);
    return may;
}

static bool
is_short(const struct answer *answer, int64_t min_valid)
{
    return answer->left < record_wanted(&answer->record, min_valid);
}

/* Is it time to have another one brought, though there is a living token? */
static bool
wants_refresh(struct tw_handle *handle, const struct answer *answer,
              int64_t min_valid)
{
    return (answer->due || is_short(answer, min_valid)) && may_refresh(handle);
}

static bool
begin_asking(struct tw_handle *handle)
{
    bool first;

    (void)pthread_mutex_lock(&handle->lock);
    first = !handle->asking;
    handle->asking = true;
    (void)pthread_mutex_unlock(&handle->lock);
    return first;
}

static void
end_asking(struct tw_handle *handle, const struct tw_error *failure)
{
    (void)pthread_mutex_lock(&handle->lock);
    handle->asking = false;
    handle->asked_at = clock_monotonic_ms();
    handle->answers++;
    handle->failure = *failure;
    (void)pthread_cond_broadcast(&handle->answered);
    (void)pthread_mutex_unlock(&handle->lock);
}

/* Waits for the answer that another thread's helper brings, and gives its
 * failure.  False: it has not come in time. */
static bool
await_answer(struct tw_handle *handle, int64_t until_ms,
             struct tw_error *failure)
{
    struct timespec until = {.tv_sec = until_ms / 1000,
                             .tv_nsec = (long)(until_ms % 1000 * 1000000)};
    uint64_t before;
    bool came;
    int result = 0;

    (void)pthread_mutex_lock(&handle->lock);
    before = handle->answers;
    while (handle->asking && handle->answers == before && result == 0)
        result =
            pthread_cond_timedwait(&handle->answered, &handle->lock, &until);
    came = !handle->asking || handle->answers != before;
    *failure = handle->failure;
    (void)pthread_mutex_unlock(&handle->lock);
    return came;
}

/* The helper's answer, by this thread or by another one. */
static enum tw_status
ask(struct tw_handle *handle, int64_t min_valid, bool alive,
    struct answer *out, struct tw_error *err)
{
    int64_t until_ms = clock_monotonic_ms() +
                       (int64_t)(alive ? TW_WAIT_ALIVE_S : TW_WAIT_S) * 1000;
    struct tw_error failure = {.status = TW_OK};

    while (!begin_asking(handle)) {
        bool came = await_answer(handle, until_ms, &failure);
        enum tw_status status = ask_record(handle->runtime, handle->profile,
                                           min_valid, LOOK, out, err);

        if ((status || out->unsure) && came && failure.status)
            return error_copy(err, &failure);
        if (!status &&
            (alive || !came || failure.status || !is_short(out, min_valid)))
            return TW_OK;
        if (!came)
            return tw_fail(err, TW_E_RETRY,
                           "no token of '%s' came within %d s",
                           handle->profile, TW_WAIT_S);
    }
    if (!ask_record(handle->runtime, handle->profile, min_valid, 0, out,
                    &failure))
        failure.status = TW_OK; /* what the first look said does not count */
    end_asking(handle, &failure);
    return error_copy(err, &failure);
}

/* By the record, or the helper. */
static enum tw_status
look(struct tw_handle *handle, int64_t min_valid, uint64_t seen,
     struct tw_token **out, struct tw_error *err)
{
    AUTO_WHOLE before = begin_whole();
    AUTO_ANSWER answer = ANSWER_INIT;
    enum tw_status status = ask_record(handle->runtime, handle->profile,
                                       min_valid, LOOK, &answer, err);

    if (status == TW_E_SYSTEM && (*out = keep_in_hand(handle)))
        return TW_OK;
    if (status || answer.unsure || wants_refresh(handle, &answer, min_valid))
        status = ask(handle, min_valid, !status, &answer, err);
    if (status)
        return status;
    *out = put_in_hand(handle, &answer, seen);
    return *out ? TW_OK : tw_no_memory(err);
}

EXPORTED int
tw_get(struct tw_handle *handle, int64_t min_valid, struct tw_token **out,
       struct tw_error *err)
{
    struct tw_token *token;
    uint64_t seen = 0;

    if (!handle || !out || min_valid < TW_MIN_VALID_DEFAULT)
        return (int)tw_fail(err, TW_E_USAGE, "tw_get: bad argument");
    token = take_in_hand(handle, min_valid, &seen);
    if (!token) {
        enum tw_status status = look(handle, min_valid, seen, &token, err);

        if (status)
            return (int)status;
    }
    *out = token;
    return end(TW_OK, err);
}

EXPORTED int
tw_reject(struct tw_handle *handle, const struct tw_token *token,
          struct tw_error *err)
{
    AUTO_WHOLE before = begin_whole();
    struct tw_token *dropped;

    if (!handle || !token)
        return (int)tw_fail(err, TW_E_USAGE, "tw_reject: bad argument");
    (void)pthread_mutex_lock(&handle->lock);
    dropped = hand_drop(&handle->hand, token);
    (void)pthread_mutex_unlock(&handle->lock);
    tw_token_free(dropped);
    return end(ask_reject(handle->runtime, handle->profile, token->generation,
                          token->value, err),
               err);
}
