/* SPDX-License-Identifier: MIT */
/*
 * supervise-t.c - the clock is kept whatever the work starts and leaves, and
 * what a process begins with: descriptors and umask.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/confine.h"
#include "helper/supervise.h"
#include "provider/base/clock.h"

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

Test(supervise, ends_at_the_deadline_with_all_that_was_started)
{
    struct tw_error err = {0};
    int64_t start = clock_monotonic_ms(), took;
    int exit_status;

    if (supervise(start + 300, NULL, &office, &exit_status, &err))
        sleep_below(5);
    took = clock_monotonic_ms() - start;
    cr_expect_eq(exit_status, -1);
    cr_expect_eq(err.status, TW_E_RETRY);
    cr_expect(took >= 300 && took < 2000, "%lld ms", (long long)took);
    cr_expect(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD,
              "a process is left");
}

Test(supervise, what_a_good_child_leaves_is_ended_too)
{
    struct tw_error err = {0};
    int64_t start = clock_monotonic_ms();
    int exit_status;

    if (supervise(start + 5000, NULL, &office, &exit_status, &err)) {
        if (fork() == 0)
            sleep_below(5);
        (void)usleep(100000);
        _exit(0);
    }
    cr_expect_eq(exit_status, 0);
    cr_expect_lt(clock_monotonic_ms() - start, 2000);
    cr_expect(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

/* A file opened by us must not be 2, where messages go. */
Test(supervise, closed_descriptors_lead_to_null)
{
    pid_t pid = fork();
    int state = 0;

    if (pid == 0) {
        struct tw_error err;
        struct stat st;
        bool good = true;

        (void)close(0);
        (void)close(2);
        good = confine_start(&err) == TW_OK;
        for (int fd = 0; fd <= 2; fd++)
            good = good && fstat(fd, &st) == 0 &&
                   (fd == 1 || S_ISCHR(st.st_mode));
        _exit(good ? 0 : 1);
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
