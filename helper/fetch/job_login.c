/* SPDX-License-Identifier: MIT */
/*
 * job_login.c - what a login changes for a job; see job_source.h.
 *
 * A person takes minutes, and the login before theirs may be good all the
 * while.  So nothing is held while they are waited for: a fetch goes on by
 * that one, and rotates its refresh token.  Before anything is asked for that
 * may bring a token, all is held again, and what may be another by then is
 * looked at: until then the login waits, be it for another process or for
 * room on the disk.  Who has logged out meanwhile has ended it.
 */
#include "helper/exchange/exchange_tell.h"
#include "helper/fetch/job_source.h"

#define AGAIN_MS 200 /* until another process's lock is tried again */

/* At one source, and at no other. */
bool
job_is_login(const struct job *job)
{
    return job->context->person || job->context->given;
}

/* What a login was refused for says nothing of the refresh token of the one
 * before it, which goes on being used.  A server that is down is so for both.
 */
bool
job_is_refused_login(const struct job *job)
{
    return job_is_login(job) && job->result.status != TW_E_RETRY;
}

enum tw_status
job_begin_login(struct job *job, struct tw_error *err)
{
    if (!job_is_login(job))
        return TW_OK;
    keeper_forget(&job->keeper);
    if (job->context->given)
        return keeper_give(&job->keeper, job->context->given, err);
    return job_source_keeps(job) ? keeper_begin_login(&job->keeper, err)
                                 : TW_OK;
}

/* Nobody is asked for a login that nobody is there for, the issuer neither. */
bool
job_lacks_person(struct job *job)
{
    struct keeper *keeper = job_source_keeps(job) ? &job->keeper : NULL;
    const struct exchange_context context = {.profile = job->source,
                                             .secrets = job->context->secrets,
                                             .keeper = keeper,
                                             .person = job->context->person};
    struct tw_error other;

    if (!exchange_lacks_person(&context, &job->result))
        return false;
    if (!keeper || !state_login_tell(&keeper->state, &other))
        return true;
    job->result = other;
    if (job->source->source_number) /* which goes on as without a person */
        job->result.status = TW_E_INTERACT;
    return true;
}

bool
job_awaits_person(const struct job *job)
{
    return job->context->person && job->exchange && job_source_keeps(job) &&
           keeper_may_rest(&job->keeper) &&
           exchange_wake_ms(job->exchange) != INT64_MAX;
}

static enum tw_status
fail_removed(const struct job *job, struct tw_error *err)
{
    return tw_fail(err, TW_E_INTERACT,
                   "the login for '%s' was ended: what is kept of it was "
                   "removed meanwhile",
                   job->profile->name);
}

void
job_rest(struct job *job)
{
    struct tw_error err;

    if (!job->is_resting) {
        keeper_rest(&job->keeper);
        store_unlock(&job->place);
        job->is_resting = true;
    } else if (keeper_check_login(&job->keeper, &err)) {
        job_end_with(job, &err);
    }
}

/* What this login was begun with says who reads what it brings, and whoever
 * has read the profile since knows better. */
static enum tw_status
fail_readers(const struct job *job, struct tw_error *err)
{
    return tw_fail(err, TW_E_INTERACT,
                   "the login for '%s' was ended: the profile got other "
                   "readers meanwhile, so log in again",
                   job->profile->name);
}

/* May it be otherwise when it is tried again?  A full disk has room again. */
static bool
is_passing(enum tw_status status)
{
    return status == TW_E_RETRY || status == TW_E_SYSTEM;
}

static enum tw_status
hold_again(struct job *job, struct tw_error *err)
{
    struct tw_error over;
    enum tw_status status = store_lock_here(&job->place, 0, err);

    if (status)
        return status == TW_E_NOT_FOUND ? fail_removed(job, err) : status;
    if (!store_is_admitted(&job->place))
        return fail_readers(job, err);
    status = keeper_resume(&job->keeper, err);
    if (status == TW_E_SYSTEM && keeper_check_login(&job->keeper, &over))
        status = error_copy(err, &over);
    if (is_passing(status)) {
        keeper_rest(&job->keeper);
        store_unlock(&job->place);
    }
    return status;
}

bool
job_resume(struct job *job, int64_t now_ms)
{
    struct tw_error err;
    enum tw_status status;

    if (!job->is_resting)
        return true;
    if (now_ms < job->again_ms)
        return false;
    status = hold_again(job, &err);
    if (is_passing(status)) {
        job->held_up = err;
        job->again_ms = now_ms + AGAIN_MS;
        return false;
    }
    if (status) {
        job_end_with(job, &err);
        return false;
    }
    job->is_resting = false;
    job->held_up = (struct tw_error){.status = TW_OK};
    job_look(job);
    job_source_look(job);
    return true;
}
