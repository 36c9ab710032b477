/* SPDX-License-Identifier: MIT */
/*
 * fetch.c - runs jobs side by side over one engine.
 *
 * Whoever's secret is another profile's token comes after that profile:
 * depth by depth.  Of one depth first come all whose lock is free; then, with
 * no lock held, those that somebody else is at, one after the other.  Who
 * holds a lock never waits for another, so two runs cannot wait for each
 * other.
 */
#include "helper/fetch/fetch.h"

#include <string.h>

#include "helper/fence/fence.h"
#include "helper/fetch/job.h"
#include "helper/http/http.h"
#include "provider/tokenward.h"

struct fetch {
    const struct profile_set *set;
    struct job_context named;
    struct fetch_options plain; /* for those that others need */
    struct job_context needed;
    struct http *http;
    struct job **jobs; /* the named ones first, in their order */
    size_t count, capacity;
};

static bool
add_job(struct fetch *fetch, const struct job_context *context,
        const char *name)
{
    struct job *job = calloc(1, sizeof *job);

    if (fetch->count == fetch->capacity) {
        size_t capacity = fetch->capacity ? fetch->capacity * 2 : 8;
        struct job **larger =
            reallocarray(fetch->jobs, capacity, sizeof(struct job *));

        if (larger) {
            fetch->jobs = larger;
            fetch->capacity = capacity;
        }
    }
    if (!job || fetch->count == fetch->capacity) {
        free(job);
        return false;
    }
    job_init(job, context, fetch->set, name);
    fetch->jobs[fetch->count++] = job;
    return true;
}

static struct job *
find_job(const struct fetch *fetch, const char *name)
{
    for (size_t i = 0; i < fetch->count; i++) {
        if (fetch->jobs[i]->profile &&
            strcmp(fetch->jobs[i]->profile->name, name) == 0)
            return fetch->jobs[i];
    }
    return NULL;
}

/* The name of the @index-th profile whose token @job needs, or NULL. */
static const char *
needed_name(const struct job *job, size_t index)
{
    const struct secret_source *source;

    for (size_t i = 0; (source = profile_secret(job->profile, i)); i++) {
        if (source->kind == SECRET_PROFILE && index-- == 0)
            return source->text;
    }
    return NULL;
}

/* A job for each profile whose token one of the jobs will need; also of
 * those that are added here. */
static bool
add_needed(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->count; i++) {
        struct job *job = fetch->jobs[i];
        const char *name;

        if (!job->profile || job->profile->depth < 2 || !job_wants(job))
            continue;
        for (size_t j = 0; (name = needed_name(job, j)); j++) {
            if (!find_job(fetch, name) &&
                !add_job(fetch, &fetch->needed, name))
                return false;
        }
    }
    return true;
}

/* When the bar wants to be drawn again. */
static int64_t
show(const struct fetch *fetch)
{
    struct progress *progress = fetch->named.options->progress;
    int64_t now_ms = clock_monotonic_ms();
    size_t done = 0;

    if (!progress)
        return INT64_MAX;
    for (size_t i = 0; i < fetch->count; i++)
        done += job_has_ended(fetch->jobs[i]);
    progress_show(progress, done, fetch->count, now_ms);
    return now_ms + PROGRESS_TICK_MS;
}

static void
drive(const struct fetch *fetch)
{
    const int64_t deadline_ms = fetch->plain.deadline_ms;

    for (;;) {
        int64_t wake_ms = show(fetch);
        bool busy = false;

        for (size_t i = 0; i < fetch->count; i++) {
            int64_t wake = job_wake_ms(fetch->jobs[i]);

            busy = busy || job_is_busy(fetch->jobs[i]);
            wake_ms = wake < wake_ms ? wake : wake_ms;
        }
        if (!busy)
            return;
        if (http_run(fetch->http, wake_ms, deadline_ms, NULL) ||
            clock_monotonic_ms() >= deadline_ms)
            break;
        for (size_t i = 0; i < fetch->count; i++)
            job_turn(fetch->jobs[i], clock_monotonic_ms());
    }
    for (size_t i = 0; i < fetch->count; i++)
        job_expire(fetch->jobs[i]);
}

static void
begin(const struct fetch *fetch, struct job *job)
{
    const char *name;

    for (size_t i = 0; (name = needed_name(job, i)); i++) {
        const struct job *needed = find_job(fetch, name);

        if (needed)
            job_block(job, needed);
    }
    job_begin(job, fetch->http, 0);
}

static void
run_depth(const struct fetch *fetch, unsigned depth)
{
    for (size_t i = 0; i < fetch->count; i++) {
        struct job *job = fetch->jobs[i];

        if (job->profile && job->profile->depth == depth)
            begin(fetch, job);
    }
    drive(fetch);
    for (size_t i = 0; i < fetch->count; i++) {
        if (!job_is_contended(fetch->jobs[i]))
            continue;
        job_begin(fetch->jobs[i], fetch->http, fetch->plain.deadline_ms);
        drive(fetch);
    }
}

static void
run(const struct fetch *fetch)
{
    unsigned deepest = 0;

    for (size_t i = 0; i < fetch->count; i++) {
        const struct profile *profile = fetch->jobs[i]->profile;

        if (profile && profile->depth > deepest)
            deepest = profile->depth;
    }
    for (unsigned depth = 1; depth <= deepest; depth++)
        run_depth(fetch, depth);
}

static enum tw_status
prepare(struct fetch *fetch, char *const *names, size_t count,
        struct tw_error *err)
{
    enum tw_status status =
        http_new(fetch->named.options->system, &fetch->http, err);
    bool good = true;

    if (status)
        return status;
    for (size_t i = 0; i < count && good; i++)
        good = add_job(fetch, &fetch->named, names[i]);
    return good && add_needed(fetch) ? TW_OK : tw_no_memory(err);
}

/* From here on endpoints are spoken to. */
static enum tw_status
enclose(const struct fetch *fetch, struct tw_error *err)
{
    AUTO_FREE const struct profile **profiles =
        calloc(fetch->count + 1, sizeof *profiles);
    size_t count = 0;

    if (!fetch->named.secrets.broker)
        return TW_OK;
    if (!profiles)
        return tw_no_memory(err);
    for (size_t i = 0; i < fetch->count; i++) {
        if (fetch->jobs[i]->profile)
            profiles[count++] = fetch->jobs[i]->profile;
    }
    return fence_fetching(profiles, count, &fetch->named.secrets, false, err);
}

void
published_clear(struct published *published)
{
    while (published->count)
        free(published->tokens[--published->count].name);
    free(published->tokens);
    *published = (struct published){.tokens = NULL};
}

/* One that is forgotten for lack of memory has a token all the same. */
static void
note_published(struct published *published, const struct job *job)
{
    const bool is_same = job->change.is_same;
    char *name;

    if (!published || !job->published ||
        (published->hooks_alone &&
         (is_same || !profile_has_hook(job->profile))))
        return;
    if (published->count == published->capacity) {
        size_t capacity = published->capacity ? published->capacity * 2 : 8;
        void *larger = reallocarray(published->tokens, capacity,
                                    sizeof *published->tokens);

        if (!larger)
            return;
        published->tokens = larger;
        published->capacity = capacity;
    }
    name = strdup(job->profile->name);
    if (!name)
        return;
    published->tokens[published->count].name = name;
    published->tokens[published->count++].is_same = is_same;
}

enum tw_status
fetch_profiles(
    const struct fetch_options *options, const struct profile_set *set,
    const struct secret_context *secrets, char *const *names, size_t count,
    void (*report)(void *arg, const char *name, const struct tw_error *err),
    void *arg)
{
    struct fetch fetch = {
        .set = set,
        .named = {.options = options,
                  .store = secrets->store,
                  .secrets = *secrets},
        .plain = {.min_valid = TW_MIN_VALID_DEFAULT,
                  .deadline_ms = options->deadline_ms,
                  .system = options->system,
                  .is_session = options->is_session},
    };
    struct tw_error err = {0};
    enum tw_status first = TW_OK;

    fetch.needed = fetch.named;
    fetch.needed.options = &fetch.plain;
    if (!prepare(&fetch, names, count, &err) && !enclose(&fetch, &err))
        run(&fetch);
    for (size_t i = 0; i < count; i++) {
        const struct tw_error *result =
            err.status ? &err : job_result(fetch.jobs[i]);

        report(arg, names[i], result);
        first = first ? first : (enum tw_status)result->status;
    }
    http_free(fetch.http); /* before what its requests borrow */
    for (size_t i = 0; i < fetch.count; i++) {
        note_published(options->published, fetch.jobs[i]);
        job_clear(fetch.jobs[i]);
        free(fetch.jobs[i]);
    }
    free(fetch.jobs);
    return first;
}
