/* SPDX-License-Identifier: MIT */
/*
 * job_source.c - a source is asked, or passed over; see job_source.h.
 */
#include "helper/fetch/job_source.h"

#include <stdio.h>
#include <string.h>

#include "helper/exchange/exchange_tell.h"
#include "helper/exchange/refusal.h"
#include "helper/fetch/publish.h"
#include "helper/store/metadata_kept.h"
#include "helper/store/quota.h"
#include "helper/store/secret_looks.h"

/* Without any_of there is one source, and one note. */
static struct backoff *
note_of(struct job *job)
{
    return job->source->source_number ? &job->source_note : &job->note;
}

void
job_source_note(struct job *job, const struct secret *mark,
                int64_t retry_after)
{
    publish_failure(&job->place, job->source->source_number, mark,
                    job->source_fingerprint, &job->result, retry_after,
                    note_of(job));
}

/* The profile's own note tells readers what came of all sources, and when
 * the first of them may be asked again. */
static void
conclude(struct job *job)
{
    struct now now = clock_now();

    stack_explain(&job->account, &job->result);
    if (!job->was_asked || job_is_refused_login(job)) {
        (void)job_refuse(job, now);
        return;
    }
    retry_after_failure(&job->note, &job->result, -1, now, 0);
    job->note.not_before = moment_after(now, job->soonest);
    (void)snprintf(job->note.fingerprint, sizeof job->note.fingerprint, "%s",
                   job->fingerprint);
    store_backoff(&job->place, 0, &job->note);
    job_end(job);
}

static void
pass(struct job *job, enum stack_outcome outcome)
{
    int64_t left = backoff_left(&job->source_note, clock_now());

    stack_add(&job->account, job->source, outcome, &job->result);
    if (left > 0 && (job->soonest == 0 || left < job->soonest))
        job->soonest = left;
    job->goes_on = !job_is_login(job) && stack_goes_on(job->source, outcome);
    if (job->goes_on)
        job->state = JOB_BUSY;
    else
        conclude(job);
}

/* The source has brought the job's result, a failure. */
static void
fail(struct job *job, bool asked)
{
    enum stack_outcome outcome;

    job->was_asked = job->was_asked || asked;
    if (job->source->source_number &&
        stack_outcome(&job->result, asked, &outcome))
        pass(job, outcome);
    else
        job_end(job);
}

static void
on_rescued(void *arg)
{
    struct job *job = arg;

    job->is_writing = job->is_rescuing = false;
    fail(job, true);
}

static void
on_done(void *arg, struct outcome *outcome)
{
    struct job *job = arg;

    if (job->state != JOB_BUSY)
        return; /* it has expired, and holds no lock any more */
    if (!outcome->err.status) {
        /* A person takes minutes: the token that was rejected meanwhile is
         * the one before. */
        if (job_is_login(job))
            job_look(job);
        job_write(job, outcome);
        return;
    }
    job->result = outcome->err;
    if (job->discovery && job->result.status == TW_E_PROTOCOL)
        metadata_forget(job->place.dir);
    /* Waiting is a kindness to an endpoint: what failed here may be mended
     * and tried again at once. */
    if (outcome->sent && !job_is_refused_login(job))
        job_source_note(job, &outcome->mark, outcome->reply.retry_after);
    job->is_rescuing = !keeper_is_settled(&job->keeper);
    if (job->is_rescuing)
        job_settle(job, on_rescued);
    else
        fail(job, outcome->sent);
}

bool
job_source_keeps(const struct job *job)
{
    return (job->source->module->provider.needs & TW_KEEPS_REFRESH_TOKEN) != 0;
}

/* An equal part of what is left for each source that may have to be asked
 * yet: most of those that are down do not say so, they hang. */
static int64_t
deadline_of_source(const struct job *job)
{
    const int64_t deadline_ms = job->context->options->deadline_ms;
    const int64_t now_ms = clock_monotonic_ms();
    int64_t parts = 1;

    for (const struct profile *source = job->source->then;
         source && !job_is_login(job); source = source->then)
        parts++;
    return deadline_ms > now_ms ? now_ms + (deadline_ms - now_ms) / parts
                                : deadline_ms;
}

static void
exchange(struct job *job)
{
    struct exchange_context context = {
        .http = job->http,
        .profile = discovery_profile(job->discovery, job->source),
        .secrets = job->context->secrets,
        .keeper = job_source_keeps(job) ? &job->keeper : NULL,
        .person = job->context->person,
        .deadline_ms = deadline_of_source(job),
    };

    job->tries++;
    job->retired = TAKE_POINTER(job->exchange);
    if (exchange_start(&context, on_done, job, &job->exchange, &job->result))
        job_end(job);
}

/* By the scribe that waits for the disk. */
static void
count(void *arg)
{
    struct job *job = arg;

    job->worked = quota_take(job->profile, job->context->options->system,
                             clock_now().wall, &job->why);
}

static void
on_counted(void *arg)
{
    struct job *job = arg;

    job->is_counting = false;
    if (!job->worked) {
        exchange(job);
        return;
    }
    job->result = job->why;
    (void)job_refuse(job, clock_now());
}

void
job_source_exchange(struct job *job)
{
    job->state = JOB_BUSY;
    job->is_counting = job->profile->request.max_fetches > 0;
    if (job->is_counting)
        job_hand_over(job, job->context->disk, count, on_counted);
    else
        exchange(job);
}

/* Nothing was sent, but whom the source believes may be what is wrong. */
static void
note_unfound(struct job *job, int64_t retry_after)
{
    AUTO_SECRET mark = SECRET_INIT(LOOKS_MAX);

    (void)secret_looks(job->source, &job->context->secrets, &mark);
    job_source_note(job, &mark, retry_after);
}

static void
on_found(void *arg, const struct tw_error *err, int64_t retry_after)
{
    struct job *job = arg;

    if (job->state != JOB_BUSY)
        return; /* as in on_done() */
    if (!err->status) {
        job_source_exchange(job);
        return;
    }
    job->result = *err;
    if (!job_is_refused_login(job))
        note_unfound(job, retry_after);
    fail(job, true);
}

/* Did the last request find nobody? */
static bool
was_unanswered(struct job *job)
{
    const struct backoff *note = note_of(job);
    enum tw_status status;

    return note->failures > 0 && status_from_name(note->status, &status) &&
           status == TW_E_RETRY;
}

/* The issuer is asked first, where the profile leaves its endpoint to it. */
static void
start(struct job *job)
{
    const struct discovery_context context = {.http = job->http,
                                              .profile = job->source,
                                              .dir = job->place.dir,
                                              .deadline_ms =
                                                  deadline_of_source(job),
                                              .doubts = was_unanswered(job)};

    job->state = JOB_BUSY;
    if (job_lacks_person(job) ||
        discovery_start(&context, on_found, job, &job->discovery,
                        &job->result))
        fail(job, false);
}

void
job_source_look(struct job *job)
{
    struct backoff *note = &job->source_note;

    if (!job->source->source_number)
        return;
    store_note(&job->place, job->source->source_number, note);
    if (strcmp(note->fingerprint, job->source_fingerprint) != 0)
        memset(note, 0, sizeof *note);
}

/* Has the source failed, and shall it not be asked again yet? */
static bool
is_held(struct job *job)
{
    struct backoff *note = &job->source_note;
    struct now now = clock_now();
    int64_t left;

    job_source_look(job);
    left = backoff_left(note, now);
    if (job->context->options->force || left == 0 ||
        refusal_is_over(note, job->source, &job->context->secrets))
        return false;
    retry_explain(note, job->profile->name, job->kept.lifetime, left, now,
                  &job->result);
    return true;
}

/* One of several sources: may it be asked?  If not, it is passed over. */
static bool
may_ask(struct job *job)
{
    bool held = is_held(job);
    enum stack_outcome outcome = STACK_UNAVAILABLE;
    struct tw_error why;

    if (stack_lacks_module(job->source, &why)) {
        job->result = why;
        memset(&job->source_note, 0, sizeof job->source_note);
        pass(job, STACK_UNAVAILABLE);
        return false;
    }
    if (!job_is_login(job) &&
        stack_missing(job->source, &job->context->secrets, &why)) {
        job->result = why;
        memset(&job->source_note, 0, sizeof job->source_note);
        pass(job, STACK_NOT_CONFIGURED);
        return false;
    }
    if (held) {
        (void)stack_outcome(&job->result, true, &outcome);
        pass(job, outcome);
    }
    return !held;
}

/* The one source of a profile has its fingerprint. */
static bool
know_source(struct job *job)
{
    if (job->source->source_number)
        return fingerprint_of_source(job->source, job->source_fingerprint);
    memcpy(job->source_fingerprint, job->fingerprint, sizeof job->fingerprint);
    return true;
}

static void
ask(struct job *job)
{
    struct tw_error err;

    if (!know_source(job) ||
        !fingerprint_of_server(job->source, job->server)) {
        (void)tw_fail(&err, TW_E_SYSTEM, "SHA-256 is not available");
        job_end_with(job, &err);
        return;
    }
    if (job->source->source_number && !may_ask(job))
        return;
    job->result = (struct tw_error){.status = TW_OK};
    if (job_source_keeps(job) && job_hold(job, &err)) {
        job_give_way(job, &err);
        return;
    }
    if (job_begin_login(job, &err)) {
        job_end_with(job, &err);
        return;
    }
    start(job);
}

void
job_source_ask(struct job *job)
{
    job->source =
        job_is_login(job) ? profile_login_source(job->profile) : job->profile;
    ask(job);
}

void
job_source_next(struct job *job)
{
    exchange_free(TAKE_POINTER(job->exchange));
    exchange_free(TAKE_POINTER(job->retired));
    discovery_free(TAKE_POINTER(job->discovery));
    keeper_close(&job->keeper);
    job->goes_on = false;
    job->tries = 0;
    job->source = job->source->then;
    ask(job);
}

void
job_source_expire(struct job *job)
{
    if (!job->goes_on) {
        job_source_note(job, NULL, -1);
        job->was_asked = true;
    }
    if (!job->source->source_number) {
        job_end(job);
        return;
    }
    if (!job->goes_on)
        stack_add(&job->account, job->source, STACK_UNAVAILABLE, &job->result);
    conclude(job);
}
