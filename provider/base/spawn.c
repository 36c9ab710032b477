/* SPDX-License-Identifier: MIT */
/*
 * spawn.c - the helper, started from inside somebody else's process.
 *
 * The process started here forks and ends at once, so it is reaped at once
 * and the host keeps no child; what goes on reports through the pipe.  A host
 * that ignores SIGCHLD or reaps everything changes nothing, since no exit
 * status is looked at.
 */
#include "provider/base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>

#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "provider/base/steering.h"
#include "provider/base/verdict.h"

#ifndef TW_HELPER_PATH
#define TW_HELPER_PATH "/usr/libexec/tokenward-helper"
#endif

#define NULL_DEVICE "/dev/null"
#define ARGS_MAX 16
#define REPORT_MAX 4096
#define START_MS 2000 /* for the process that only forks */

extern char **environ;

static char **
make_environment(void)
{
    size_t count = 0, kept = 0;
    char **out;

    while (environ && environ[count])
        count++;
    out = calloc(count + 1, sizeof *out);
    for (size_t i = 0; out && i < count && environ[i]; i++) {
        if (!steering_has(environ[i]))
            out[kept++] = environ[i];
    }
    return out;
}

static int
set_up(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes,
       int pipe_fd)
{
    sigset_t all, none;
    int rc;

    (void)sigfillset(&all);
    (void)sigemptyset(&none);
    rc =
        posix_spawn_file_actions_addopen(actions, 0, NULL_DEVICE, O_RDONLY, 0);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(actions, pipe_fd, 1);
    if (!rc)
        rc = posix_spawn_file_actions_addopen(actions, 2, NULL_DEVICE,
                                              O_WRONLY, 0);
    if (!rc)
        rc = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    if (!rc)
        rc = posix_spawnattr_setsigdefault(attributes, &all);
    if (!rc)
        rc = posix_spawnattr_setsigmask(attributes, &none);
    if (!rc)
        rc = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID |
                                                      POSIX_SPAWN_SETSIGDEF |
                                                      POSIX_SPAWN_SETSIGMASK);
    return rc;
}

static int
start(const char *path, char *const *argv, int pipe_fd, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    AUTO_FREE char **environment = make_environment();
    int rc;

    if (!environment)
        return ENOMEM;
    rc = posix_spawn_file_actions_init(&actions);
    if (rc)
        return rc;
    rc = posix_spawnattr_init(&attributes);
    if (!rc) {
        rc = set_up(&actions, &attributes, pipe_fd);
        if (!rc)
            rc = posix_spawn(pid, path, &actions, &attributes, argv,
                             environment);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return rc;
}

static bool
ends_with_empty_line(const char *report, size_t n)
{
    return n > 1 && report[n - 1] == '\n' && report[n - 2] == '\n';
}

/* Reads until the other end is closed, or says by an empty line that there is
 * no more: the helper may have more to do than to answer.  False when the time
 * was up first. */
static bool
read_report(int fd, int wait_ms, char *report, size_t *n)
{
    int64_t deadline = clock_monotonic_ms() + wait_ms;

    *n = 0;
    for (;;) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_monotonic_ms();
        int ready = poll(&poller, 1, left > 0 ? (int)left : 0);
        ssize_t got;

        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        got = read(fd, report + *n, REPORT_MAX - *n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return true;
        *n += (size_t)got;
        if (*n == REPORT_MAX || ends_with_empty_line(report, *n))
            return true;
    }
}

/* It only forks: it has ended long since, or is stuck.  Where the host has
 * reaped it, the number may be another process's by now. */
static void
reap(pid_t pid)
{
    pid_t ended;

    do
        ended = waitpid(pid, NULL, WNOHANG);
    while (ended < 0 && errno == EINTR);
    if (ended != 0)
        return;
    (void)kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* The helper's path; never what the caller of a privileged program says. */
static const char *
helper_path(void)
{
    const char *given = secure_getenv("TOKENWARD_HELPER");

    return given && given[0] == '/' ? given : TW_HELPER_PATH;
}

/* As a setuid program is, or a server of root's that works as a user for a
 * while: a helper would not be its caller's alone. */
static bool
is_raised(void)
{
    return getauxval(AT_SECURE) || getuid() != geteuid() ||
           getgid() != getegid();
}

/* posix_spawn(3) does not say which of its steps failed.  A root directory of
 * somebody's own may have no device, or a file in its place. */
static enum tw_status
fail_start(const char *path, int reason, struct tw_error *err)
{
    if (access(path, X_OK) == 0 && access(NULL_DEVICE, R_OK | W_OK) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, NULL_DEVICE);
    return tw_fail_errno(err, TW_E_SYSTEM, reason, "%s: cannot be started",
                         path);
}

enum tw_status
spawn_helper(const char *const *args, int wait_ms, struct tw_error *err)
{
    const char *path = helper_path();
    char *argv[ARGS_MAX] = {NULL, (char *)"--detach"};
    char report[REPORT_MAX + 1];
    AUTO_CLOSE int reading = -1;
    AUTO_CLOSE int writing = -1;
    int ends[2], rc;
    bool ended;
    size_t n = 2;
    pid_t pid;

    if (is_raised())
        return tw_fail(err, TW_E_ACCESS,
                       "a program with raised privileges is given kept "
                       "tokens only, and starts no helper");
    argv[0] = (char *)path;
    if (!wait_ms)
        argv[n++] = (char *)"--quiet";
    for (; *args && n < ARGS_MAX - 1; args++)
        argv[n++] = (char *)*args;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "pipe");
    reading = ends[0];
    writing = ends[1];
    rc = start(path, argv, writing, &pid);
    if (rc)
        return fail_start(path, rc, err);
    (void)close(take_fd(&writing));
    ended = read_report(reading, wait_ms ? wait_ms : START_MS, report, &n);
    reap(pid);
    if (!wait_ms)
        return TW_OK;
    if (!ended)
        return tw_fail(err, TW_E_RETRY,
                       "the helper is still at work after %d s",
                       wait_ms / 1000);
    return verdict_read(report, n, err);
}

enum tw_status
spawn_in_place(const char *const *args, struct tw_error *err)
{
    const char *path = helper_path();
    AUTO_FREE char **environment = make_environment();
    AUTO_FREE char **argv = NULL;
    size_t n = 0;

    if (is_raised())
        return tw_fail(err, TW_E_ACCESS,
                       "a program with raised privileges starts no helper");
    while (args[n])
        n++;
    argv = calloc(n + 2, sizeof *argv);
    if (!environment || !argv)
        return tw_no_memory(err);
    argv[0] = (char *)(uintptr_t)path;
    for (size_t i = 0; i < n; i++)
        argv[i + 1] = (char *)(uintptr_t)args[i];
    (void)execve(path, argv, environment);
    return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s: cannot be started",
                         path);
}
