/* SPDX-License-Identifier: MIT */
/*
 * serve_wait.c - who wants a token has it, or waits for the one fetch that
 * answers them all; see serve.h.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "helper/profile/fingerprint.h"
#include "helper/serve/serve.h"

/* The record, if it is of this very profile. */
static bool
read_own(const struct serve *serve, const struct profile *profile,
         struct record *out)
{
    char fingerprint[FINGERPRINT_SIZE], path[NAME_MAX];

    (void)snprintf(path, sizeof path, "%s/record", profile->name);
    return !record_read(serve->store.root, path, geteuid(),
                        !serve->store.system, out, NULL) &&
           fingerprint_of(profile, fingerprint) &&
           strcmp(out->fingerprint, fingerprint) == 0;
}

bool
serve_is_good(const struct serve *serve, const struct profile *profile,
              int64_t min_valid)
{
    AUTO_RECORD record = RECORD_INIT;
    int64_t left;

    if (!read_own(serve, profile, &record) ||
        strcmp(record.source_mark, profile->mark->text) != 0 ||
        record_is_behind(&record))
        return false;
    left = record_left(&record, clock_now());
    return left > 0 && left >= record_wanted(&record, min_valid);
}

bool
serve_alive(const struct serve *serve, const struct profile *profile,
            struct record *out)
{
    return read_own(serve, profile, out) && record_left(out, clock_now()) > 0;
}

void
serve_await(struct serve *serve, struct ward *ward, struct waiter *waiter,
            int64_t min_valid)
{
    waiter->ward = ward;
    waiter->min_valid = min_valid;
    waiter->since_ms = loop_now_ms();
    waiter->next = ward->waiting;
    ward->waiting = waiter;
    if (!ward->task)
        lane_put(&serve->wards.lanes, ward, clock_now());
}

void
serve_left(struct waiter *waiter)
{
    struct waiter **at = &waiter->ward->waiting;

    while (*at && *at != waiter)
        at = &(*at)->next;
    if (*at)
        *at = waiter->next;
    waiter->ward = NULL;
}

void
serve_answer(struct serve *serve, struct ward *ward,
             const struct tw_error *result)
{
    int64_t now_ms = loop_now_ms();
    struct waiter *waiter = ward->waiting;

    ward->waiting = NULL;
    while (waiter) {
        struct waiter *next = waiter->next;

        waiter->ward = NULL;
        span_count(&serve->wait_spans, now_ms - waiter->since_ms);
        waiter->told(waiter, result);
        waiter = next;
    }
}
