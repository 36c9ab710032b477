/* SPDX-License-Identifier: MIT */
/*
 * serve_reload.c - the resident helper's profiles come in, at its start and
 * whenever they change, and what is in its care changes with them; see
 * serve.h.
 *
 * The system's are read by a thread: one tenant's change keeps no other
 * waiting.  A user who has changed a profile asks for the new one next, and
 * waits for it.
 *
 * The trap is half a set: whoever is broken keeps the old one in place, and
 * whoever waits, or is being fetched, goes on as what it is now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "helper/serve/serve.h"
#include "helper/store/index_write.h"

#define AGAIN_MS 60000 /* until what the host was short of is tried again */

static void
complain(void *arg, const struct tw_error *err)
{
    (void)session_fail(arg, err);
}

/* Whoever waits for a profile that is gone. */
static void
dismiss(struct serve *serve)
{
    struct tw_error gone;

    (void)tw_fail(&gone, TW_E_NOT_FOUND, "the profile was removed");
    for (struct ward *ward = serve->wards.first; ward; ward = ward->next) {
        hooks_look(&serve->hooks, ward);
        if (!ward->profile)
            serve_answer(serve, ward, &gone);
        if (ward->profile && ward->waiting && !ward->task)
            lane_put(&serve->wards.lanes, ward, clock_now());
    }
}

/* Something has changed.  What goes on changing, as a file that others write
 * does, puts it off for so long and no longer. */
static void
reload_soon(struct serve *serve)
{
    int64_t now_ms = loop_now_ms();

    if (serve->reload_ms == LOOP_NEVER)
        serve->settled_ms = now_ms + SERVE_SETTLE_MAX_MS;
    serve->reload_ms = now_ms + SERVE_SETTLE_MS < serve->settled_ms
                           ? now_ms + SERVE_SETTLE_MS
                           : serve->settled_ms;
}

static void
on_change(void *arg, int fd, uint32_t events)
{
    struct serve *serve = arg;

    (void)fd;
    (void)events;
    if (watch_read(&serve->watch))
        reload_soon(serve);
}

/* What cannot be watched is tried again, and told once. */
static void
watch(struct serve *serve)
{
    bool was_blind = serve->watch_ms != LOOP_NEVER;
    struct tw_error failure;
    enum tw_status status;
    bool missed;

    serve->watch_ms = LOOP_NEVER;
    if (serve->watch.fd >= 0)
        (void)loop_watch(&serve->loop, serve->watch.fd, 0, NULL, NULL);
    status = watch_set(&serve->watch, &serve->era->set, &missed, &failure);
    if (missed)
        reload_soon(serve);
    if (!status && !loop_watch(&serve->loop, serve->watch.fd, EPOLLIN,
                               on_change, serve)) {
        status = tw_fail(&failure, TW_E_SYSTEM, "epoll takes no more");
        watch_close(&serve->watch);
    }
    if (!status)
        return;
    if (!was_blind)
        complain(serve->session, &failure);
    serve->watch_ms = loop_now_ms() + AGAIN_MS;
}

/* The same: until then readers have the index before. */
static void
write_index(struct serve *serve)
{
    const struct profile_scope scope = session_scope(serve->session);
    bool was_told = serve->index_ms != LOOP_NEVER;
    struct tw_error failure;

    serve->index_ms = LOOP_NEVER;
    if (!index_write(&serve->era->set, &scope, &serve->store, &failure))
        return;
    if (!was_told)
        complain(serve->session, &failure);
    serve->index_ms = loop_now_ms() + AGAIN_MS;
}

/* Takes @set, or clears it. */
static enum tw_status
adopt(struct serve *serve, struct profile_set *set, struct tw_error *err)
{
    struct era *era = calloc(1, sizeof *era), *before = serve->era;

    if (!era) {
        profile_set_clear(set);
        return tw_no_memory(err);
    }
    *era = (struct era){.set = *set, .holds = 1};
    if (!wards_adopt(&serve->wards, &serve->schedule, &era->set)) {
        era_release(era);
        return tw_no_memory(err);
    }
    serve->era = era;
    write_index(serve);
    watch(serve);
    if (before)
        era_release(before);
    serve_look_again(serve);
    serve_absent_again(serve);
    dismiss(serve);
    return TW_OK;
}

/* A directory that is gone has no profiles, and nothing is broken. */
static void
tell_taken(struct serve *serve)
{
    char count[24];
    const struct log_field fields[] = {
        {"status", tw_status_name(TW_OK)}, {"profiles", count}, {NULL, NULL}};

    (void)snprintf(count, sizeof count, "%zu", serve->wards.count);
    log_say(&serve->log, LOG_NOTE, "reload", fields);
}

/* It was no fault of what was read, or not all of it.  @is_passing: as the set
 * has it. */
static void
again(struct serve *serve, enum tw_status status, bool is_passing)
{
    if (status == TW_E_SYSTEM || status == TW_E_RETRY || is_passing)
        serve->again_ms = loop_now_ms() + AGAIN_MS;
}

/* What is good of it. */
static void
take_first(struct serve *serve, struct profile_set *set,
           const struct tw_error *err)
{
    serve->refused = (struct tw_error){.status = TW_OK};
    again(serve, (enum tw_status)set->broken.status, set->is_passing);
    if (err->status)
        serve->broken = *err;
    else
        (void)adopt(serve, set, &serve->broken);
}

/* What the host was short of is tried again by itself, and told once; so is
 * what was left out at the start for that, whatever else is refused now. */
static void
refuse(struct serve *serve, const struct tw_error *before, bool is_passing)
{
    bool is_known = serve->is_again && before->status &&
                    strcmp(before->message, serve->refused.message) == 0;

    if (!is_known)
        log_failure(&serve->log, "reload", NULL, &serve->refused);
    again(serve, (enum tw_status)serve->refused.status,
          is_passing || serve->era->set.is_passing);
}

/* What is missing in it may lie where nothing else of ours does. */
static void
give_up(struct serve *serve, struct profile_set *set)
{
    if (serve->refused.status && watch_also(&serve->watch, set))
        reload_soon(serve);
    profile_set_clear(set);
}

/* Is it what would have been taken at the start, had the user database been
 * there?  What was broken then may be so still. */
static bool
completes_start(const struct serve *serve, const struct profile_set *set)
{
    return serve->is_again && serve->era->set.is_passing && !set->is_passing &&
           profiles_has_all(set, &serve->era->set);
}

void
serve_reloaded(void *arg, struct profile_set *set, const struct tw_error *err)
{
    struct serve *serve = arg;
    const struct tw_error before = serve->refused;
    const bool is_passing = !err->status && set->is_passing;
    const bool is_whole = !err->status && !set->broken.status;

    if (!serve->era) {
        take_first(serve, set, err);
        return;
    }
    serve->reloads++;
    serve->refused = err->status ? *err : set->broken;
    if (!err->status && completes_start(serve, set))
        serve->refused.status = TW_OK;
    if (serve->refused.status || serve->end_ms != LOOP_NEVER)
        give_up(serve, set);
    else if (!adopt(serve, set, &serve->refused)) {
        if (is_whole)
            serve_strays_again(serve);
        tell_taken(serve);
    }
    if (serve->refused.status)
        refuse(serve, &before, is_passing);
    serve->is_again = false;
}

void
serve_reload(struct serve *serve)
{
    struct profile_set set = {.count = 0};
    struct tw_error err;

    serve->reload_ms = serve->again_ms = LOOP_NEVER;
    serve_check_place(serve);
    if (serve->session->options.system &&
        renewal_start(serve->renewal, NULL, NULL)) {
        serve->late_ms = loop_now_ms() + RENEWAL_LATE_MS;
        return;
    }
    (void)renewal_read(serve->renewal, NULL, NULL, &set, &err);
    serve_reloaded(serve, &set, &err);
}

/* Said once of each. */
static int64_t
tell_if_late(struct serve *serve, int64_t now_ms)
{
    if (now_ms < serve->late_ms)
        return serve->late_ms;
    (void)tw_fail(&serve->refused, TW_E_RETRY,
                  "the profiles could not be read in %d s: the user database "
                  "or a file system may hang",
                  RENEWAL_LATE_MS / 1000);
    serve->reloads++;
    log_failure(&serve->log, "reload", NULL, &serve->refused);
    serve->late_ms = LOOP_NEVER;
    return LOOP_NEVER;
}

/* The user database may hang, and whoever started this one is to be told, and
 * may end it. */
static void
read_first(struct serve *serve)
{
    struct profile_set set = {.count = 0};
    struct tw_error err;

    notify_status(&serve->notify, "the profiles are being read");
    if (!renewal_start(serve->renewal, complain, serve->session)) {
        (void)renewal_read(serve->renewal, complain, serve->session, &set,
                           &err);
        serve_reloaded(serve, &set, &err);
    }
    serve->late_ms = loop_now_ms() + RENEWAL_LATE_MS;
    while (!serve->era && !serve->broken.status &&
           serve->end_ms == LOOP_NEVER) {
        int64_t next_ms = tell_if_late(serve, loop_now_ms());

        if (loop_wait(&serve->loop, next_ms, &serve->broken))
            break;
    }
    serve->late_ms = LOOP_NEVER;
}

/* Those of tokens that still live, for which whoever was there before us, or a
 * fetch that was killed, did not run them to their end. */
static void
run_owed_hooks(struct serve *serve)
{
    const struct now now = clock_now();

    for (struct ward *ward = serve->wards.first; ward; ward = ward->next) {
        if (ward->profile && profile_has_hook(ward->profile) &&
            schedule_left(&ward->entry.facts, now) > 0 &&
            store_hook_is_owed(&serve->store, ward->name))
            hooks_want(&serve->hooks, ward);
    }
}

enum tw_status
serve_load(struct serve *serve, struct tw_error *err)
{
    read_first(serve);
    if (serve->broken.status)
        return error_copy(err, &serve->broken);
    if (!serve->era)
        return error_copy(err, &serve->gone); /* TW_OK: told to end */
    while (serve_look_turn(serve) != LOOP_NEVER)
        ;
    serve_resume_users(serve);
    if (!serve->era->set.broken.status)
        serve_strays_again(serve);
    while (serve->strays)
        (void)serve_strays_turn(serve, loop_now_ms());
    run_owed_hooks(serve);
    return TW_OK;
}

/* When it is to be, unless one is under way. */
static int64_t
next_reload_ms(const struct serve *serve)
{
    return serve->again_ms < serve->reload_ms ? serve->again_ms
                                              : serve->reload_ms;
}

const struct tw_error *
serve_reload_fault(const struct serve *serve)
{
    return serve->refused.status ? &serve->refused : &serve->era->set.broken;
}

int64_t
serve_reload_turn(struct serve *serve, int64_t now_ms)
{
    bool is_busy = renewal_is_busy(serve->renewal);
    int64_t next_ms;

    if (now_ms >= serve->watch_ms)
        watch(serve);
    if (now_ms >= serve->index_ms)
        write_index(serve);
    if (!is_busy && now_ms >= next_reload_ms(serve)) {
        serve->is_again = now_ms < serve->reload_ms;
        serve_reload(serve);
        is_busy = renewal_is_busy(serve->renewal);
    }
    next_ms = is_busy ? tell_if_late(serve, now_ms) : next_reload_ms(serve);
    next_ms = next_ms < serve->watch_ms ? next_ms : serve->watch_ms;
    return next_ms < serve->index_ms ? next_ms : serve->index_ms;
}
