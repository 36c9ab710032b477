/* SPDX-License-Identifier: MIT */
/*
 * task.c - see task.h.
 *
 * The trap: a job that is torn down while a request of its is under way.  The
 * engine ends what is late first (http_overdue), and only a job that merely
 * waits is ended here.
 */
#include "helper/serve/task.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "helper/broker/broker.h"
#include "helper/http/http.h"
#include "provider/base/auto.h"
#include "provider/base/verdict.h"

#define REPORT_MAX 4096

void
era_release(struct era *era)
{
    if (--era->holds)
        return;
    profile_set_clear(&era->set);
    free(era);
}

/* What it said in the end; one that was killed says nothing. */
static void
hear_child(struct task *task, bool has_failed)
{
    char report[REPORT_MAX + 1];
    ssize_t n = read(task->told, report, REPORT_MAX);

    if (n > 0)
        task->report = strndup(report, (size_t)n);
    if (has_failed &&
        (n <= 0 || !verdict_read(report, (size_t)n, &task->result)))
        (void)tw_fail(&task->result, TW_E_RETRY,
                      "'%s' could not be fetched: the process that was to do "
                      "it ended without a word",
                      task->ward->name);
}

static void
on_child(void *arg, int fd, uint32_t events)
{
    struct task *task = arg;
    int state = 0;
    int error = broker_wait(task->context->broker, task->pid, &state);

    (void)fd;
    (void)events;
    if (error == EAGAIN)
        return;
    hear_child(task, error || state != 0);
    task->is_cut_off = error || WIFSIGNALED(state);
    task->has_ended = true;
}

/* @output: where it says how it went.  Returns an errno. */
static int
run_child(struct task *task, int output)
{
    const struct broker_fetch fetch = {.name = task->ward->name,
                                       .min_valid = task->options.min_valid,
                                       .background = task->options.background,
                                       .output = output};
    int rc = broker_fetch(task->context->broker, &fetch, &task->pid);
    int state;

    if (rc)
        return rc;
    task->child = (int)syscall(SYS_pidfd_open, task->pid, 0);
    if (task->child >= 0 &&
        loop_watch(task->context->loop, task->child, EPOLLIN, on_child, task))
        return 0;
    rc = errno;
    (void)broker_end(task->context->broker, task->pid, &state);
    return rc;
}

/* Neither end of the pipe waits for the other. */
static void
start_child(struct task *task)
{
    AUTO_CLOSE int output = -1;
    int ends[2], rc;

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
        rc = errno;
    } else {
        task->told = ends[0];
        output = ends[1];
        rc = run_child(task, output);
    }
    if (!rc)
        return;
    (void)tw_fail_errno(&task->result, TW_E_SYSTEM, rc, "starting a process");
    task->has_ended = true;
}

static void
start_job(struct task *task)
{
    const struct task_context *context = task->context;
    const struct profile *profile = NULL;

    task->job_context =
        (struct job_context){.options = &task->options,
                             .store = context->store,
                             .scribe = context->scribe,
                             .disk = context->disk,
                             .secrets = {.environment = context->environment,
                                         .store = context->store,
                                         .system = context->system}};
    if (ward_profile(context->wards, task->ward, &profile, &task->result)) {
        task->has_ended = true;
        return;
    }
    job_init_with(&task->job, &task->job_context, profile);
    job_begin(&task->job, context->http, 0);
}

struct task *
task_start(const struct task_context *context, struct era *era,
           struct ward *ward, const struct lane_place *place)
{
    struct task *task = calloc(1, sizeof *task);
    int64_t now_ms = clock_monotonic_ms();

    if (!task)
        return NULL;
    task->context = context;
    task->ward = ward;
    task->uid = ward->uid;
    task->place = *place;
    task->era = era;
    era->holds++;
    task->child = task->told = -1;
    task->began_ms = now_ms;
    task->end_ms = now_ms + TASK_MS + TASK_GRACE_MS;
    task->options = (struct fetch_options){.min_valid = ward_min_valid(ward),
                                           .background = !ward->waiting,
                                           .deadline_ms = now_ms + TASK_MS,
                                           .system = context->system};
    if (profile_is_apart(ward->profile))
        start_child(task);
    else
        start_job(task);
    return task;
}

static void
see_job(struct task *task)
{
    if (job_is_busy(&task->job))
        return;
    task->is_contended = job_is_contended(&task->job);
    task->result = *job_result(&task->job);
    task->has_ended = true;
}

/* Past its time: the process is killed, the job ended if it merely waits. */
static void
expire(struct task *task, int64_t now_ms)
{
    if (task->child >= 0) {
        (void)syscall(SYS_pidfd_send_signal, task->child, SIGKILL, NULL, 0);
        return;
    }
    http_overdue(task->context->http, now_ms, TASK_GRACE_MS / 2);
    if (job_is_busy(&task->job) && job_wake_ms(&task->job) != INT64_MAX)
        job_expire(&task->job);
}

int64_t
task_turn(struct task *task, int64_t now_ms)
{
    int64_t wake_ms;

    if (!task->has_ended && now_ms >= task->end_ms) {
        expire(task, now_ms);
        task->end_ms = now_ms + TASK_GRACE_MS;
    }
    if (task->child >= 0 || task->has_ended)
        return task->end_ms;
    job_turn(&task->job, now_ms);
    see_job(task);
    wake_ms = task->has_ended ? INT64_MAX : job_wake_ms(&task->job);
    return wake_ms < task->end_ms ? wake_ms : task->end_ms;
}

bool
task_keeps(const struct task *task)
{
    const struct profile *profile = task->ward->profile;

    if (task->has_ended)
        return false;
    return task->child >= 0 ? profile && profile_login_source(profile)
                            : job_keeps(&task->job);
}

void
task_free(struct task *task)
{
    if (task->child >= 0) {
        (void)loop_watch(task->context->loop, task->child, 0, NULL, NULL);
        (void)close(task->child);
    } else if (task->job.context) {
        job_clear(&task->job);
    }
    auto_close(&task->told);
    free(task->report);
    era_release(task->era);
    free(task);
}
