/* SPDX-License-Identifier: MIT */
/*
 * serve.c - tokenward-helper serve: what it is made of, and its end.
 *
 * It runs in the foreground, under any supervisor, and waits for everything
 * in one place; serve_turn.c has what it does.  A token that is kept is
 * served whether this process lives or not: it is a file.
 */
#include "helper/serve/serve.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include "helper/base/lock.h"
#include "helper/commands.h"
#include "helper/fence/fence.h"
#include "helper/http/http.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define PLACE_MS 500 /* for whoever looks whether it is taken */

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
        else { /* told twice */
            serve->end_ms = loop_now_ms();
            serve->ends_soon = true;
        }
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
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "signals");
    serve->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (serve->signals < 0 ||
        !loop_watch(&serve->loop, serve->signals, EPOLLIN, on_signal, serve))
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "signalfd");
    return TW_OK;
}

static void
on_broker_end(void *arg, int fd, uint32_t events)
{
    struct serve *serve = arg;

    (void)events;
    (void)loop_watch(&serve->loop, fd, 0, NULL, NULL);
    (void)tw_fail(&serve->gone, TW_E_SYSTEM,
                  "the process that starts programs has ended\n"
                  "start the helper again");
    serve_end(serve);
}

/* Without it no hook runs, and nothing is fetched apart any more. */
static enum tw_status
watch_broker(struct serve *serve, struct tw_error *err)
{
    return loop_watch(&serve->loop, serve->session->broker.fd, EPOLLRDHUP,
                      on_broker_end, serve)
               ? TW_OK
               : tw_fail(err, TW_E_SYSTEM, "epoll takes no more");
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
    status =
        lock_take(&file, clock_monotonic_ms() + PLACE_MS, &serve->lock, err);
    if (!status)
        store_reside(&serve->store, serve->lock);
    return status;
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
open_renewal(struct serve *serve, struct tw_error *err)
{
    struct profile_scope scope = session_scope(serve->session);

    /* A foreign constructor would be the end of all that is served. */
    serve->session->modules.broker = &serve->session->broker;
    serve->renewal = renewal_open(
        &serve->loop, &scope, &serve->session->modules, serve_reloaded, serve);
    return serve->renewal ? TW_OK : tw_no_memory(err);
}

static enum tw_status
open_all(struct serve *serve, struct tw_error *err)
{
    const char *const kept[] = {serve->session->audit,
                                serve->session->metrics};
    const struct namer_host names = {serve_named, serve_found, serve};
    struct secret_context secrets;
    enum tw_status status = take_place(serve, err);

    log_open(&serve->session->environment,
             serve->session->log_level ? serve->session->log_level : LOG_NOTE,
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
        status = watch_broker(serve, err);
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
    status = open_renewal(serve, err);
    if (!status)
        status = serve_load(serve, err);
    if (status || !serve->era)
        return status;
    status = open_doors(serve, err);
    if (!status)
        status = fence_resident(&secrets, serve->era->set.wlcg, kept, 2, err);
    if (!status)
        serve->tasks.scribe = serve->scribe =
            scribe_open(&serve->loop, SCRIBE_SEVERAL);
    if (!status)
        serve->tasks.disk = serve->disk = scribe_open(&serve->loop, 1);
    if (!status)
        serve->namer = namer_open(&serve->loop, &names);
    return status;
}

/* What is under way may take its time to end, and then those whose answers may
 * hold the only good refresh token as long as they need. */
static bool
has_ended(struct serve *serve)
{
    const struct task *task = serve->running;

    if ((serve->unlooked || serve->strays) && !serve->ends_soon)
        return false; /* who is no reader any more would be one */
    if (!task && !serve->hooks.running_count && !serve->revokes.count)
        return true;
    if (!serve->ends_soon && loop_now_ms() < serve->end_ms)
        return false;
    while (task && !task_keeps(task))
        task = task->next;
    if (!task)
        return true;
    if (serve->ends_soon)
        return loop_now_ms() >= serve->end_ms;
    serve->ends_soon = true;
    serve->end_ms = loop_now_ms() + SERVE_KEEP_MS;
    return false;
}

/* Until it is told to end, and what is under way has. */
static enum tw_status
run(struct serve *serve, struct tw_error *err)
{
    bool said = false;

    notify_say(&serve->notify, "READY=1");
    while (!serve->broken.status) {
        int64_t next_ms = serve_turn(serve);

        if (serve->broken.status)
            break;
        if (serve->end_ms != LOOP_NEVER) {
            if (!said)
                notify_say(&serve->notify, "STOPPING=1");
            said = true;
            if (has_ended(serve))
                return error_copy(err, &serve->gone);
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
    serve_revoke_clear(serve);
    scribe_close(serve->disk); /* before what it has not given back */
    scribe_close(serve->scribe);
    namer_close(serve->namer);
    while (serve->running) {
        struct task *task = serve->running;

        serve->running = task->next;
        task_free(task);
    }
    hooks_clear(&serve->hooks);
    bell_close(&serve->bell);
    credential_close(&serve->credential);
    schedule_clear(&serve->schedule);
    auto_closedir(&serve->strays);
    watch_close(&serve->watch); /* before the set whose paths it knows */
    wards_clear(&serve->wards);
    if (serve->era)
        era_release(serve->era);
    renewal_close(serve->renewal);
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
                          .strays_ms = LOOP_NEVER,
                          .admit_ms = LOOP_NEVER,
                          .absent_ms = LOOP_NEVER,
                          .reload_ms = LOOP_NEVER,
                          .again_ms = LOOP_NEVER,
                          .watch_ms = LOOP_NEVER,
                          .index_ms = LOOP_NEVER,
                          .late_ms = LOOP_NEVER,
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
    if (!status && serve.era)
        status = run(&serve, &err);
    close_all(&serve);
    return status ? session_fail(session, &err) : TW_OK;
}
