/* SPDX-License-Identifier: MIT */
/*
 * serve_reload.c - the resident helper's profiles come in, at its start and
 * whenever they change, and what is in its care changes with them; see
 * serve.h.
 *
 * The trap is half a set: whoever is broken keeps the old one in place, and
 * whoever waits, or is being fetched, goes on as what it is now.
 */
#include <stdlib.h>
#include <sys/epoll.h>

#include "helper/index_write.h"
#include "helper/serve.h"

static void
complain(void *arg, const struct tw_error *err)
{
    (void)session_fail(arg, err);
}

/* Everything kept is looked at, and what was refused is tried again: profile
 * or secret may have changed. */
static enum tw_status
look_at_all(struct serve *serve, struct tw_error *err)
{
    struct now now = clock_now();
    struct tw_error failure;

    wards_seek(&serve->wards, &serve->store);
    for (struct ward *ward = serve->wards.first; ward; ward = ward->next) {
        if (!ward->profile)
            continue;
        if (!ward->has_place)
            ward_forget(&serve->wards, ward);
        else if (ward_admit(&serve->wards, ward, &serve->store, &failure))
            complain(serve->session, &failure);
        if (ward->has_place)
            (void)ward_look(&serve->wards, ward, &serve->store, now);
        ward->failures = 0;
        schedule_close(&ward->entry.facts);
        if (!ward->task && !ward_is_idle(ward, now) &&
            !schedule_put(&serve->schedule, &ward->entry, now))
            return tw_no_memory(err);
    }
    return TW_OK;
}

/* Whoever waits for a profile that is gone. */
static void
dismiss(struct serve *serve)
{
    struct tw_error gone;

    (void)tw_fail(&gone, TW_E_NOT_FOUND, "the profile was removed");
    for (struct ward *ward = serve->wards.first; ward; ward = ward->next) {
        if (!ward->profile) {
            hooks_forget(&serve->hooks, ward);
            serve_answer(serve, ward, &gone);
        }
        if (ward->profile && ward->waiting && !ward->task)
            lane_put(&serve->wards.lanes, ward, clock_now());
    }
}

static enum tw_status
adopt(struct serve *serve, struct era *era, struct tw_error *err)
{
    enum tw_status status;
    bool missed;

    if (!wards_adopt(&serve->wards, &serve->schedule, &era->set))
        return tw_no_memory(err);
    (void)index_write(&era->set, &serve->store, NULL);
    if (serve->watch.fd >= 0)
        (void)loop_watch(&serve->loop, serve->watch.fd, 0, NULL, NULL);
    if (watch_set(&serve->watch, &era->set, &missed, err))
        complain(serve->session, err);
    if (missed)
        serve->reload_ms = loop_now_ms() + SERVE_SETTLE_MS;
    if (serve->era)
        era_release(serve->era);
    serve->era = era;
    era->holds++;
    status = look_at_all(serve, err);
    dismiss(serve);
    return status;
}

static void
on_change(void *arg, int fd, uint32_t events)
{
    struct serve *serve = arg;

    (void)fd;
    (void)events;
    if (watch_read(&serve->watch))
        serve->reload_ms = loop_now_ms() + SERVE_SETTLE_MS;
}

enum tw_status
serve_reload(struct serve *serve, bool first, struct tw_error *err)
{
    struct profile_scope scope = session_scope(serve->session);
    struct era *era = calloc(1, sizeof *era);
    enum tw_status status;

    if (!era)
        return tw_no_memory(err);
    status =
        profiles_load(&scope, &serve->session->modules,
                      first ? complain : NULL, serve->session, &era->set, err);
    if (!status && !first && era->set.broken_count)
        status = error_copy(err, &era->set.broken);
    if (!status)
        status = adopt(serve, era, err);
    if (!status && first)
        serve_resume_users(serve);
    if (!era->holds) {
        profile_set_clear(&era->set);
        free(era);
    }
    if (!status && serve->watch.fd >= 0)
        (void)loop_watch(&serve->loop, serve->watch.fd, EPOLLIN, on_change,
                         serve);
    return status;
}

void
serve_reload_now(struct serve *serve)
{
    serve->reload_ms = LOOP_NEVER;
    serve->reloads++;
    serve->refused = (struct tw_error){.status = TW_OK};
    if (serve_reload(serve, false, &serve->refused))
        log_failure(&serve->log, "reload", NULL, &serve->refused);
}
