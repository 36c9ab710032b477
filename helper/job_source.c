/* SPDX-License-Identifier: MIT */
/*
 * job_source.c - a source is asked, and what came of it is kept; see
 * job_source.h.
 */
#include "helper/job_source.h"

#include <stdio.h>

#include "helper/publish.h"
#include "helper/quota.h"

#define TRIES_MAX 2 /* a second one if the token was rejected meanwhile */

void
job_note_failure(struct job *job, const struct secret *mark,
                 int64_t retry_after)
{
    publish_failure(&job->place, mark, job->fingerprint, &job->result,
                    retry_after, &job->note);
}

static void start_exchange(struct job *job);

static void
on_done(void *arg, struct outcome *outcome)
{
    struct job *job = arg;
    enum tw_status status;

    if (outcome->err.status) {
        job->result = outcome->err;
        if (job->discovery && job->result.status == TW_E_PROTOCOL)
            discovery_forget(job->place.dir);
        /* Waiting is a kindness to an endpoint: what failed here may be
         * mended and tried again at once. */
        if (outcome->sent)
            job_note_failure(job, &outcome->mark, outcome->reply.retry_after);
        job_end(job);
        return;
    }
    status = publish_token(discovery_profile(job->discovery, job->profile),
                           &job->place, outcome, job->expected,
                           job->fingerprint, &job->result);
    if (!status && outcome->sent) {
        struct backoff note = job->note;

        retry_after_success(&note, clock_now());
        (void)snprintf(note.fingerprint, sizeof note.fingerprint, "%s",
                       job->fingerprint);
        store_backoff(&job->place, &note);
        job->has_refresh_token = job->keeper.token.len > 0;
        if (outcome->unkept.status) /* this token is good, no other will be */
            job->result = outcome->unkept;
    } else if (status == TW_E_RETRY && job->tries < TRIES_MAX) {
        /* Rejected while the request was under way: what it brought may be
         * what was rejected. */
        job_look(job);
        start_exchange(job);
        return;
    } else if (status) {
        job_note_failure(job, NULL, -1);
    }
    job_end(job);
}

static bool
keeps_refresh_token(const struct job *job)
{
    return (job->profile->module->provider.needs & TW_KEEPS_REFRESH_TOKEN) !=
           0;
}

static void
start_exchange(struct job *job)
{
    struct exchange_context context = {
        .http = job->http,
        .profile = discovery_profile(job->discovery, job->profile),
        .secrets = job->context->secrets,
        .keeper = keeps_refresh_token(job) ? &job->keeper : NULL,
        .person = job->context->person,
        .deadline_ms = job->context->options->deadline_ms,
    };

    if (quota_take(job->profile, job->context->options->system,
                   clock_now().wall, &job->result)) {
        (void)job_refuse(job, clock_now());
        return;
    }
    job->tries++;
    job->state = JOB_BUSY;
    job->retired = TAKE_POINTER(job->exchange);
    if (exchange_start(&context, on_done, job, &job->exchange, &job->result))
        job_end(job);
}

static void
on_found(void *arg, const struct tw_error *err, int64_t retry_after)
{
    struct job *job = arg;

    if (!err->status) {
        start_exchange(job);
        return;
    }
    job->result = *err;
    job_note_failure(job, NULL, retry_after);
    job_end(job);
}

/* The issuer is asked first, where the profile leaves its endpoint to it. */
static void
start(struct job *job)
{
    const struct discovery_context context = {
        job->http, job->profile, job->place.dir,
        job->context->options->deadline_ms};

    job->state = JOB_BUSY;
    if (discovery_start(&context, on_found, job, &job->discovery,
                        &job->result))
        job_end(job);
}

void
job_source_ask(struct job *job)
{
    struct tw_error err;

    if (keeps_refresh_token(job) &&
        keeper_open(job->profile, job->context->options->system, &job->keeper,
                    &err)) {
        job_end_with(job, &err);
        return;
    }
    if (job->context->person)
        keeper_forget(&job->keeper);
    if (job->context->given &&
        keeper_put(&job->keeper, job->context->given, &err)) {
        job_end_with(job, &err);
        return;
    }
    start(job);
}
