/* SPDX-License-Identifier: MIT */
/*
 * program.c - see program.h.
 */
#include "helper/broker/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider/base/auto.h"

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
program_find(const char *name, char *const *variables,
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

void
program_clear(struct program *program)
{
    if (program->pid > 0) {
        (void)kill(-program->pid, SIGKILL);
        while (waitpid(program->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    auto_close(&program->exited);
    auto_close(&program->output);
    *program = PROGRAM_INIT;
}

/* Where the program's descriptors lead, and what signals it starts with. */
struct plan {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

static void
auto_plan(struct plan *plan)
{
    (void)posix_spawn_file_actions_destroy(&plan->actions);
    (void)posix_spawnattr_destroy(&plan->attributes);
}

static int
fill_plan(struct plan *plan, int output, bool complaints)
{
    sigset_t all, none;
    int error;

    (void)sigfillset(&all);
    (void)sigemptyset(&none);
    error = posix_spawn_file_actions_addopen(&plan->actions, STDIN_FILENO,
                                             "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&plan->actions, output,
                                                 STDOUT_FILENO);
    if (!error)
        error =
            complaints
                ? posix_spawn_file_actions_adddup2(&plan->actions, output,
                                                   STDERR_FILENO)
                : posix_spawn_file_actions_addopen(
                      &plan->actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&plan->actions,
                                                         STDERR_FILENO + 1);
    if (!error)
        error = posix_spawn_file_actions_addchdir_np(&plan->actions,
                                                     PROGRAM_DIRECTORY);
    if (!error)
        error = posix_spawnattr_setflags(
            &plan->attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                   POSIX_SPAWN_SETSIGMASK);
    if (!error)
        error = posix_spawnattr_setsigdefault(&plan->attributes, &all);
    if (!error)
        error = posix_spawnattr_setsigmask(&plan->attributes, &none);
    return error;
}

/* Returns an errno. */
static int
spawn(const struct program_call *call, const char *path, int output,
      pid_t *pid)
{
    AUTO(auto_plan) struct plan plan;
    int error;

    (void)posix_spawn_file_actions_init(&plan.actions);
    (void)posix_spawnattr_init(&plan.attributes);
    error = fill_plan(&plan, output, call->complaints);
    return error ? error
                 : posix_spawn(pid, path, &plan.actions, &plan.attributes,
                               call->argv, call->variables);
}

enum tw_status
program_unstarted(int error, const char *label, struct tw_error *err)
{
    bool is_host = error == EAGAIN || error == EMFILE || error == ENFILE ||
                   error == ENOMEM;
    bool is_gone = error == EPIPE || error == ECONNRESET || error == ENOTCONN;

    return tw_fail_errno(err, is_host || is_gone ? TW_E_SYSTEM : TW_E_CONFIG,
                         error, "%s: cannot be started", label);
}

enum tw_status
program_start(const struct program_call *call, struct program *out,
              struct tw_error *err)
{
    AUTO(program_clear) struct program program = PROGRAM_INIT;
    AUTO_CLOSE int writer = -1;
    char path[PATH_MAX];
    int ends[2];
    int error;

    if (!program_find(call->argv[0], call->variables, path))
        return tw_fail(err, TW_E_CONFIG,
                       "%s: there is no such program, or it may not be run",
                       call->label);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", call->label);
    program.output = ends[0];
    writer = ends[1];
    if (fcntl(program.output, F_SETFL, O_NONBLOCK) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", call->label);
    error = spawn(call, path, writer, &program.pid);
    if (error) {
        program.pid = 0;
        return program_unstarted(error, call->label, err);
    }
    program.exited = pidfd_open(program.pid, 0);
    if (program.exited < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", call->label);
    *out = program;
    program = PROGRAM_INIT;
    return TW_OK;
}

enum tw_status
program_judge(pid_t pid, int state, const char *label, struct tw_error *err)
{
    if (WIFEXITED(state) && WEXITSTATUS(state) == 0)
        return TW_OK;
    (void)kill(-pid, SIGKILL);
    if (WIFSIGNALED(state))
        return tw_fail(err, TW_E_CONFIG, "%s: was ended by signal %d", label,
                       WTERMSIG(state));
    return tw_fail(err, TW_E_CONFIG,
                   "%s: failed with exit status %d; run it by hand to see why",
                   label, WEXITSTATUS(state));
}

enum tw_status
program_reap(struct program *program, const char *label, struct tw_error *err)
{
    pid_t pid = program->pid, reaped;
    int status = 0;

    do
        reaped = waitpid(pid, &status, 0);
    while (reaped < 0 && errno == EINTR);
    program->pid = 0;
    if (reaped < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno,
                             "%s: its exit status is lost", label);
    return program_judge(pid, status, label, err);
}
