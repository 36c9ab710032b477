/* SPDX-License-Identifier: MIT */
/*
 * secret_command.c - argv comes in, what it prints goes out.
 *
 * The trap is waiting: for a program that hangs, that goes on after it closed
 * its output, or that ended and left a child which holds the pipe open.  So
 * one clock bounds everything, the end of the program counts and not the end
 * of the pipe, and what is killed is killed with its group.
 */
#include "helper/secret_command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "provider/base/clock.h"

#define CHUNK 1024
#define LOOK_MS 5 /* between looks, without pidfd_open(2) */

/* A program under way; killed and reaped when its scope ends. */
struct program {
    const struct broker *broker;
    pid_t pid;  /* and its group's; 0: none */
    int exited; /* readable once it ended, or -1 */
    int output;
    bool reaped, judged;
    int error, state; /* then, as broker_wait() tells it */
};

static bool
is_reaped(struct program *program)
{
    int error;

    if (program->reaped)
        return true;
    error = broker_wait(program->broker, program->pid, &program->state);
    program->error = error;
    program->reaped = error != EAGAIN;
    return program->reaped;
}

/* It has ended, or is about to: waits for that. */
static void
reap(struct program *program)
{
    struct pollfd polled = {.fd = program->exited, .events = POLLIN};

    while (!is_reaped(program))
        (void)poll(&polled, 1, program->exited < 0 ? LOOK_MS : -1);
}

static void
auto_program(struct program *program)
{
    if (program->pid > 0 && !program->judged) {
        (void)kill(-program->pid, SIGKILL);
        reap(program);
    }
    auto_close(&program->exited);
    auto_close(&program->output);
}

static const char *
search_path(char *const *variables)
{
    for (; variables && *variables; variables++) {
        if (strncmp(*variables, "PATH=", 5) == 0)
            return *variables + 5;
    }
    return "/usr/local/bin:/usr/bin:/bin";
}

static bool
is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           access(path, X_OK) == 0;
}

/* A relative directory in PATH is passed over: it is whose the caller's
 * working directory is. */
bool
secret_command_find(const char *name, char *const *variables,
                    char out[static PATH_MAX])
{
    const char *dir = search_path(variables);

    if (strchr(name, '/'))
        return snprintf(out, PATH_MAX, "%s", name) < PATH_MAX &&
               is_program(out);
    while (*dir) {
        size_t n = strcspn(dir, ":");

        if (dir[0] == '/' &&
            snprintf(out, PATH_MAX, "%.*s/%s", (int)n, dir, name) < PATH_MAX &&
            is_program(out))
            return true;
        dir += n;
        dir += *dir == ':';
    }
    return false;
}

static enum tw_status
start(char *const *argv, const char *label, struct program *program,
      struct tw_error *err)
{
    AUTO_CLOSE int writer = -1;
    int ends[2];
    int error;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", label);
    program->output = ends[0];
    writer = ends[1];
    if (fcntl(program->output, F_SETFL, O_NONBLOCK) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", label);
    error = broker_run(program->broker, argv, writer, &program->pid);
    if (error == ENOENT)
        return tw_fail(err, TW_E_CONFIG,
                       "%s: there is no such program, or it may not be run",
                       label);
    if (error)
        return tw_fail_errno(err, TW_E_CONFIG, error, "%s: cannot be started",
                             label);
    program->exited = pidfd_open(program->pid, 0);
    return TW_OK;
}

/* What is in the pipe now.  False when it is too much. */
static bool
drain(const struct program *program, struct secret *out, bool *ended)
{
    char chunk[CHUNK];
    bool fits = true;
    ssize_t n;

    while (fits && (n = read(program->output, chunk, sizeof chunk)) > 0)
        fits = secret_append(out, chunk, (size_t)n);
    *ended = fits && n == 0;
    explicit_bzero(chunk, sizeof chunk);
    return fits;
}

static enum tw_status
hear(struct program *program, const char *label, int wait_ms,
     struct secret *out, struct tw_error *err)
{
    const int64_t deadline = clock_monotonic_ms() + wait_ms;
    bool ended = false;

    for (;;) {
        struct pollfd polled[] = {
            {.fd = program->exited, .events = POLLIN},
            {.fd = ended ? -1 : program->output, .events = POLLIN}};
        int64_t left = deadline - clock_monotonic_ms();
        bool has_exited;

        if (left <= 0)
            return tw_fail(err, TW_E_CONFIG,
                           "%s: did not end within %d ms and was killed",
                           label, wait_ms);
        if (program->exited < 0 && left > LOOK_MS)
            left = LOOK_MS;
        if (poll(polled, 2, (int)left) < 0 && errno != EINTR)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", label);
        has_exited =
            program->exited < 0 ? is_reaped(program) : polled[0].revents != 0;
        if (!drain(program, out, &ended))
            return TW_FAIL_ROOM(err, TW_E_CONFIG,
                                "%s: printed more than %zu bytes", label,
                                out->max);
        if (has_exited)
            return TW_OK;
    }
}

static enum tw_status
judge(struct program *program, const char *label, struct tw_error *err)
{
    int status;

    program->judged = true;
    reap(program);
    status = program->state;
    if (program->error)
        return tw_fail_errno(err, TW_E_SYSTEM, program->error,
                             "%s: its exit status is lost", label);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TW_OK;
    (void)kill(-program->pid, SIGKILL);
    if (WIFSIGNALED(status))
        return tw_fail(err, TW_E_CONFIG, "%s: was ended by signal %d", label,
                       WTERMSIG(status));
    return tw_fail(err, TW_E_CONFIG,
                   "%s: failed with exit status %d; run it by hand to see why",
                   label, WEXITSTATUS(status));
}

enum tw_status
secret_command_run(const struct broker *broker, char *const *argv,
                   const char *label, int wait_ms, struct secret *out,
                   struct tw_error *err)
{
    AUTO(auto_program)
    struct program program = {.broker = broker, .exited = -1, .output = -1};
    AUTO_SECRET printed = SECRET_INIT(out->max);
    enum tw_status status = start(argv, label, &program, err);

    if (!status)
        status = hear(&program, label, wait_ms, &printed, err);
    if (!status)
        status = judge(&program, label, err);
    if (status)
        return status;
    secret_take(out, &printed);
    return TW_OK;
}
