/* SPDX-License-Identifier: MIT */
/*
 * supervise.c - see supervise.h.  The parent is a subreaper, so that what the
 * child started and left behind falls to it, and is killed.
 */
#include "helper/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "helper/base/asked.h"
#include "helper/person/foreground.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define ASK_AGAIN_MS 5
#define SWEEPS_MAX 200 /* each ASK_AGAIN_MS: a second for all to be gone */

enum tw_status
supervise_detach(bool quiet, struct tw_error *err)
{
    pid_t pid = fork();

    if (pid < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "fork");
    if (pid > 0)
        _exit(0);
    if (quiet) {
        AUTO_CLOSE int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

        if (null >= 0)
            (void)dup2(null, STDOUT_FILENO);
    }
    return TW_OK;
}

/* What this process was told to end by is for the child to obey. */
static void
hand_on(int signals, pid_t pid, sigset_t *told)
{
    struct signalfd_siginfo info;

    while (signals >= 0 && read(signals, &info, sizeof info) == sizeof info) {
        (void)sigaddset(told, (int)info.ssi_signo);
        (void)kill(pid, (int)info.ssi_signo);
    }
}

/* Has the child ended by @deadline_ms?  Where there is no pidfd_open(2) the
 * question is asked every few milliseconds. */
static bool
wait_until(pid_t pid, int64_t deadline_ms, int signals, sigset_t *told,
           struct broker_office *office)
{
    AUTO_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd pollers[] = {{.fd = pidfd, .events = POLLIN},
                               {.fd = signals, .events = POLLIN},
                               {.fd = office->fd, .events = POLLIN}};

    for (;;) {
        int64_t left = deadline_ms - clock_monotonic_ms();
        siginfo_t info = {.si_pid = 0};

        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
                0 &&
            info.si_pid == pid)
            return true;
        if (left <= 0)
            return false;
        if (pidfd < 0 && left > ASK_AGAIN_MS)
            left = ASK_AGAIN_MS;
        if (poll(pollers, 3, (int)left) > 0 && pollers[2].revents &&
            !broker_turn(office))
            pollers[2].fd = -1; /* it will ask no more */
        hand_on(signals, pid, told);
    }
}

static void
kill_children(void)
{
    AUTO_FCLOSE FILE *children = NULL;
    char path[64];
    int pid;

    (void)snprintf(path, sizeof path, "/proc/self/task/%ld/children",
                   (long)getpid());
    children = fopen(path, "re");
    while (children && fscanf(children, "%d", &pid) == 1)
        (void)kill((pid_t)pid, SIGKILL);
}

/* Kills whatever is left below this process.  The children of one that is
 * killed come here alive, so none is waited for: they are looked for again
 * until there are none. */
static void
sweep_children(void)
{
    for (int i = 0; i < SWEEPS_MAX; i++) {
        pid_t reaped;

        kill_children();
        do
            reaped = waitpid(-1, NULL, WNOHANG);
        while (reaped > 0);
        if (reaped < 0)
            return;
        (void)poll(NULL, 0, ASK_AGAIN_MS);
    }
}

/* Whose fault it was, if it was a provider's; else it is @status. */
static void
tell_end(enum tw_status status, const char *how, struct tw_error *err)
{
    char name[ASKED_NAME_SIZE];

    asked_name(name);
    if (name[0])
        (void)tw_fail(err, TW_E_MODULE,
                      "provider '%s' %s\nreport it to whoever made it", name,
                      how);
    else
        (void)tw_fail(err, status, "the fetch %s", how);
}

static void
tell_death(int signal_number, struct tw_error *err)
{
    char how[40];

    (void)snprintf(how, sizeof how, "died of signal %d", signal_number);
    tell_end(TW_E_SYSTEM, how, err);
}

/* A person's terminal; absent where nobody is asked. */
struct before {
    bool is_terminal;
    struct termios settings;
};

/* One that was killed while it read a secret has left it without an echo. */
static void
restore(const struct before *before)
{
    if (before->is_terminal && foreground_is(STDIN_FILENO))
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before->settings);
}

/* Whoever told this one to end learns that it did. */
static void
end_as(int signal_number)
{
    sigset_t alone;

    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
    (void)sigemptyset(&alone);
    (void)sigaddset(&alone, signal_number);
    (void)sigprocmask(SIG_UNBLOCK, &alone, NULL);
}

bool
supervise(int64_t deadline_ms, const sigset_t *held,
          struct broker_office *office, int *exit_status, struct tw_error *err)
{
    AUTO_CLOSE int signals = -1;
    struct before before = {.is_terminal = false};
    sigset_t told;
    pid_t parent = getpid(), pid;
    int state = 0;

    *exit_status = -1;
    asked_share();
    before.is_terminal =
        held && tcgetattr(STDIN_FILENO, &before.settings) == 0;
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
    pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0L, 0L, 0L);
        if (getppid() != parent)
            _exit(0);
        broker_office_close(office);
        return true;
    }
    if (pid < 0) {
        (void)tw_fail_errno(err, TW_E_SYSTEM, errno, "fork");
        return false;
    }
    office->asker = pid;
    if (held)
        signals = signalfd(-1, held, SFD_CLOEXEC | SFD_NONBLOCK);
    (void)sigemptyset(&told);
    if (!wait_until(pid, deadline_ms, signals, &told, office)) {
        (void)kill(pid, SIGKILL);
        tell_end(TW_E_RETRY, "took too long and was ended", err);
    }
    hand_on(signals, pid, &told); /* a terminal tells both */
    while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
        ;
    sweep_children();
    broker_office_close(office);
    if (WIFEXITED(state)) {
        *exit_status = WEXITSTATUS(state);
        return false;
    }
    restore(&before);
    if (sigismember(&told, WTERMSIG(state)) > 0)
        end_as(WTERMSIG(state));
    if (!err->status)
        tell_death(WTERMSIG(state), err);
    return false;
}
