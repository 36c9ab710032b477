/* SPDX-License-Identifier: MIT */
/*
 * fetch.c - runs jobs side by side over one engine.
 *
 * First every job whose lock is free; then, with no lock held, those that
 * somebody else is at, one after the other: who holds a lock never waits for
 * another, so two runs cannot wait for each other.
 */
#include "helper/fetch.h"

#include <string.h>

#include "helper/http.h"
#include "helper/job.h"

static void
drive(struct http *http, struct job *jobs, size_t count, int64_t deadline_ms)
{
    for (;;) {
        int64_t wake_ms = INT64_MAX;
        bool busy = false;

        for (size_t i = 0; i < count; i++) {
            int64_t wake = job_wake_ms(&jobs[i]);

            busy = busy || job_is_busy(&jobs[i]);
            wake_ms = wake < wake_ms ? wake : wake_ms;
        }
        if (!busy)
            return;
        if (http_run(http, wake_ms, deadline_ms, NULL) ||
            clock_monotonic_ms() >= deadline_ms)
            break;
        for (size_t i = 0; i < count; i++)
            job_turn(&jobs[i], clock_monotonic_ms());
    }
    for (size_t i = 0; i < count; i++)
        job_expire(&jobs[i]);
}

static void
run_free(struct http *http, struct job *jobs, size_t count,
         int64_t deadline_ms)
{
    for (size_t i = 0; i < count; i++)
        job_begin(&jobs[i], http, 0);
    drive(http, jobs, count, deadline_ms);
}

static void
run_contended(struct http *http, struct job *job, int64_t deadline_ms)
{
    if (!job_is_contended(job))
        return;
    job_begin(job, http, deadline_ms);
    drive(http, job, 1, deadline_ms);
}

enum tw_status
fetch_profiles(const struct fetch_options *options,
               const struct profile_set *set, const struct store *store,
               const struct environment *environment, char *const *names,
               size_t count,
               void (*report)(void *arg, const char *name,
                              const struct tw_error *err),
               void *arg)
{
    struct job_context context = {
        .options = options,
        .store = store,
        .secrets = {.environment = environment, .system = options->system}};
    struct job *jobs = calloc(count ? count : 1, sizeof *jobs);
    struct http *http = NULL;
    struct tw_error err = {0};
    enum tw_status first = TW_OK;

    if (!jobs)
        (void)tw_no_memory(&err);
    else
        (void)http_new(options->system, &http, &err);
    for (size_t i = 0; i < count && !err.status; i++)
        job_init(&jobs[i], &context, set, names[i]);
    if (!err.status)
        run_free(http, jobs, count, options->deadline_ms);
    for (size_t i = 0; i < count; i++) {
        const struct tw_error *result = &err;

        if (!err.status) {
            run_contended(http, &jobs[i], options->deadline_ms);
            result = job_result(&jobs[i]);
        }
        report(arg, names[i], result);
        first = first ? first : (enum tw_status)result->status;
    }
    http_free(http); /* before what its requests borrow */
    for (size_t i = 0; jobs && i < count; i++)
        job_clear(&jobs[i]);
    free(jobs);
    return first;
}
