/* SPDX-License-Identifier: MIT */
/*
 * serve_turn.c - one turn of the resident helper: what is due is lined up,
 * what may begin begins, what has ended is looked at; see serve.h.
 *
 * Nothing here waits.
 */
#include <stdio.h>
#include <string.h>

#include "helper/http/http.h"
#include "helper/serve/serve.h"
#include "provider/base/clock.h"
#include "provider/base/lines.h"

static int64_t
earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void
unlink_task(struct serve *serve, struct task *task)
{
    if (task->previous)
        task->previous->next = task->next;
    else
        serve->running = task->next;
    if (task->next)
        task->next->previous = task->previous;
    serve->running_count--;
}

/* Was it what those want who wait for @ward by now?  A profile may have been
 * replaced meanwhile, and a failure may be that of the one before. */
static bool
is_wanted(const struct serve *serve, const struct ward *ward,
          const struct task *task)
{
    if (task->era != serve->era)
        return false;
    return task->result.status ||
           (!task->job.is_moot && !task->options.background &&
            task->options.min_valid >= ward_min_valid(ward));
}

/* Those who wait are answered, unless the fetch was not the one they wanted
 * or another process is at it: then it is tried again. */
static void
answer(struct serve *serve, struct ward *ward, const struct task *task)
{
    if (!ward->waiting)
        return;
    if (!ward->profile || is_wanted(serve, ward, task))
        serve_answer(serve, ward, &task->result);
    else
        lane_put(&serve->wards.lanes, ward, clock_now());
}

/* A process of its own says what it has published: perhaps another profile's
 * token, too, which it needs: nobody else would run that one's hook.  True:
 * its own. */
static bool
hear_published(struct serve *serve, struct task *task)
{
    const char *key, *value;
    struct lines lines;
    bool result = false;

    if (!task->report)
        return false;
    lines_begin(&lines, task->report, strlen(task->report));
    while (lines_next(&lines, &key, &value)) {
        const bool is_same = strcmp(key, "kept") == 0;
        struct ward *ward = is_same || strcmp(key, "published") == 0
                                ? wards_find(&serve->wards, value)
                                : NULL;

        if (strcmp(key, "cut_off") == 0)
            task->is_cut_off = true;
        if (ward == task->ward) {
            result = true;
            task->is_same = is_same;
        } else if (ward && ward->profile && !is_same)
            hooks_want(&serve->hooks, ward);
    }
    return result;
}

/* One that was killed may have published before it could say so: a token that
 * is not the one of @before may be its.  Rather one hook too many than none.
 */
static bool
may_have_published(const struct task *task, int64_t before)
{
    return task->is_cut_off && task->ward->generation != before &&
           task->ward->entry.facts.lifetime > 0;
}

/* What was brought for a session that has ended may have been removed. */
static bool
brought_token(struct serve *serve, struct task *task, int64_t before)
{
    bool published = hear_published(serve, task) || task->job.published ||
                     may_have_published(task, before);

    if (task->job.published)
        task->is_same = task->job.change.is_same;
    return published && task->ward->profile &&
           (!task->job.is_moot || task->ward->entry.facts.lifetime > 0);
}

/* One that found nothing to do is none. */
static void
count(struct serve *serve, const struct task *task, bool brought)
{
    struct ward *ward = task->ward;
    int status = task->result.status;

    if (task->is_contended || (!status && !brought))
        return;
    serve->fetches[status]++;
    span_count(&serve->fetch_spans, clock_monotonic_ms() - task->began_ms);
    ward->refreshes += brought;
    if (status && !ward->faults)
        ward->faults = calloc(1, sizeof *ward->faults);
    if (status && ward->faults) {
        ward->faults->counts[status]++;
        ward->faults->last_at = clock_now().wall;
    }
}

/* Whoever asked nobody has learnt nothing. */
static enum lane_news
news_of(const struct task *task)
{
    if (task->child < 0 && !task->job.was_asked && !task->job.published)
        return LANE_NO_NEWS;
    return task->result.status == TW_E_RETRY ? LANE_SILENT : LANE_ANSWERED;
}

/* What it wrote is for the readers of its own set of profiles, or for whose
 * the name was: they may be others by now, or none. */
static void
admit(struct serve *serve, const struct task *task)
{
    struct ward *ward = wards_find(&serve->wards, task->ward->name);

    if (ward && (task->era != serve->era || task->uid != ward->uid))
        (void)serve_admit(serve, ward, NULL);
    if (!ward)
        serve_stray(serve, task->ward->name);
}

static void
finish(struct serve *serve, struct task *task)
{
    struct ward *ward = task->ward;
    int64_t before = ward->generation;
    bool brought;

    unlink_task(serve, task);
    ward->task = NULL;
    if (task->has_left)
        serve->writing_count--;
    else
        lane_end(&serve->wards.lanes, &task->place, news_of(task));
    if (task->job.is_moot) {
        task->result = (struct tw_error){.status = TW_OK};
        serve_leave_after(serve, task);
    }
    if (task->result.status == TW_E_ACCESS ||
        task->result.status == TW_E_SYSTEM)
        serve_check_place(serve);
    admit(serve, task);
    serve_put_back(serve, ward, task);
    brought = brought_token(serve, task, before);
    count(serve, task, brought);
    serve_tell(serve, task, brought);
    if (brought && !task->is_same)
        hooks_want(&serve->hooks, ward);
    if (!task->is_contended)
        answer(serve, ward, task);
    task_free(task);
}

static void
begin(struct serve *serve, struct ward *ward, const struct lane_place *place)
{
    struct task *task = task_start(&serve->tasks, serve->era, ward, place);

    if (!task) {
        (void)tw_no_memory(&serve->broken);
        return;
    }
    ward->task = task;
    task->next = serve->running;
    if (task->next)
        task->next->previous = task;
    serve->running = task;
    serve->running_count++;
}

/* While its token is written, its endpoint may be asked by the next one,
 * unless the disk takes none any more. */
static void
leave(struct serve *serve, struct task *task)
{
    if (task->has_left || task->child >= 0 || !job_has_answer(&task->job) ||
        serve->writing_count == SERVE_WRITING_MAX)
        return;
    task->has_left = true;
    serve->writing_count++;
    lane_end(&serve->wards.lanes, &task->place, LANE_ANSWERED);
}

/* One that takes its time shall not keep others from their turn.  The result:
 * when it will have. */
static int64_t
doubt(struct serve *serve, struct task *task, int64_t now_ms)
{
    int64_t doubt_ms = task->began_ms + LANE_DOUBT_MS;

    if (task->is_doubted || task->has_left)
        return INT64_MAX;
    if (now_ms < doubt_ms)
        return doubt_ms;
    task->is_doubted = true;
    lane_doubt(&serve->wards.lanes, &task->place);
    return INT64_MAX;
}

/* All that run, once; those that began meanwhile too.  The result: when one
 * wants its turn, of the monotonic clock. */
static int64_t
turn_tasks(struct serve *serve, int64_t now_ms)
{
    int64_t next_ms = INT64_MAX;
    struct task *task = serve->running;

    while (task) {
        struct task *following = task->next;
        int64_t wake_ms = task_turn(task, now_ms);

        leave(serve, task);
        if (task->has_ended)
            finish(serve, task);
        else
            next_ms =
                earlier(next_ms, earlier(wake_ms, doubt(serve, task, now_ms)));
        task = following;
    }
    return next_ms;
}

static void
line_up(struct serve *serve)
{
    struct now now = clock_now();
    struct schedule_entry *entry;

    while ((entry = schedule_take(&serve->schedule, now))) {
        struct ward *ward = (struct ward *)entry;

        if (!ward->task && !ward_is_idle(ward, now))
            lane_put(&serve->wards.lanes, ward, now);
    }
}

static bool
begin_some(struct serve *serve)
{
    bool some = false;
    const struct now now = clock_now();
    struct lane_place place;
    struct ward *ward;

    while ((ward = lane_take(&serve->wards.lanes, now, &place))) {
        begin(serve, ward, &place);
        some = true;
    }
    return some;
}

/* The schedule counts seconds. */
static int64_t
schedule_ms(const struct serve *serve)
{
    int64_t next = schedule_next(&serve->schedule);

    return next == SCHEDULE_NEVER ? LOOP_NEVER : next * 1000;
}

static int64_t
turn_work(struct serve *serve)
{
    int64_t next_ms;

    if (serve->loop.clock_was_set) {
        serve->loop.clock_was_set = false;
        schedule_again(&serve->schedule, clock_now());
    }
    do {
        int64_t now_ms = clock_monotonic_ms();

        if (serve->http_ms <= loop_now_ms()) {
            serve->http_ms = LOOP_NEVER;
            (void)http_turn(serve->http, -1, 0, &serve->broken);
        }
        next_ms = turn_tasks(serve, now_ms);
        serve_revoke_turn(serve);
        if (next_ms != INT64_MAX)
            next_ms += loop_now_ms() - now_ms;
        if (serve->end_ms == LOOP_NEVER)
            line_up(serve);
    } while (serve->end_ms == LOOP_NEVER && !serve->broken.status &&
             begin_some(serve));
    if (serve->end_ms == LOOP_NEVER)
        next_ms = earlier(next_ms, schedule_ms(serve));
    return earlier(next_ms, serve->http_ms);
}

static void
tell_status(struct serve *serve)
{
    const struct tw_error *why = serve_reload_fault(serve);
    char text[sizeof serve->notify.said];

    if (serve->notify.fd < 0)
        return;
    (void)snprintf(text, sizeof text,
                   "%zu profiles, %zu failing, %zu failing on_refresh%s%.150s",
                   serve->wards.count, serve->wards.failing,
                   serve->hooks.failing,
                   why->status == TW_OK     ? ""
                   : why == &serve->refused ? "; not reloaded: "
                                            : "; left out: ",
                   why->status ? why->message : "");
    text[strcspn(text, "\n")] = '\0';
    notify_status(&serve->notify, text);
}

int64_t
serve_turn(struct serve *serve)
{
    int64_t now_ms = loop_now_ms(), unnamed_ms, next_ms,
            reload_ms = serve->end_ms;

    if (serve->end_ms == LOOP_NEVER)
        reload_ms = serve_reload_turn(serve, now_ms);
    reload_ms = earlier(reload_ms, serve_look_turn(serve));
    reload_ms = earlier(reload_ms, serve_strays_turn(serve, now_ms));
    reload_ms = earlier(reload_ms, serve_admit_turn(serve, now_ms));
    if (now_ms >= serve->ping_ms) {
        serve_check_place(serve);
        notify_say(&serve->notify, "WATCHDOG=1");
        serve->ping_ms = now_ms + serve->notify.watchdog_ms;
    }
    unnamed_ms = earlier(serve_unnamed_turn(serve, now_ms),
                         serve_absent_turn(serve, now_ms));
    next_ms = earlier(turn_work(serve), unnamed_ms);
    tell_status(serve);
    next_ms = earlier(next_ms, bell_turn(&serve->bell, now_ms));
    next_ms = earlier(next_ms, credential_turn(&serve->credential, now_ms));
    next_ms = earlier(next_ms, hooks_turn(&serve->hooks, now_ms));
    next_ms = earlier(next_ms, serve_metrics_turn(serve, now_ms));
    next_ms = earlier(next_ms, reload_ms);
    return earlier(next_ms, serve->ping_ms);
}
