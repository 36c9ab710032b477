/* SPDX-License-Identifier: MIT */
/*
 * serve_tell.c - what is told of a fetch that has ended; see serve.h.
 *
 * An endpoint that is down for a day fails each of its profiles some 250
 * times in the same words.  So what stays as it is is told once an hour, with
 * how often it was not, and its end is told.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "helper/serve/serve.h"

#define AGAIN_S 3600 /* until the same is told again */

/* FNV-1a, of what went wrong without the hint, which may hold times; never
 * 0. */
static uint32_t
hash_of(const struct tw_error *err)
{
    uint32_t hash = (2166136261U ^ (uint32_t)err->status) * 16777619U;

    for (const char *at = err->message; *at && *at != '\n'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619U;
    return hash ? hash : 1;
}

static void
tell_failure(struct serve *serve, const struct ward *ward,
             const struct tw_error *err)
{
    struct ward_faults *faults = ward->faults;
    int64_t now = clock_now().boot;
    uint32_t hash = hash_of(err);

    if (!faults) {
        log_failure(&serve->log, "fetch", ward->name, err);
        return;
    }
    faults->row++;
    if (faults->told == hash && now - faults->told_at < AGAIN_S) {
        faults->untold++;
        return;
    }
    log_repeated(&serve->log, "fetch", ward->name, faults->untold, err);
    faults->told = hash;
    faults->told_at = now;
    faults->untold = 0;
}

void
serve_tell_anew(const struct ward *ward)
{
    if (ward->faults)
        ward->faults->told_at = -AGAIN_S;
}

/* Of a ward that failed, and was told of. */
static void
tell_end(struct serve *serve, const struct ward *ward)
{
    struct ward_faults *faults = ward->faults;
    char text[64];
    const struct log_field fields[] = {{"profile", ward->name},
                                       {"status", tw_status_name(TW_OK)},
                                       {"message", text},
                                       {NULL, NULL}};

    if (!faults || !faults->told)
        return;
    (void)snprintf(text, sizeof text, "fetched again, after %u failures",
                   faults->row);
    log_say(&serve->log, LOG_NOTE, "fetch", fields);
    faults->told = faults->untold = faults->row = 0;
}

static void
tell_token(struct serve *serve, const struct ward *ward)
{
    char generation[24], expires[24];
    const struct log_field fields[] = {{"profile", ward->name},
                                       {"generation", generation},
                                       {"expires_at", expires},
                                       {NULL, NULL}};

    (void)snprintf(generation, sizeof generation, "%" PRId64,
                   ward->generation);
    (void)snprintf(expires, sizeof expires, "%" PRId64,
                   ward->entry.facts.end.wall);
    log_say(&serve->log, LOG_DETAIL, "refreshed", fields);
}

void
serve_tell(struct serve *serve, const struct task *task, bool brought)
{
    if (task->result.status)
        tell_failure(serve, task->ward, &task->result);
    if (!brought)
        return;
    tell_end(serve, task->ward);
    tell_token(serve, task->ward);
}
