/* SPDX-License-Identifier: MIT */
/*
 * hooks.c - see hooks.h.
 *
 * The trap is a profile that is refreshed faster than its hook ends, and ten
 * thousand that are refreshed at once: a ward stands in line once or not at
 * all, and what runs has a bound in number and in time.
 */
#include "helper/serve/hooks.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "helper/serve/ward.h"
#include "provider/base/auto.h"

void
hooks_want(struct hooks *hooks, struct ward *ward)
{
    if (!profile_has_hook(ward->profile) || ward->wants_hook)
        return;
    ward->wants_hook = true;
    if (ward->hook)
        return; /* stands in line when that one has ended */
    ward->next_hook = NULL;
    if (hooks->last)
        hooks->last->next_hook = ward;
    else
        hooks->first = ward;
    hooks->last = ward;
}

static bool
has_hook(const struct ward *ward)
{
    return ward->profile && profile_has_hook(ward->profile);
}

static void
conclude(struct hooks *hooks, struct ward *ward, bool bad)
{
    hooks->good += !bad;
    hooks->bad += bad;
    hooks->failing -= ward->hook_failed;
    ward->hook_failed = bad && has_hook(ward);
    hooks->failing += ward->hook_failed;
}

static void
drop(struct hook_run *run)
{
    struct hooks *hooks = run->hooks;
    struct ward *ward = run->ward;

    timed_drop(&hooks->running, &run->timed);
    hooks->running_count--;
    ward->hook = NULL;
    free(run);
    if (ward->wants_hook && ward->profile) {
        ward->wants_hook = false;
        hooks_want(hooks, ward);
    }
}

/* How it ended, as waitpid(2) tells; it is killed if it has not. */
static int
reap(struct hook_run *run)
{
    int state = -1;

    (void)loop_watch(run->hooks->loop, run->exited, 0, NULL, NULL);
    (void)broker_end(run->hooks->broker, run->pid, &state);
    auto_close(&run->exited);
    return state;
}

static void
on_exit_of(void *arg, int fd, uint32_t events)
{
    struct hook_run *run = arg;

    (void)fd;
    (void)events;
    conclude(run->hooks, run->ward, reap(run) != 0);
    drop(run);
}

static void
fail(struct hooks *hooks, struct ward *ward, int error, const char *why)
{
    struct tw_error err;

    (void)tw_fail(&err, TW_E_SYSTEM, "on_refresh of '%s': %s%s%s", ward->name,
                  why, error ? ": " : "", error ? strerror(error) : "");
    hooks->failed(hooks->arg, &err);
    conclude(hooks, ward, true);
}

static void
start(struct hooks *hooks, struct ward *ward)
{
    struct hook_run *run = calloc(1, sizeof *run);
    int error = run ? 0 : ENOMEM;

    if (!error)
        error = broker_hook(hooks->broker, ward->name, &run->pid);
    if (error) {
        free(run);
        fail(hooks, ward, error, "cannot be started");
        return;
    }
    run->hooks = hooks;
    run->ward = ward;
    run->exited = (int)syscall(SYS_pidfd_open, run->pid, 0);
    if (run->exited < 0 ||
        !loop_watch(hooks->loop, run->exited, EPOLLIN, on_exit_of, run)) {
        error = errno;
        (void)reap(run);
        free(run);
        fail(hooks, ward, error, "cannot be watched, and was killed");
        return;
    }
    ward->hook = run;
    timed_put(&hooks->running, &run->timed, loop_now_ms() + HOOKS_MS);
    hooks->running_count++;
}

static struct hook_run *
run_of(struct timed *timed)
{
    return (struct hook_run *)(void *)((char *)timed -
                                       offsetof(struct hook_run, timed));
}

int64_t
hooks_turn(struct hooks *hooks, int64_t now_ms)
{
    struct timed *due;

    while ((due = timed_due(&hooks->running, now_ms))) {
        struct hook_run *run = run_of(due);

        (void)reap(run);
        fail(hooks, run->ward, 0, "did not end, and was killed");
        drop(run);
    }
    while (hooks->first && hooks->running_count < HOOKS_MAX) {
        struct ward *ward = hooks->first;

        hooks->first = ward->next_hook;
        if (!hooks->first)
            hooks->last = NULL;
        ward->wants_hook = false;
        start(hooks, ward);
    }
    return timed_next(&hooks->running);
}

static void
leave_line(struct hooks *hooks, struct ward *ward)
{
    struct ward **at = &hooks->first, *last = NULL;

    while (*at && *at != ward) {
        last = *at;
        at = &(*at)->next_hook;
    }
    if (!*at)
        return;
    *at = ward->next_hook;
    if (hooks->last == ward)
        hooks->last = last;
}

void
hooks_look(struct hooks *hooks, struct ward *ward)
{
    if (has_hook(ward))
        return;
    if (ward->wants_hook && !ward->hook)
        leave_line(hooks, ward);
    ward->wants_hook = false;
    hooks->failing -= ward->hook_failed;
    ward->hook_failed = false;
}

void
hooks_clear(struct hooks *hooks)
{
    while (hooks->running.first) {
        struct hook_run *run = run_of(hooks->running.first);

        (void)loop_watch(hooks->loop, run->exited, 0, NULL, NULL);
        auto_close(&run->exited);
        drop(run);
    }
}
