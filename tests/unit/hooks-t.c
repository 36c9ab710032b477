/* SPDX-License-Identifier: MIT */
/*
 * hooks-t.c - who stands in line for an on_refresh, how many run at once, and
 * what is counted.  The linker puts processes of the test's own in the place
 * of what the broker would start; they end when the test says so.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/serve/hooks.h"
#include "helper/serve/ward.h"
#include "tests/unit/under_valgrind.h"

#define WARDS (HOOKS_MAX + 3)

int __wrap_broker_hook(const struct broker *broker, const char *name,
                       pid_t *pid);
int __wrap_broker_end(const struct broker *broker, pid_t pid, int *state);

static char started[1024]; /* "NAME ", each */
static pid_t pids[WARDS];
static sigset_t good_end; /* the signal that one ends well by */

int
__wrap_broker_hook(const struct broker *broker, const char *name, pid_t *pid)
{
    int signal;

    (void)broker;
    cr_assert_lt(strlen(started) + strlen(name) + 2, sizeof started);
    (void)strcat(strcat(started, name), " ");
    *pid = fork();
    if (*pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
        (void)sigwait(&good_end, &signal);
        _exit(0);
    }
    cr_assert_gt(*pid, 0);
    pids[atoi(name)] = *pid;
    return 0;
}

int
__wrap_broker_end(const struct broker *broker, pid_t pid, int *state)
{
    (void)broker;
    (void)kill(pid, SIGKILL);
    cr_assert_eq(waitpid(pid, state, 0), pid);
    return 0;
}

static struct loop loop;
static struct hooks hooks;
static struct ward *wards[WARDS];
static const char *const ARGV[] = {"/bin/true", NULL};
static const struct hook HOOK = {.argv = (char **)(uintptr_t)ARGV};
static const struct profile WITH = {.on_refresh = &HOOK}, WITHOUT;
static int failures;

static void
on_failure(void *arg, const struct tw_error *err)
{
    (void)arg;
    (void)err;
    failures++;
}

static void
set_up(void)
{
    struct tw_error err;

    if (under_valgrind())
        cr_skip_test("valgrind has no pidfd_open(2)");
    cr_assert_eq(loop_open(&loop, &err), TW_OK, "%s", err.message);
    (void)sigemptyset(&good_end);
    (void)sigaddset(&good_end, SIGUSR1);
    (void)sigprocmask(SIG_BLOCK, &good_end, NULL);
    hooks = (struct hooks){.loop = &loop, .failed = on_failure};
    for (int i = 0; i < WARDS; i++) {
        wards[i] = calloc(1, sizeof *wards[i] + 16);
        cr_assert(wards[i]);
        (void)snprintf(wards[i]->name, 16, "%d", i);
        wards[i]->profile = &WITH;
    }
}

static void
tear_down(void)
{
    if (!wards[0])
        return; /* it was skipped */
    while (hooks.running_count)
        (void)hooks_turn(&hooks, INT64_MAX - 1);
    for (int i = 0; i < WARDS; i++)
        free(wards[i]);
    loop_close(&loop);
}

TestSuite(hooks, .init = set_up, .fini = tear_down, .timeout = 60);

static void
want(int from, int to)
{
    for (int i = from; i < to; i++)
        hooks_want(&hooks, wards[i]);
}

/* What is started now, and not what was before. */
static const char *
turn(void)
{
    started[0] = '\0';
    (void)hooks_turn(&hooks, loop_now_ms());
    return started;
}

static void
end(int i, int signal)
{
    uint64_t before = hooks.good + hooks.bad;
    struct tw_error err;

    (void)kill(pids[i], signal);
    while (hooks.good + hooks.bad == before)
        cr_assert_eq(loop_wait(&loop, loop_now_ms() + 10000, &err), TW_OK);
}

static void
names(int from, int to, char *out)
{
    out[0] = '\0';
    for (int i = from; i < to; i++)
        (void)sprintf(out + strlen(out), "%d ", i);
}

Test(hooks, run_in_turn_and_so_many_at_once)
{
    char wanted[256];

    want(0, WARDS);
    want(2, 3); /* another token, before the first is told of */
    names(0, HOOKS_MAX, wanted);
    cr_assert_str_eq(turn(), wanted);
    cr_assert_str_eq(turn(), "");
    for (int i = 0; i < WARDS - HOOKS_MAX; i++) {
        end(i, SIGKILL);
        names(HOOKS_MAX + i, HOOKS_MAX + i + 1, wanted);
        cr_expect_str_eq(turn(), wanted);
    }
    end(WARDS - 1, SIGKILL);
    cr_expect_str_eq(turn(), "", "once for two tokens");
}

Test(hooks, run_once_more_for_what_came_meanwhile)
{
    want(0, 1);
    cr_assert_str_eq(turn(), "0 ");
    want(0, 1);
    want(0, 1);
    cr_expect_str_eq(turn(), "", "while it runs there is no second one");
    end(0, SIGKILL);
    cr_expect_str_eq(turn(), "0 ");
    end(0, SIGKILL);
    cr_expect_str_eq(turn(), "");
}

Test(hooks, that_are_late_are_killed_and_told)
{
    int64_t now_ms = loop_now_ms();

    want(0, 1);
    cr_assert_str_eq(turn(), "0 ");
    cr_expect_leq(hooks_turn(&hooks, now_ms), now_ms + HOOKS_MS + 60000);
    cr_expect_eq(hooks.running_count, 1);
    (void)hooks_turn(&hooks, now_ms + HOOKS_MS + 60000);
    cr_expect_eq(hooks.running_count, 0);
    cr_expect_eq(failures, 1);
    cr_expect_eq(hooks.bad, 1);
    cr_expect_eq(hooks.failing, 1);
    want(0, 1);
    cr_expect_str_eq(turn(), "0 ", "and the next one is run");
}

Test(hooks, that_fail_are_counted_by_profile)
{
    for (int i = 0; i < 2; i++) {
        want(0, 1);
        cr_assert_str_eq(turn(), "0 ");
        end(0, SIGKILL);
        cr_expect_eq(hooks.failing, 1);
    }
    cr_expect_eq(hooks.bad, 2);
    cr_expect_eq(hooks.good, 0);
    want(0, 2);
    (void)turn();
    end(0, SIGUSR1);
    cr_expect_eq(hooks.good, 1);
    cr_expect_eq(hooks.failing, 0, "it ended well");
    end(1, SIGKILL);
    cr_expect_eq(hooks.failing, 1);
    want(0, 1);
    (void)turn();
    end(0, SIGKILL);
    cr_expect_eq(hooks.failing, 2);
    wards[0]->profile = &WITHOUT;
    hooks_look(&hooks, wards[0]);
    cr_expect_eq(hooks.failing, 1);
}

/* Wherever they stand; and the line goes on. */
Test(hooks, of_profiles_that_have_none_any_more_leave_the_line)
{
    want(0, 4);
    for (int i = 0; i < 4; i++) {
        if (i == 2)
            continue;
        wards[i]->profile = i == 1 ? NULL : &WITHOUT;
        hooks_look(&hooks, wards[i]);
    }
    want(4, 6);
    cr_expect_str_eq(turn(), "2 4 5 ");
    want(2, 3);
    wards[2]->profile = NULL; /* gone while it runs */
    hooks_look(&hooks, wards[2]);
    end(2, SIGKILL);
    cr_expect_str_eq(turn(), "");
    cr_expect_eq(hooks.failing, 0);
}
