/* SPDX-License-Identifier: MIT */
/*
 * job.c - the decisions around one exchange; see job.h.
 *
 * The kept record and the back-off note are read twice: before the lock, so
 * that a good token needs none, and again once it is held, because whoever
 * held it before may have done the work.
 */
#include "helper/fetch/job.h"

#include <string.h>

#include "helper/exchange/refusal.h"
#include "helper/fetch/job_source.h"
#include "helper/fetch/publish.h"

void
job_end(struct job *job)
{
    job->state = JOB_ENDED;
    keeper_close(&job->keeper);
    store_leave(&job->place);
}

void
job_end_with(struct job *job, const struct tw_error *err)
{
    job->result = *err;
    job_end(job);
}

void
job_init(struct job *job, const struct job_context *context,
         const struct profile_set *set, const char *name)
{
    const struct profile *profile = NULL;
    struct tw_error err;

    if (!profiles_find(set, name, &profile, &err)) {
        job_init_with(job, context, profile);
        return;
    }
    job_init_with(job, context, NULL);
    job_end_with(job, &err);
}

void
job_init_with(struct job *job, const struct job_context *context,
              const struct profile *profile)
{
    job->context = context;
    job->profile = profile;
    job->kept = RECORD_INIT;
    job->keeper = KEEPER_INIT;
    job->change = (struct store_change)STORE_CHANGE_INIT;
    job->place = (struct store_profile){.dir = -1, .lock = -1};
    if (profile && !fingerprint_of(job->profile, job->fingerprint)) {
        (void)tw_fail(&job->result, TW_E_SYSTEM, "SHA-256 is not available");
        job->state = JOB_ENDED;
    }
}

void
job_look(struct job *job)
{
    if (job->place.is_new)
        return;
    record_clear(&job->kept);
    job->expected =
        store_record(&job->place, &job->kept, NULL) ? 0 : job->kept.generation;
    store_note(&job->place, 0, &job->note);
    job->has_note = job->note.failures || job->note.rejections ||
                    job->note.not_before.wall;
    if (strcmp(job->note.fingerprint, job->fingerprint) != 0)
        job->note = (struct backoff){.rejections = job->note.rejections};
}

/* Of this very profile, and alive for @wanted seconds? */
static bool
is_kept_for(const struct job *job, int64_t wanted, struct now now)
{
    int64_t left = job->expected ? record_left(&job->kept, now) : 0;

    return left > 0 && left >= wanted &&
           strcmp(job->kept.fingerprint, job->fingerprint) == 0;
}

static bool
is_good(const struct job *job, struct now now)
{
    const struct fetch_options *options = job->context->options;

    if (options->force || (job->expected && record_is_behind(&job->kept)))
        return false;
    if (options->background && record_refresh_left(&job->kept, now) <= 0)
        return false;
    return is_kept_for(job, record_wanted(&job->kept, options->min_valid),
                       now);
}

/* The token is good, but the profile's file was touched: note how it looks
 * now, and see that the token file is right. */
static void
keep(struct job *job)
{
    (void)publish_source(job->profile, &job->place, &job->kept);
    (void)store_mend(&job->place, &job->kept, &job->result);
    job_end(job);
}

bool
job_is_done_by_another(struct job *job)
{
    job_look(job);
    if (!is_good(job, clock_now()))
        return false;
    job->result = (struct tw_error){.status = TW_OK};
    keep(job);
    return true;
}

/* Says why no request is made, unless a living token is answer enough. */
bool
job_refuse(struct job *job, struct now now)
{
    if (!job->context->options->force && is_kept_for(job, 1, now)) {
        job->result = (struct tw_error){.status = TW_OK};
        keep(job);
    } else {
        job_end(job);
    }
    return false;
}

/* May a request be made now?  If not, the job has ended. */
static bool
may_ask(struct job *job, struct now now)
{
    int64_t left = backoff_left(&job->note, now);

    if (job->context->options->force || left == 0 ||
        (job->profile->source_number
             ? job->note.failures > 0 /* each source has a note of its own */
             : refusal_is_over(&job->note, job->profile,
                               &job->context->secrets)))
        return true;
    retry_explain(&job->note, job->profile->name, job->kept.lifetime, left,
                  now, &job->result);
    return job_refuse(job, now);
}

/* Looks into the profile's directory.  Who comes again may know less of its
 * readers than who was there since. */
static enum tw_status
enter(struct job *job, struct tw_error *err)
{
    const bool is_first = job->place.dir < 0;
    enum tw_status status = TW_OK;

    if (is_first)
        status = store_enter(job->context->store, job->profile->name,
                             &job->place, err);
    if (!status && is_first)
        status = store_admit(&job->place, profile_readers(job->profile), err);
    if (!status)
        job_look(job);
    return status;
}

bool
job_wants(struct job *job)
{
    struct now now = clock_now();
    struct tw_error err;

    if (job->state == JOB_ENDED)
        return false;
    if (enter(job, &err)) {
        job_end_with(job, &err);
        return false;
    }
    return !is_good(job, now) && (job->context->options->force ||
                                  backoff_left(&job->note, now) == 0);
}

void
job_block(struct job *job, const struct job *needed)
{
    if (job->state == JOB_ENDED || job->profile->then ||
        !needed->result.status || !needed->profile ||
        is_kept_for(needed, 1, clock_now()))
        return;
    (void)tw_fail(&job->result, (enum tw_status)needed->result.status,
                  "profile '%s' needs the token of '%s': %s",
                  job->profile->name, needed->profile->name,
                  needed->result.message);
    job_end(job);
}

/* Whoever waited for the lock of what a session's end removed would bring its
 * token back. */
static enum tw_status
lock(struct job *job, int64_t deadline_ms, struct tw_error *err)
{
    enum tw_status status;

    if (!job->context->options->is_session)
        return store_lock(&job->place, deadline_ms, err);
    status = store_lock_here(&job->place, deadline_ms, err);
    return status == TW_E_NOT_FOUND
               ? tw_fail(err, TW_E_RETRY,
                         "the session that '%s' was for has ended",
                         job->profile->name)
               : status;
}

/* Finds a token that is good, or takes the lock. */
static enum tw_status
prepare(struct job *job, int64_t lock_deadline_ms, bool *kept,
        struct tw_error *err)
{
    enum tw_status status = enter(job, err);

    if (status)
        return status;
    *kept = is_good(job, clock_now());
    if (*kept)
        return TW_OK;
    status = lock(job, lock_deadline_ms, err);
    if (!status)
        status = job_check_readers(job, err);
    if (status)
        return status;
    if (job->place.is_new) { /* in the place of one that was removed */
        record_clear(&job->kept);
        job->expected = 0;
        job->note = (struct backoff){.failures = 0};
        job->has_note = false;
    }
    job_look(job);
    *kept = is_good(job, clock_now());
    return TW_OK;
}

void
job_give_way(struct job *job, const struct tw_error *why)
{
    /* Who has gone on to another source does not go back. */
    bool later = why->status == TW_E_RETRY && job->lock_deadline_ms == 0 &&
                 !job->account.count;

    store_unlock(&job->place);
    if (later && job->context->options->background)
        job_end(job);
    else if (later)
        job->state = JOB_CONTENDED;
    else
        job_end_with(job, why);
}

void
job_begin(struct job *job, struct http *http, int64_t lock_deadline_ms)
{
    struct tw_error err;
    bool kept;

    if (job->state == JOB_ENDED)
        return;
    job->http = http;
    job->lock_deadline_ms = lock_deadline_ms;
    if (prepare(job, lock_deadline_ms, &kept, &err))
        job_give_way(job, &err);
    else if (kept)
        keep(job);
    else if (may_ask(job, clock_now()))
        job_source_ask(job);
}

bool
job_is_busy(const struct job *job)
{
    return job->state == JOB_BUSY;
}

bool
job_keeps(const struct job *job)
{
    const bool asks =
        job->exchange && exchange_wake_ms(job->exchange) == INT64_MAX;

    return job->state == JOB_BUSY && job_source_keeps(job) &&
           (asks || job->is_writing);
}

bool
job_is_writing(const struct job *job)
{
    return job->is_writing;
}

bool
job_has_answer(const struct job *job)
{
    return job->is_writing && !job->is_rescuing;
}

bool
job_has_ended(const struct job *job)
{
    return job->state == JOB_ENDED;
}

bool
job_is_contended(const struct job *job)
{
    return job->state == JOB_CONTENDED;
}

int64_t
job_wake_ms(const struct job *job)
{
    int64_t wake_ms;

    if (job->state == JOB_BUSY && job->goes_on)
        return 0;
    if (job->state != JOB_BUSY || !job->exchange)
        return INT64_MAX;
    wake_ms = exchange_wake_ms(job->exchange);
    return wake_ms > job->again_ms ? wake_ms : job->again_ms;
}

void
job_turn(struct job *job, int64_t now_ms)
{
    if (job->state == JOB_BUSY && job->goes_on)
        job_source_next(job);
    else if (job->state != JOB_BUSY || !job->exchange)
        return;
    else if (job_awaits_person(job) && !exchange_is_due(job->exchange, now_ms))
        job_rest(job);
    else if (job_resume(job, now_ms))
        exchange_turn(job->exchange, now_ms);
}

void
job_expire(struct job *job)
{
    const struct tw_error *held_up = job_held_up(job);

    if (job->state != JOB_BUSY || job->is_writing || job->is_counting)
        return;
    (void)tw_fail(&job->result, TW_E_RETRY, "'%s' was not fetched in time",
                  job->profile->name);
    if (held_up)
        job->result = *held_up;
    if (job->is_resting) /* the server has no part in it */
        job_end(job);
    else
        job_source_expire(job);
}

const struct tw_error *
job_held_up(const struct job *job)
{
    const struct tw_error *err =
        job->exchange ? exchange_error(job->exchange) : NULL;

    if (job->held_up.status)
        return &job->held_up;
    return err && err->status == TW_E_RETRY ? err : NULL;
}

void
job_stop(struct job *job, const struct tw_error *why)
{
    if (job->state == JOB_BUSY)
        job_end_with(job, why);
}

const struct tw_error *
job_result(const struct job *job)
{
    return &job->result;
}

void
job_clear(struct job *job)
{
    exchange_free(job->exchange);
    exchange_free(job->retired);
    discovery_free(job->discovery);
    record_clear(&job->kept);
    keeper_close(&job->keeper);
    store_change_clear(&job->change);
    store_leave(&job->place);
    profile_release(job->profile); /* the last, it lent all of them its name */
}
