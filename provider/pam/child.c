/* SPDX-License-Identifier: MIT */
/*
 * child.c - see child.h; clone(2).
 *
 * Two processes are made.  The first is cloned without a signal for its end,
 * so no handler and no wait(2) of the host meets it; it becomes the user,
 * makes the second one and ends at once.  The second becomes the helper and
 * is nobody's child here.  Between clone and exec there are system calls
 * alone: another thread of the host may have held any lock.
 */
#include "provider/pam/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>

#include <security/pam_ext.h>

#include "provider/base/clock.h"
#include "provider/base/text.h"
#include "provider/pam/drop.h"

#ifndef TW_HELPER_PATH
#define TW_HELPER_PATH "/usr/libexec/tokenward-helper"
#endif

#define ARGS_MAX 8
#define FIRST_FD 3
#define FIRST_MS 500 /* for the process that only makes another */

enum variable {
    VARIABLE_HOME,
    VARIABLE_LANG,
    VARIABLE_LOGNAME,
    VARIABLE_PATH,
    VARIABLE_USER,
    VARIABLE_XDG_RUNTIME_DIR, /* last: not where the login manager has none */
    VARIABLE_COUNT
};

struct start {
    const struct person *person;
    char *argv[ARGS_MAX + 2];
    char *environment[VARIABLE_COUNT + 1];
    char text[VARIABLE_COUNT][1280];
    int pipe;
};

static bool
set_variable(struct start *start, enum variable variable, const char *name,
             const char *value)
{
    const char *const parts[] = {name, "=", value, NULL};

    start->environment[variable] = start->text[variable];
    return text_join(start->text[variable], sizeof start->text[variable],
                     parts);
}

static bool
prepare(struct start *start, const struct place *place,
        const char *const *args)
{
    const struct person *person = start->person;
    size_t n = 0;

    start->argv[n++] = (char *)TW_HELPER_PATH;
    for (; *args && n <= ARGS_MAX; args++)
        start->argv[n++] = (char *)*args;
    return set_variable(start, VARIABLE_HOME, "HOME", person->home) &&
           set_variable(start, VARIABLE_LANG, "LANG", "C") &&
           set_variable(start, VARIABLE_LOGNAME, "LOGNAME", person->name) &&
           set_variable(start, VARIABLE_PATH, "PATH",
                        "/usr/local/bin:/usr/bin:/bin") &&
           set_variable(start, VARIABLE_USER, "USER", person->name) &&
           (!place->manager[0] ||
            set_variable(start, VARIABLE_XDG_RUNTIME_DIR, "XDG_RUNTIME_DIR",
                         place->manager));
}

static void
say(int fd, enum session_word_kind kind, int status)
{
    struct session_word word = {.kind = kind, .status = status};

    memcpy(word.magic, SESSION_WORD_MAGIC, sizeof word.magic);
    (void)!write(fd, &word, sizeof word);
}

/* What the host blocked, ignored or handled is none of the helper's. */
static void
reset_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int i = 1; i < _NSIG; i++)
        (void)sigaction(i, &action, NULL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* 1 comes last: @null is that one where the host has closed its own. */
static bool
arrange_descriptors(int pipe)
{
    int null = open("/dev/null", O_RDWR | O_NOCTTY);

    return null >= 0 && dup2(null, 0) == 0 && dup2(null, 2) == 2 &&
           dup2(pipe, 1) == 1 &&
           syscall(SYS_close_range, (unsigned)FIRST_FD, ~0U, 0U) == 0;
}

/* Until all of them are arranged 1 may still be the host's own. */
static _Noreturn void
run_second(const struct start *start)
{
    bool arranged;

    reset_signals();
    arranged = arrange_descriptors(start->pipe);
    if (arranged)
        (void)execve(start->argv[0], start->argv, start->environment);
    say(arranged ? 1 : start->pipe, WORD_DROPPED, errno);
    _exit(127);
}

static _Noreturn void
run_first(const struct start *start)
{
    int error = setsid() < 0 || chdir("/") < 0 ? errno : 0;
    pid_t pid;

    if (!error)
        error = drop_to(start->person);
    if (error) {
        say(start->pipe, WORD_DROPPED, error);
        _exit(1);
    }
    pid = _Fork();
    if (pid == 0)
        run_second(start);
    if (pid < 0)
        say(start->pipe, WORD_DROPPED, errno);
    _exit(0);
}

/* A pipe whose ends are none of 0, 1 and 2, whatever the host has closed. */
static bool
make_pipe(int *reading, int *writing)
{
    AUTO_CLOSE int low_reading = -1;
    AUTO_CLOSE int low_writing = -1;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    low_reading = ends[0];
    low_writing = ends[1];
    *reading = fcntl(low_reading, F_DUPFD_CLOEXEC, FIRST_FD);
    *writing = fcntl(low_writing, F_DUPFD_CLOEXEC, FIRST_FD);
    return *reading >= 0 && *writing >= 0 &&
           fcntl(*reading, F_SETFL, O_NONBLOCK) == 0;
}

bool
child_start(pam_handle_t *pamh, const struct person *person,
            const struct place *place, const char *const *args,
            struct child *out)
{
    struct start start = {.person = person};
    AUTO_CLOSE int reading = -1;
    AUTO_CLOSE int writing = -1;
    sigset_t all, before;
    long pid;

    if (!prepare(&start, place, args)) {
        pam_syslog(pamh, LOG_ERR, "no environment for the helper: %m");
        return false;
    }
    if (!make_pipe(&reading, &writing)) {
        pam_syslog(pamh, LOG_ERR, "no pipe to the helper: %m");
        return false;
    }
    start.pipe = writing;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    /* All zero: fork(2) without a signal for the end; in whatever order an
     * architecture has the arguments. */
    pid = syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);
    if (pid == 0)
        run_first(&start);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid < 0) {
        pam_syslog(pamh, LOG_ERR, "no process for the helper: %m");
        return false;
    }
    *out = (struct child){.pid = (pid_t)pid, .pipe = take_fd(&reading)};
    return true;
}

enum heard
child_hear(const struct child *child, int64_t deadline_ms,
           struct session_word *out)
{
    struct session_word word;
    size_t n = 0;

    while (n < sizeof word) {
        struct pollfd poller = {.fd = child->pipe, .events = POLLIN};
        int64_t left = deadline_ms - clock_monotonic_ms();
        ssize_t got;

        if (left <= 0)
            return HEARD_TIMEOUT;
        if (poll(&poller, 1, (int)left) <= 0)
            continue; /* interrupted, or looks at the clock again */
        got = read(child->pipe, (char *)&word + n, sizeof word - n);
        if (got == 0)
            return n ? HEARD_NONSENSE : HEARD_END;
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return HEARD_NONSENSE;
        if (got > 0)
            n += (size_t)got;
    }
    if (!session_word_is_whole(&word))
        return HEARD_NONSENSE;
    *out = word;
    return HEARD_WORD;
}

/* It has ended long since, unless nothing was waited for or it was stopped. */
static void
reap_first(pid_t pid)
{
    int64_t deadline_ms = clock_monotonic_ms() + FIRST_MS;
    pid_t ended;

    for (;;) {
        ended = waitpid(pid, NULL, WNOHANG | __WALL);
        if (ended > 0 || (ended < 0 && errno != EINTR))
            return;
        if (clock_monotonic_ms() >= deadline_ms)
            break;
        (void)poll(NULL, 0, 1);
    }
    (void)kill(pid, SIGKILL);
    while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
        ;
}

/* Until the first process is reaped its number is nobody else's, and no other
 * group can have it.  One that was stopped would never come to its own
 * deadline. */
void
child_end(struct child *child, bool all)
{
    (void)kill(-child->pid, all ? SIGKILL : SIGCONT);
    if (all)
        (void)kill(child->pid, SIGKILL); /* it may have no group yet */
    reap_first(child->pid);
    (void)close(take_fd(&child->pipe));
}
