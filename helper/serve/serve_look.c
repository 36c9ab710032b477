/* SPDX-License-Identifier: MIT */
/*
 * serve_look.c - after a reload everything that is kept is looked at, some of
 * it in each turn: for ten thousand profiles it takes a third of a second,
 * and nobody shall wait for it; see serve.h.
 *
 * What was refused is tried again, since profile or secret may have changed.
 */
#include "helper/serve/serve.h"

#define LOOK_MS 5      /* in one turn, ... */
#define LOOK_SEVERAL 8 /* ... and so many at least */
#define ADMIT_MS 60000 /* until readers that were not set are set */

/* Said once: it may go on. */
enum tw_status
serve_admit(struct serve *serve, struct ward *ward, struct tw_error *err)
{
    int64_t again_ms = loop_now_ms() + ADMIT_MS;
    bool was_unadmitted = ward->is_unadmitted;
    struct tw_error failure;

    if (ward->is_given_up)
        return TW_OK;
    ward->is_unadmitted =
        ward_admit(&serve->wards, ward, &serve->store, &failure) != TW_OK;
    if (!ward->is_unadmitted)
        return TW_OK;
    if (!was_unadmitted)
        log_failure(&serve->log, "failure", ward->name, &failure);
    if (again_ms < serve->admit_ms)
        serve->admit_ms = again_ms;
    return error_copy(err, &failure);
}

int64_t
serve_admit_turn(struct serve *serve, int64_t now_ms)
{
    if (now_ms < serve->admit_ms)
        return serve->admit_ms;
    serve->admit_ms = LOOP_NEVER;
    for (struct ward *ward = serve->wards.first; ward; ward = ward->next) {
        if (ward->is_unadmitted && ward->profile)
            (void)serve_admit(serve, ward, NULL);
    }
    return serve->admit_ms;
}

static bool
look_at(struct serve *serve, struct ward *ward, struct now now)
{
    if (!ward->profile)
        return true;
    if (!ward->has_place)
        ward_forget(&serve->wards, ward);
    else
        (void)serve_admit(serve, ward, NULL);
    if (ward->has_place)
        (void)ward_look(&serve->wards, ward, &serve->store, now);
    ward->failures = 0;
    serve_tell_anew(ward);
    schedule_close(&ward->entry.facts);
    return ward->task || ward_is_idle(ward, now) ||
           schedule_put(&serve->schedule, &ward->entry, now);
}

void
serve_look_again(struct serve *serve)
{
    wards_seek(&serve->wards, &serve->store);
    serve->unlooked = serve->wards.first;
}

int64_t
serve_look_turn(struct serve *serve)
{
    int64_t until_ms = loop_now_ms() + LOOK_MS;
    struct now now = clock_now();
    int some = 0;

    while (serve->unlooked) {
        struct ward *ward = serve->unlooked;

        serve->unlooked = ward->next;
        if (!look_at(serve, ward, now))
            (void)tw_no_memory(&serve->broken);
        if (++some % LOOK_SEVERAL == 0 && loop_now_ms() >= until_ms)
            return until_ms;
    }
    return LOOP_NEVER;
}
