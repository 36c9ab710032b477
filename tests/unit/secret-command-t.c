/* SPDX-License-Identifier: MIT */
/*
 * secret-command-t.c - a program that hangs is killed, and all it started.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "helper/secret_command.h"
#include "provider/base/clock.h"
#include "tests/unit/brokered.h"
#include "tests/unit/scratch.h"

TestSuite(secret_command, .init = scratch_make, .fini = scratch_remove,
          .timeout = 60);

static char *allowed[] = {(char[]){"PATH=/usr/bin:/bin"}, NULL};

static void
expect_killed(const char *script)
{
    AUTO_SECRET secret = SECRET_INIT(100);
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)script,
                    NULL};
    const struct environment environment = {.allowed = allowed};
    struct broker broker = brokered(argv, &environment);
    struct tw_error err = {0};
    int64_t start = clock_monotonic_ms(), took;

    cr_expect_eq(secret_command_run(&broker, argv, "it", 300, &secret, &err),
                 TW_E_CONFIG);
    took = clock_monotonic_ms() - start;
    cr_expect_str_eq(err.message,
                     "it: did not end within 300 ms and was killed");
    cr_expect(took >= 300 && took < 2000, "%lld ms", (long long)took);
    cr_expect_eq(secret.len, 0);
    broker_close(&broker);
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1, "a child is left");
}

Test(secret_command, that_hangs_is_killed_with_its_group)
{
    char script[PATH_MAX + 128];
    FILE *file;
    int pid = 0;

    expect_killed("trap '' TERM INT HUP; while :; do sleep 1; done");
    expect_killed("exec >&-; sleep 30");
    (void)snprintf(script, sizeof script, "sleep 30 & echo $! > %s/pid; wait",
                   scratch_path(""));
    expect_killed(script);
    file = fopen(scratch_path("pid"), "r");
    cr_assert(file);
    cr_expect_eq(fscanf(file, "%d", &pid), 1);
    (void)fclose(file);
    for (int i = 0; i < 100 && kill(pid, 0) == 0; i++) {
        char path[64], state = 0;
        FILE *stat;

        (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
        stat = fopen(path, "r");
        if (!stat || fscanf(stat, "%*d %*s %c", &state) != 1)
            state = 'Z';
        if (stat)
            (void)fclose(stat);
        if (state == 'Z') /* nobody here reaps it */
            return;
        (void)usleep(10000);
    }
    cr_expect_eq(kill(pid, 0), -1, "the group was not killed");
}
