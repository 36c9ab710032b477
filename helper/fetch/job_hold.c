/* SPDX-License-Identifier: MIT */
/*
 * job_hold.c - a refresh token is held for what is to come; see job_source.h.
 *
 * The lock of the profile is held by then, and stands between those who share
 * a runtime directory.  Where a home is on several hosts, or a container has
 * it, the refresh token is shared and that lock is not.
 */
#include <stdio.h>

#include "helper/fetch/job_source.h"

/* Waits as long as for the profile's lock.  Why it cannot, status shows,
 * unless another process is at it. */
enum tw_status
job_hold(struct job *job, struct tw_error *err)
{
    enum tw_status status;

    do
        status = keeper_open(job->source, job->context->options->system,
                             &job->keeper, err);
    while (keeper_await(status, job->lock_deadline_ms));
    if (status && status != TW_E_RETRY) {
        retry_after_none(&job->note, err, clock_now());
        (void)snprintf(job->note.fingerprint, sizeof job->note.fingerprint,
                       "%s", job->fingerprint);
        store_backoff(&job->place, 0, &job->note);
    }
    return status;
}
