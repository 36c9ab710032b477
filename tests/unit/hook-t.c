/* SPDX-License-Identifier: MIT */
/*
 * hook-t.c - a hook that does not end is ended, and says what it said; with
 * no waiting, since the clock is the test's.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper/broker/program.h"
#include "helper/fetch/hook.h"
#include "provider/base/clock.h"
#include "tests/unit/storing.h"
#include "tests/unit/under_valgrind.h"

static int64_t later_ms; /* once it has written */
static int64_t generation;
static int asked; /* the clock, since the hook began */

int64_t __real_clock_monotonic_ms(void);
int64_t __wrap_clock_monotonic_ms(void);

/* The first time it is asked is for the limit, which is not to be later, too,
 * for a process that was quick to write. */
int64_t
__wrap_clock_monotonic_ms(void)
{
    bool has_written = asked++ && access(in_profile("said"), F_OK) == 0;

    return __real_clock_monotonic_ms() + (has_written ? later_ms : 0);
}

TestSuite(hook, .init = storing_set_up, .fini = storing_tear_down,
          .timeout = 60);

/* Its process writes its number, and then goes on for long. */
static enum tw_status
run(const char *script, struct tw_error *err)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", generation + 1);
    char *argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)script,
                    (char *)in_profile("said"), NULL};
    const struct hook hook = {.argv = argv};

    if (under_valgrind())
        cr_skip_test("valgrind has no pidfd_open(2)");
    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, generation++, NULL), TW_OK);
    asked = 0;
    return hook_run(&hook, &store, place.name, err);
}

Test(hook, that_does_not_end_is_killed)
{
    struct tw_error err;
    FILE *file;
    int pid = 0;

    later_ms = HOOK_MS;
    cr_expect_eq(
        run("echo why; echo $$ >$0.new; mv $0.new $0; exec sleep 50", &err),
        TW_E_CONFIG);
    cr_expect_str_eq(err.message,
                     "on_refresh of 'p': did not end within 30 s and was "
                     "killed\nit said: why");
    file = fopen(in_profile("said"), "r");
    cr_assert_not_null(file);
    cr_assert_eq(fscanf(file, "%d", &pid), 1);
    (void)fclose(file);
    cr_expect_eq(kill(pid, 0), -1, "it is gone");
}

/* What it has started holds this open, and nobody else does. */
static bool
is_left_alone(int held)
{
    struct pollfd end = {.fd = held, .events = POLLIN};

    return poll(&end, 1, 20000) == 1 && end.revents & POLLHUP;
}

/* It would go on for itself otherwise, and nobody would know of it. */
Test(hook, that_is_killed_takes_along_what_it_has_started)
{
    static const struct {
        const char *script;
        enum tw_status status;
        int64_t later_ms;
    } RUNS[] = {{"exit 3", TW_E_CONFIG, 0},
                {"kill -9 $$", TW_E_CONFIG, 0},
                {"echo >$0; echo; wait", TW_E_CONFIG, HOOK_MS}};

    for (size_t i = 0; i < sizeof RUNS / sizeof *RUNS; i++) {
        AUTO_CLOSE int held = -1;
        char script[200];
        struct tw_error err;

        later_ms = 0;
        cr_assert_eq(run("rm -f $0 $0.held; mkfifo $0.held", &err), TW_OK,
                     "%s", err.message);
        held =
            open(in_profile("said.held"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        cr_assert_geq(held, 0);
        (void)snprintf(script, sizeof script,
                       "exec 9>$0.held; sleep 99 >/dev/null 2>&1 & %s",
                       RUNS[i].script);
        later_ms = RUNS[i].later_ms;
        cr_expect_eq(run(script, &err), RUNS[i].status);
        cr_expect(is_left_alone(held), "%s", RUNS[i].script);
    }
}

Test(hook, that_ends_well_leaves_what_it_has_started)
{
    AUTO_CLOSE int held = -1;
    struct pollfd end = {.events = 0};
    struct tw_error err;

    cr_assert_eq(run("mkfifo $0.held", &err), TW_OK, "%s", err.message);
    held = open(in_profile("said.held"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    cr_assert_geq(held, 0);
    cr_expect_eq(run("exec 9>$0.held; sleep 5 >/dev/null 2>&1 & exit 0", &err),
                 TW_OK, "%s", err.message);
    end.fd = held;
    cr_expect_eq(poll(&end, 1, 200), 0, "it is gone");
}

/* Who ignores the ends of children is told of none. */
Test(hook, whose_end_is_lost_did_not_end_well)
{
    struct tw_error err;

    cr_assert_neq(signal(SIGCHLD, SIG_IGN), SIG_ERR);
    cr_expect_eq(run("sleep 0.3", &err), TW_E_SYSTEM);
    cr_expect_str_eq(err.message,
                     "on_refresh of 'p': its exit status is lost: No child "
                     "processes",
                     "%s", err.message);
}

/* Executable, but no program: no shell is tried. */
Test(hook, that_is_no_program_cannot_be_started)
{
    char *argv[] = {NULL, NULL};
    const struct program_call call = {.argv = argv, .label = "it"};
    struct program program = PROGRAM_INIT;
    struct tw_error err;

    if (under_valgrind())
        cr_skip_test("valgrind has no pidfd_open(2)");
    cr_assert_eq(run("echo true >$0; chmod 755 $0", &err), TW_OK, "%s",
                 err.message);
    argv[0] = (char *)(uintptr_t)in_profile("said");
    cr_expect_eq(program_start(&call, &program, &err), TW_E_CONFIG);
    cr_expect_str_eq(err.message, "it: cannot be started: Exec format error");
}

/* Neither where we are, what we read, what is open here by mistake, nor what
 * signals are held back or ignored here. */
Test(hook, begins_with_nothing_of_ours)
{
    static const char SCRIPT[] =
        "echo $(pwd) $(wc -c) $(ls /proc/self/fd | wc -l) $(grep -E "
        "'Sig(Blk|Ign)' /proc/self/status | sed 's/.*\\(.......\\)$/\\1/');"
        " exit 3"; /* the C library has signals of its own above those */
    int open_by_mistake = fcntl(STDERR_FILENO, F_DUPFD, 50);
    struct tw_error err;
    sigset_t held;

    cr_assert_geq(open_by_mistake, 50);
    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGUSR1);
    cr_assert_eq(sigprocmask(SIG_BLOCK, &held, NULL), 0);
    cr_assert_neq(signal(SIGUSR2, SIG_IGN), SIG_ERR);
    cr_expect_eq(run(SCRIPT, &err), TW_E_CONFIG);
    cr_expect_str_eq(err.message,
                     "on_refresh of 'p': failed with exit status 3; run it by "
                     "hand to see why\nit said: / 0 4 0000000 0000000",
                     "%s", err.message);
    (void)close(open_by_mistake);
}

/* Where we are is whoever's started us. */
Test(hook, is_looked_for_in_whole_directories)
{
    static char *const RELATIVE[] = {(char *)"PATH=.:bin:", NULL};
    static char *const OTHER[] = {(char *)"PATHS=/nowhere", NULL};
    char found[PATH_MAX];
    struct tw_error err;

    cr_assert_eq(run("cp /bin/true ${0%/*}/program", &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(chdir(in_profile(".")), 0);
    cr_assert_eq(access("program", X_OK), 0);
    cr_expect_not(program_find("program", RELATIVE, found));
    cr_expect(program_find("./program", RELATIVE, found));
    cr_expect(program_find("sh", OTHER, found), "in the usual ones");
    cr_expect_not(program_find("/tmp", RELATIVE, found), "a directory");
}

Test(hook, that_ends_in_time_is_not)
{
    struct tw_error err;

    later_ms = HOOK_MS - 5000;
    cr_expect_eq(run("touch $0", &err), TW_OK, "%s", err.message);
    cr_expect_eq(run("echo one; echo two; exit 3", &err), TW_E_CONFIG);
    cr_expect_str_eq(err.message,
                     "on_refresh of 'p': failed with exit status 3; run it by "
                     "hand to see why\nit said: one");
}
