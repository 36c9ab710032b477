/* SPDX-License-Identifier: MIT */
/*
 * serve.c - tokenward-helper serve: what it is made of, and its end.
 *
 * It runs in the foreground, under any supervisor, and waits for everything
 * in one place; serve_turn.c has what it does.  A token that is kept is
 * served whether this process lives or not: it is a file.
 */
#include "helper/serve.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include "helper/fence.h"
#include "helper/http.h"
#include "helper/index_write.h"
#include "helper/lock.h"
#include "provider/base/auto.h"

static void
complain_of_hook(void *arg, const struct tw_error *err)
{
    log_failure(arg, "on_refresh", NULL, err);
}

/* Without it the tokens are as good. */
static void
open_audit(struct serve *serve)
{
    struct tw_error err;

    if (audit_open(&serve->audit, &err))
        log_failure(&serve->log, "audit", NULL, &err);
}

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

    serve->failing = 0;
    wards_seek(&serve->wards, &serve->store);
    for (struct ward *ward = serve->wards.first; ward; ward = ward->next) {
        if (!ward->profile)
            continue;
        if (!ward->has_place)
            ward_forget(ward);
        else if (ward_admit(&serve->wards, ward, &serve->store, &failure))
            complain(serve->session, &failure);
        if (ward->has_place)
            (void)ward_look(&serve->wards, ward, &serve->store, now);
        serve->failing += ward->is_failing;
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

    if (!wards_adopt(&serve->wards, &serve->schedule, &era->set))
        return tw_no_memory(err);
    (void)index_write(&era->set, &serve->store, NULL);
    if (serve->watch.fd >= 0)
        (void)loop_watch(&serve->loop, serve->watch.fd, 0, NULL, NULL);
    if (watch_set(&serve->watch, &era->set, err))
        complain(serve->session, err);
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

static void
on_signal(void *arg, int fd, uint32_t events)
{
    struct serve *serve = arg;
    struct signalfd_siginfo info;

    (void)events;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            serve->reload_ms = loop_now_ms();
            open_audit(serve);
        } else if (serve->end_ms == LOOP_NEVER)
            serve->end_ms = loop_now_ms() + SERVE_END_MS;
        else
            serve->end_ms = loop_now_ms(); /* told twice */
    }
}

static enum tw_status
open_signals(struct serve *serve, struct tw_error *err)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "signals");
    serve->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (serve->signals < 0 ||
        !loop_watch(&serve->loop, serve->signals, EPOLLIN, on_signal, serve))
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "signalfd");
    return TW_OK;
}

static void
on_http(void *arg, int fd, uint32_t events)
{
    struct serve *serve = arg;

    (void)http_turn(serve->http, fd, events, &serve->broken);
}

static void
watch_http(void *arg, int fd, uint32_t events)
{
    struct serve *serve = arg;

    if (!loop_watch(&serve->loop, fd, events, on_http, serve))
        (void)tw_fail(&serve->broken, TW_E_SYSTEM, "epoll takes no more");
}

static void
time_http(void *arg, int64_t wait_ms)
{
    struct serve *serve = arg;

    serve->http_ms = wait_ms < 0 ? LOOP_NEVER : loop_now_ms() + wait_ms;
}

static enum tw_status
open_http(struct serve *serve, struct tw_error *err)
{
    const struct http_loop loop = {watch_http, time_http, LANE_HOST_MAX,
                                   serve};
    enum tw_status status =
        http_new(serve->session->options.system, &serve->http, err);

    return status ? status : http_attend(serve->http, &loop, err);
}

static enum tw_status
take_place(struct serve *serve, struct tw_error *err)
{
    enum tw_status status = session_store(serve->session, &serve->store, err);
    struct lock_file file = {.name = STORE_SERVED,
                             .shown = "'serve' in the runtime directory",
                             .busy = "these profiles are served"};

    if (status)
        return status;
    file.dir = serve->store.root;
    serve->store.is_resident = true;
    return lock_take(&file, 0, &serve->lock, err);
}

/* As many descriptors as the host allows: each task has some. */
static void
raise_limits(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static enum tw_status
open_doors(struct serve *serve, struct tw_error *err)
{
    const struct bell_host callers = {serve_asked, serve_left, serve};
    const struct credential_host loads = {serve_loads, serve_left,
                                          serve_load_vain, serve};
    const struct environment *environment = &serve->session->environment;
    enum tw_status status = bell_open(
        &serve->bell, &serve->loop, &serve->store, environment, &callers, err);

    return status ? status
                  : credential_open(&serve->credential, &serve->loop,
                                    &serve->store, environment, &loads, err);
}

static enum tw_status
open_all(struct serve *serve, struct tw_error *err)
{
    const char *const kept[] = {serve->session->audit,
                                serve->session->metrics};
    struct secret_context secrets;
    enum tw_status status = take_place(serve, err);

    log_open(&serve->session->environment, serve->session->log_level,
             &serve->log);
    serve->session->report.log = &serve->log;
    serve->started_at = clock_now().wall;
    serve->audit.path = serve->session->audit;
    open_audit(serve);
    raise_limits();
    notify_open(&serve->session->environment, &serve->notify);
    if (!status)
        status = loop_open(&serve->loop, err);
    if (!status)
        status = open_signals(serve, err);
    if (!status)
        status = open_http(serve, err);
    if (status)
        return status;
    secrets = session_secrets(serve->session, &serve->store);
    serve->tasks = (struct task_context){
        .environment = &serve->session->environment,
        .store = &serve->store,
        .http = serve->http,
        .loop = &serve->loop,
        .broker = &serve->session->broker,
        .wards = &serve->wards,
        .system = serve->session->options.system,
    };
    serve->hooks = (struct hooks){.loop = &serve->loop,
                                  .broker = &serve->session->broker,
                                  .failed = complain_of_hook,
                                  .arg = &serve->log};
    if (serve->notify.watchdog_ms)
        serve->ping_ms = loop_now_ms() + serve->notify.watchdog_ms;
    status = serve_reload(serve, true, err);
    if (!status)
        status = open_doors(serve, err);
    return status
               ? status
               : fence_resident(&secrets, serve->era->set.wlcg, kept, 2, err);
}

/* Until it is told to end, and then until what is under way has ended: an
 * answer may hold the only good refresh token. */
static enum tw_status
run(struct serve *serve, struct tw_error *err)
{
    bool said = false;

    notify_say(&serve->notify, "READY=1");
    while (!serve->broken.status) {
        int64_t next_ms = serve_turn(serve);

        if (serve->end_ms != LOOP_NEVER) {
            if (!said)
                notify_say(&serve->notify, "STOPPING=1");
            said = true;
            if ((!serve->running && !serve->hooks.running_count) ||
                loop_now_ms() >= serve->end_ms)
                return TW_OK;
        }
        if (loop_wait(&serve->loop, next_ms, &serve->broken))
            break;
    }
    return error_copy(err, &serve->broken);
}

static void
close_all(struct serve *serve)
{
    http_free(serve->http); /* before what its requests borrow */
    serve->tasks.http = NULL;
    while (serve->running) {
        struct task *task = serve->running;

        serve->running = task->next;
        task_free(task);
    }
    hooks_clear(&serve->hooks);
    bell_close(&serve->bell);
    credential_close(&serve->credential);
    schedule_clear(&serve->schedule);
    watch_close(&serve->watch); /* before the set whose paths it knows */
    wards_clear(&serve->wards);
    if (serve->era)
        era_release(serve->era);
    auto_close(&serve->signals);
    loop_close(&serve->loop);
    notify_close(&serve->notify);
    store_close(&serve->store);
    auto_close(&serve->lock);
    audit_close(&serve->audit);
    serve->session->report.log = NULL;
    log_close(&serve->log);
}

enum tw_status
command_serve(struct session *session, int argc, char **argv)
{
    struct serve serve = {.session = session,
                          .store = {.root = -1},
                          .lock = -1,
                          .loop = LOOP_INIT,
                          .log = {.journal = -1},
                          .metrics_told = UINT64_MAX, /* a first time */
                          .audit = {.fd = -1},
                          .bell = {.listener = LISTENER_INIT},
                          .credential = {.listener = LISTENER_INIT},
                          .notify = {.fd = -1},
                          .watch = WATCH_INIT,
                          .signals = -1,
                          .http_ms = LOOP_NEVER,
                          .reload_ms = LOOP_NEVER,
                          .ping_ms = LOOP_NEVER,
                          .end_ms = LOOP_NEVER};
    struct tw_error err = {.status = TW_OK};
    enum tw_status status;

    (void)argv;
    if (argc) {
        (void)tw_fail(&err, TW_E_USAGE, "serve takes no argument");
        return session_fail(session, &err);
    }
    status = open_all(&serve, &err);
    if (!status)
        status = run(&serve, &err);
    close_all(&serve);
    return status ? session_fail(session, &err) : TW_OK;
}
