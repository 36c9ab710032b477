/* SPDX-License-Identifier: MIT */
/*
 * supervise-t.c - the clock is kept whatever the work starts and leaves, and
 * what a process begins with: descriptors and umask.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/base/asked.h"
#include "helper/base/confine.h"
#include "helper/supervise.h"
#include "provider/base/clock.h"
#include "tests/unit/soon.h"

TestSuite(supervise, .timeout = 30);

static struct broker_office office = BROKER_OFFICE_INIT;

/* @depth processes, each the child of the one before, that only sleep. */
static void
sleep_below(int depth)
{
    while (depth > 0 && fork() == 0)
        depth--;
    (void)sleep(8);
    _exit(0);
}

Test(supervise, hands_on_the_exit_status)
{
    struct tw_error err = {0};
    int exit_status;

    if (supervise(clock_monotonic_ms() + 5000, NULL, &office, &exit_status,
                  &err))
        _exit(42);
    cr_expect_eq(exit_status, 42);
    cr_expect_eq(err.status, TW_OK);
}

/* Is no process left?  Those that are, are waited for. */
static bool
none_is_left(void)
{
    bool result = waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;

    while (waitpid(-1, NULL, 0) > 0)
        ;
    return result;
}

static int64_t
end_at_deadline(void *arg)
{
    struct tw_error err = {0};
    int64_t start = clock_monotonic_ms(), took_ms;
    int exit_status;

    (void)arg;
    if (supervise(start + 300, NULL, &office, &exit_status, &err))
        sleep_below(5);
    took_ms = clock_monotonic_ms() - start;
    cr_expect_eq(exit_status, -1);
    cr_expect_eq(err.status, TW_E_RETRY);
    cr_expect_geq(took_ms, 300);
    return none_is_left() ? took_ms : INT64_MAX;
}

Test(supervise, ends_at_the_deadline_with_all_that_was_started)
{
    int64_t took_ms;

    cr_expect(is_soon(end_at_deadline, NULL, 2000, &took_ms), "%jd ms",
              (intmax_t)took_ms);
}

static int64_t
end_with_a_good_child(void *arg)
{
    struct tw_error err = {0};
    int64_t start = clock_monotonic_ms(), took_ms;
    int exit_status;

    (void)arg;
    if (supervise(start + 5000, NULL, &office, &exit_status, &err)) {
        if (fork() == 0)
            sleep_below(5);
        (void)usleep(100000);
        _exit(0);
    }
    took_ms = clock_monotonic_ms() - start;
    cr_expect_eq(exit_status, 0);
    return none_is_left() ? took_ms : INT64_MAX;
}

Test(supervise, what_a_good_child_leaves_is_ended_too)
{
    int64_t took_ms;

    cr_expect(is_soon(end_with_a_good_child, NULL, 2000, &took_ms), "%jd ms",
              (intmax_t)took_ms);
}

/* Who tells the watching process to end means the work. */
Test(supervise, hands_on_what_it_was_told_to_end_by)
{
    const struct timespec late = {.tv_sec = 5};
    struct tw_error err = {0};
    pid_t parent = getpid();
    sigset_t held;
    int exit_status;

    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGTERM);
    cr_assert_eq(sigprocmask(SIG_BLOCK, &held, NULL), 0);
    if (supervise(clock_monotonic_ms() + 8000, &held, &office, &exit_status,
                  &err)) {
        (void)kill(parent, SIGTERM);
        _exit(sigtimedwait(&held, NULL, &late) == SIGTERM ? 42 : 0);
    }
    cr_expect_eq(exit_status, 42);
}

/* A shell, or a service manager, is not to take it for a failure of its own.
 */
Test(supervise, dies_of_what_its_work_died_of)
{
    struct tw_error err = {0};
    pid_t watcher = fork();
    sigset_t held;
    int exit_status, state = 0;

    if (watcher == 0) {
        watcher = getpid();
        (void)sigemptyset(&held);
        (void)sigaddset(&held, SIGTERM);
        (void)sigprocmask(SIG_BLOCK, &held, NULL);
        if (supervise(clock_monotonic_ms() + 8000, &held, &office,
                      &exit_status, &err)) {
            (void)kill(watcher, SIGTERM);
            (void)sigprocmask(SIG_UNBLOCK, &held, NULL);
            (void)sleep(8);
        }
        _exit(0);
    }
    cr_assert_eq(waitpid(watcher, &state, 0), watcher);
    cr_expect(WIFSIGNALED(state) && WTERMSIG(state) == SIGTERM, "%d", state);
}

Test(supervise, none_outlives_who_watches_it)
{
    struct pollfd poller = {.events = POLLIN};
    struct tw_error err = {0};
    int ends[2], exit_status;
    pid_t watcher;
    char byte;

    cr_assert_eq(pipe(ends), 0);
    watcher = fork();
    if (watcher == 0) {
        if (supervise(clock_monotonic_ms() + 20000, NULL, &office,
                      &exit_status, &err)) {
            (void)!write(ends[1], "x", 1);
            (void)sleep(20);
        }
        _exit(0);
    }
    (void)close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    cr_assert_eq(kill(watcher, SIGKILL), 0);
    cr_assert_eq(waitpid(watcher, NULL, 0), watcher);
    poller.fd = ends[0];
    cr_expect_eq(poll(&poller, 1, 5000), 1, "the work goes on");
    (void)close(ends[0]);
}

static void
expect_blame(const char *name, const char *word)
{
    struct tw_error err = {0};
    int exit_status;

    if (supervise(clock_monotonic_ms() + 5000, NULL, &office, &exit_status,
                  &err)) {
        asked_begin(name);
        (void)raise(SIGKILL);
    }
    cr_expect(strstr(err.message, word), "%s", err.message);
}

/* Whose word that is may be anybody's by then. */
Test(supervise, blames_a_provider_by_its_name_alone)
{
    expect_blame("none", "provider 'none' died of signal 9");
    expect_blame("", "the fetch died of signal 9");
    expect_blame("\033[2J", "the fetch died of signal 9");
}

/* A file opened by us must not be 2, where messages go; what is written to 1
 * is lost, which its writer is told. */
Test(supervise, closed_descriptors_lead_to_null)
{
    pid_t pid = fork();
    int state = 0;

    if (pid == 0) {
        struct tw_error err;
        struct stat st;
        bool good = true;

        (void)close(0);
        (void)close(1);
        (void)close(2);
        good = confine_start(&err) == TW_OK;
        for (int fd = 0; fd <= 2; fd++)
            good = good && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode);
        _exit(good && write(2, "x", 1) == 1 && write(1, "x", 1) < 0 ? 0 : 1);
    }
    cr_assert_eq(waitpid(pid, &state, 0), pid);
    cr_expect(WIFEXITED(state) && WEXITSTATUS(state) == 0);
}

Test(supervise, the_callers_umask_is_none_of_ours)
{
    struct tw_error err;

    (void)umask(0777);
    cr_assert_eq(confine_start(&err), TW_OK);
    cr_expect_eq(umask(022), 077);
}
