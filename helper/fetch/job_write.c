/* SPDX-License-Identifier: MIT */
/*
 * job_write.c - what a source has brought is kept, by the scribe; see
 * job_source.h.
 */
#include <stdio.h>

#include "helper/fetch/job_source.h"
#include "helper/fetch/publish.h"

/* A second one if the token was rejected or replaced meanwhile. */
#define TRIES_MAX 2

/* No other token is bought beside one that lives.  The time between two is
 * noted where it could be passed, for tokens that hardly live. */
static void
note_success(struct job *job, int64_t lifetime)
{
    static const struct backoff NONE;
    struct backoff note = job->note;

    if (job->source->source_number && job->source_note.failures)
        store_backoff(&job->place, job->source->source_number, &NONE);
    if (!job->has_note && lifetime > RETRY_SHORT_S)
        return;
    job->is_told = false;
    retry_after_success(&note, clock_now());
    (void)snprintf(note.fingerprint, sizeof note.fingerprint, "%s",
                   job->fingerprint);
    store_backoff(&job->place, 0, &note);
}

/* By the scribe that waits for the disk, so that nobody waits whose token has
 * nothing to do with it. */
static void
settle(void *arg)
{
    struct job *job = arg;
    struct tw_error err;

    if (keeper_settle(&job->keeper, &err) && !job->outcome.unkept.status)
        job->outcome.unkept = err;
}

/* By the scribe: all that a token changes in files. */
static void
write_token(void *arg)
{
    struct job *job = arg;

    job->worked = store_commit(&job->change, &job->why);
    if (job->worked)
        return;
    store_change_clear(&job->change);
    if (job->outcome.sent)
        note_success(job, job->outcome.lifetime);
    if (!job_source_keeps(job)) /* who waits here wants that lock, too */
        store_leave(&job->place);
}

/* By the scribe, too: where nothing could be written, a note may have to wait
 * as long. */
static void
write_failure(void *arg)
{
    struct job *job = arg;

    job_source_note(job, NULL, -1);
}

static void
on_noted(void *arg)
{
    struct job *job = arg;

    job->is_writing = false;
    job_end(job);
}

void
job_hand_over(struct job *job, struct scribe *scribe, void (*work)(void *job),
              void (*done)(void *job))
{
    job->order = (struct scribe_order){
        .work = work, .rest = store_rest, .done = done, .arg = job};
    scribe_put(scribe, &job->order);
}

void
job_settle(struct job *job, void (*done)(void *job))
{
    job->is_writing = true;
    job_hand_over(job, job->context->disk, settle, done);
}

static void
write_by(struct job *job, void (*work)(void *job), void (*done)(void *job))
{
    job->is_writing = true;
    job_hand_over(job, job->context->scribe, work, done);
}

/* It is published, or not: what comes then. */
static void
on_written(void *arg)
{
    struct job *job = arg;
    enum tw_status status = job->worked;

    job->is_writing = false;
    if (status)
        job->result = job->why;
    if (status && !job->is_moot) /* else it is to be revoked */
        store_change_clear(&job->change);
    job->published = job->published || !status;
    if (!status && job->outcome.sent) {
        job->has_refresh_token = job->keeper.token.len > 0;
        if (job->outcome.unkept.status) /* no other token will be good */
            job->result = job->outcome.unkept;
    } else if (status == TW_E_RETRY && !job->is_moot &&
               job_is_done_by_another(job)) {
        /* Somebody removed the lock, so there were two. */
        return;
    } else if (status == TW_E_RETRY && job->tries < TRIES_MAX &&
               !job->is_moot) {
        /* Rejected while the request was under way: what it brought may be
         * what was rejected. */
        job_source_exchange(job);
        return;
    } else if (status && !job->is_moot) {
        write_by(job, write_failure, on_noted);
        return;
    }
    job_end(job);
}

static void
on_settled(void *arg)
{
    struct job *job = arg;

    if (job->is_moot && !job->worked)
        job->worked = tw_fail(&job->why, TW_E_RETRY,
                              "the session that '%s' was for has ended",
                              job->profile->name);
    if (job->worked) /* what came with it cannot be published */
        on_written(job);
    else
        write_by(job, write_token, on_written);
}

/* The resident helper sees to it itself when it has read its profiles anew. */
enum tw_status
job_check_readers(const struct job *job, struct tw_error *err)
{
    if (job->context->store->is_resident || store_is_admitted(&job->place))
        return TW_OK;
    return tw_fail(err, TW_E_RETRY,
                   "'%s' was not fetched: the profile got other readers "
                   "meanwhile",
                   job->profile->name);
}

/* What @outcome borrows is gone when the scribe is done. */
void
job_write(struct job *job, const struct outcome *outcome)
{
    const struct publication publication = {
        .profile = discovery_profile(job->discovery, job->source),
        .outcome = outcome,
        .expected = job->expected,
        .kept = &job->kept,
        .fingerprint = job->fingerprint,
        .server = job->server};

    if (job_check_readers(job, &job->result)) {
        job_end(job);
        return;
    }
    job->is_told = !job->has_note && !outcome->watched;
    job->outcome.sent = outcome->sent;
    job->outcome.lifetime = publish_lifetime(job->source, &outcome->reply);
    job->outcome.unkept = outcome->unkept;
    job->worked = publish_prepare(&job->place, &publication, &job->change,
                                  &job->brought, &job->why);
    job->is_writing = true;
    if (keeper_is_settled(&job->keeper))
        on_settled(job);
    else
        job_settle(job, on_settled);
}
