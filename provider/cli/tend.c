/* SPDX-License-Identifier: MIT */
/*
 * tend.c - see tend.h.
 *
 * The command takes the caller's place, so that signals, the exit status, the
 * terminal and the process's number are its own; what tends the token stands
 * beside it and learns of its end by a pidfd, which no other process's number
 * can deceive.  Its clock goes on while the machine sleeps: a token that ran
 * out meanwhile is renewed at once after it.
 */
#include "provider/cli/tend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider/cli/command.h"
#include "provider/cli/terminal.h"

#define PROCESS_NAME "tokenward-tend" /* 15 bytes at most */
#define PAUSE_MIN_S 2                 /* for a helper to bring a token */
#define PAUSE_MAX_S 300               /* also when the next look is later */

/* Seconds until the next look.  @pause: between two looks at a token that is
 * due and does not come. */
static int64_t
look(const struct runtime *runtime, const char *profile, int64_t *pause)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    int64_t left = 0;

    if (!ask_record(runtime, profile, TW_MIN_VALID_DEFAULT, ASK_SOURCE,
                    &answer, NULL))
        left = record_refresh_left(&answer.record, clock_now());
    if (left > 0) {
        *pause = PAUSE_MIN_S;
        return left < PAUSE_MAX_S ? left : PAUSE_MAX_S;
    }
    left = *pause;
    *pause = left < PAUSE_MAX_S / 2 ? left * 2 : PAUSE_MAX_S;
    return left;
}

/* False: the process ended, or no clock can be had. */
static bool
wait_for(int process, int64_t seconds)
{
    AUTO_CLOSE int timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
    const struct itimerspec when = {.it_value = {.tv_sec = seconds}};
    struct pollfd pollers[] = {{.fd = process, .events = POLLIN},
                               {.fd = timer, .events = POLLIN}};
    int ready;

    if (timer < 0 || timerfd_settime(timer, 0, &when, NULL) < 0)
        return false;
    do
        ready = poll(pollers, 2, -1);
    while (ready < 0 && errno == EINTR);
    return ready > 0 && !pollers[0].revents;
}

/* Whoever reads to the end of what the command writes waits for no other.  The
 * process goes first: any descriptor below may be free, or be its own. */
static bool
let_go(int *process)
{
    int null;

    if ((*process = fcntl(*process, F_DUPFD_CLOEXEC, 3)) < 0 ||
        dup2(*process, 3) < 0)
        return false;
    null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
        dup2(null, 2) < 0)
        return false;
    *process = 3;
    closefrom(4);
    return chdir("/") == 0;
}

static void __attribute__((noreturn))
tend(const struct runtime *runtime, const char *profile, int process)
{
    int64_t pause = PAUSE_MIN_S;

    (void)prctl(PR_SET_NAME, PROCESS_NAME);
    if (let_go(&process)) {
        while (wait_for(process, look(runtime, profile, &pause)))
            ;
    }
    _exit(0);
}

/* The command is run all the same, with what signals it would have. */
static void
warn(int reason)
{
    void (*on_pipe)(int) = signal(SIGPIPE, SIG_IGN);
    struct tw_error why;

    (void)tw_fail_errno(&why, TW_E_SYSTEM, reason,
                        "the token is not renewed while the command runs");
    terminal_warning(PROGRAM, &why);
    (void)signal(SIGPIPE, on_pipe);
}

void
tend_begin(const struct runtime *runtime, const char *profile,
           struct answer *held)
{
    AUTO_CLOSE int process = pidfd_open(getpid(), 0);
    pid_t between = process < 0 ? -1 : fork();

    if (between < 0)
        warn(errno);
    if (between == 0) {
        answer_clear(held);
        if (setsid() >= 0 && fork() == 0)
            tend(runtime, profile, process);
        _exit(0);
    }
    while (between > 0 && waitpid(between, NULL, 0) < 0 && errno == EINTR)
        ;
}
