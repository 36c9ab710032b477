/* SPDX-License-Identifier: MIT */
/*
 * secret_command.c - argv comes in, what it prints goes out.
 *
 * The trap is waiting: for a program that hangs, that goes on after it closed
 * its output, or that ended and left a child which holds the pipe open.  So
 * one clock bounds everything, the end of the program counts and not the end
 * of the pipe, and what is killed is killed with its group.
 */
#include "helper/keys/secret_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>

#include "helper/broker/program.h"
#include "provider/base/clock.h"

#define CHUNK 1024
#define LOOK_MS 5 /* between looks, without pidfd_open(2) */

/* A program under way; killed and reaped when its scope ends. */
struct run {
    const struct broker *broker;
    pid_t pid;  /* and its group's; 0: none */
    int exited; /* readable once it ended, or -1 */
    int output;
    bool reaped, judged;
    int error, state; /* then, as broker_wait() tells it */
};

static bool
is_reaped(struct run *run)
{
    int error;

    if (run->reaped)
        return true;
    error = broker_wait(run->broker, run->pid, &run->state);
    run->error = error;
    run->reaped = error != EAGAIN;
    return run->reaped;
}

/* It has ended, or is about to: waits for that. */
static void
reap(struct run *run)
{
    struct pollfd polled = {.fd = run->exited, .events = POLLIN};

    while (!is_reaped(run))
        (void)poll(&polled, 1, run->exited < 0 ? LOOK_MS : -1);
}

static void
auto_run(struct run *run)
{
    if (run->pid > 0 && !run->judged) {
        (void)kill(-run->pid, SIGKILL);
        reap(run);
    }
    auto_close(&run->exited);
    auto_close(&run->output);
}

static enum tw_status
start(char *const *argv, const char *label, struct run *run,
      struct tw_error *err)
{
    AUTO_CLOSE int writer = -1;
    int ends[2];
    int error;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", label);
    run->output = ends[0];
    writer = ends[1];
    if (fcntl(run->output, F_SETFL, O_NONBLOCK) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", label);
    error = broker_run(run->broker, argv, writer, &run->pid);
    if (error == ENOENT)
        return tw_fail(err, TW_E_CONFIG,
                       "%s: there is no such program, or it may not be run",
                       label);
    if (error)
        return program_unstarted(error, label, err);
    run->exited = pidfd_open(run->pid, 0);
    return TW_OK;
}

/* What is in the pipe now.  False when it is too much. */
static bool
drain(const struct run *run, struct secret *out, bool *ended)
{
    char chunk[CHUNK];
    bool fits = true;
    ssize_t n;

    while (fits && (n = read(run->output, chunk, sizeof chunk)) > 0)
        fits = secret_append(out, chunk, (size_t)n);
    *ended = fits && n == 0;
    explicit_bzero(chunk, sizeof chunk);
    return fits;
}

static enum tw_status
hear(struct run *run, const char *label, int wait_ms, struct secret *out,
     struct tw_error *err)
{
    const int64_t deadline = clock_monotonic_ms() + wait_ms;
    bool ended = false;

    for (;;) {
        struct pollfd polled[] = {
            {.fd = run->exited, .events = POLLIN},
            {.fd = ended ? -1 : run->output, .events = POLLIN}};
        int64_t left = deadline - clock_monotonic_ms();
        bool has_exited;

        if (left <= 0)
            return tw_fail(err, TW_E_RETRY,
                           "%s: did not end within %d ms and was killed",
                           label, wait_ms);
        if (run->exited < 0 && left > LOOK_MS)
            left = LOOK_MS;
        if (poll(polled, 2, (int)left) < 0 && errno != EINTR)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", label);
        has_exited = run->exited < 0 ? is_reaped(run) : polled[0].revents != 0;
        if (!drain(run, out, &ended))
            return TW_FAIL_ROOM(err, TW_E_CONFIG,
                                "%s: printed more than %zu bytes", label,
                                out->max);
        if (has_exited)
            return TW_OK;
    }
}

static enum tw_status
judge(struct run *run, const char *label, struct tw_error *err)
{
    run->judged = true;
    reap(run);
    if (run->error)
        return tw_fail_errno(err, TW_E_SYSTEM, run->error,
                             "%s: its exit status is lost", label);
    return program_judge(run->pid, run->state, label, err);
}

enum tw_status
secret_command_run(const struct broker *broker, char *const *argv,
                   const char *label, int wait_ms, struct secret *out,
                   struct tw_error *err)
{
    AUTO(auto_run)
    struct run run = {.broker = broker, .exited = -1, .output = -1};
    AUTO_SECRET printed = SECRET_INIT(out->max);
    enum tw_status status = start(argv, label, &run, err);

    if (!status)
        status = hear(&run, label, wait_ms, &printed, err);
    if (!status)
        status = judge(&run, label, err);
    if (status)
        return status;
    secret_take(out, &printed);
    return TW_OK;
}
