/* SPDX-License-Identifier: MIT */
/*
 * spawn-t.c - what a helper is started with, whatever its host has.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "provider/base/spawn.h"
#include "tests/unit/scratch.h"

TestSuite(spawn, .init = scratch_make, .fini = scratch_remove, .timeout = 30);

/* The first line that @script, as the helper, writes to "seen". */
static void
start(const char *script, char *out, size_t size)
{
    const char *const args[] = {"fetch", NULL};
    AUTO_FCLOSE FILE *seen = NULL;
    char text[1024];
    struct tw_error err;

    (void)snprintf(text, sizeof text,
                   "#!/bin/sh\n{ %s\n} >%s 2>&1\necho status=ok\n", script,
                   scratch_path("seen"));
    scratch_put("helper", 0755, text, strlen(text));
    cr_assert_eq(setenv("TOKENWARD_HELPER", scratch_path("helper"), 1), 0);
    cr_assert_eq(spawn_helper(args, 20000, &err), TW_OK, "%s", err.message);
    seen = fopen(scratch_path("seen"), "re");
    cr_assert(seen && fgets(out, (int)size, seen));
    out[strcspn(out, "\n")] = '\0';
}

Test(spawn, gives_none_of_the_hosts_signals)
{
    unsigned long long blocked = 1, ignored = 1;
    char seen[256];
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    cr_assert_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    (void)signal(SIGHUP, SIG_IGN);
    start("sed -n 's/^SigBlk:.//p; s/^SigIgn:.//p' /proc/self/status | "
          "tr '\\n' ' '",
          seen, sizeof seen);
    cr_assert_eq(sscanf(seen, "%llx %llx", &blocked, &ignored), 2);
    cr_expect_eq(blocked, 0, "%llx", blocked);
    cr_expect_eq(ignored & 1ULL << (SIGHUP - 1), 0, "%llx", ignored);
}

Test(spawn, is_a_session_of_its_own)
{
    char seen[256];

    start("read -r id name state parent group session rest </proc/$$/stat; "
          "[ \"$session\" = $$ ] && echo own || echo \"$session\"",
          seen, sizeof seen);
    cr_expect_str_eq(seen, "own");
}

/* 3 and above: a shell may have its script as one, above these. */
Test(spawn, gives_no_descriptor)
{
    int fd = fcntl(STDERR_FILENO, F_DUPFD, 40); /* not close-on-exec */
    char seen[256];

    cr_assert_geq(fd, 40);
    (void)snprintf(seen, sizeof seen,
                   "[ -e /proc/$$/fd/%d ] && echo open || "
                   "echo closed",
                   fd);
    start(seen, seen, sizeof seen);
    cr_expect_str_eq(seen, "closed");
}

/* What the host reads, and where its own messages go, is not the helper's. */
Test(spawn, gives_neither_stdin_nor_stderr)
{
    static const char SCRIPT[] =
        "#!/bin/sh\necho status=denied\n"
        "echo message=$(readlink /proc/$$/fd/0 /proc/$$/fd/2)\n";
    const char *const args[] = {"fetch", NULL};
    struct tw_error err;

    scratch_put("helper", 0755, SCRIPT, strlen(SCRIPT));
    cr_assert_eq(setenv("TOKENWARD_HELPER", scratch_path("helper"), 1), 0);
    cr_assert_eq(spawn_helper(args, 20000, &err), TW_E_DENIED);
    cr_expect_str_eq(err.message, "/dev/null /dev/null");
}

/* In ms; @script is the helper. */
static int64_t
time_of(const char *script, int wait_ms, enum tw_status expected)
{
    const char *const args[] = {"fetch", NULL};
    int64_t begun_ms = clock_monotonic_ms();

    scratch_put("helper", 0755, script, strlen(script));
    cr_assert_eq(setenv("TOKENWARD_HELPER", scratch_path("helper"), 1), 0);
    cr_expect_eq(spawn_helper(args, wait_ms, NULL), expected);
    return clock_monotonic_ms() - begun_ms;
}

Test(spawn, waits_as_long_as_it_is_told_and_no_longer)
{
    cr_expect_lt(time_of("#!/bin/sh\nexec sleep 15\n", 200, TW_E_RETRY), 9000,
                 "one that neither ends nor forks");
    cr_expect_lt(time_of("#!/bin/sh\nsleep 15 &\n", 200, TW_E_RETRY), 9000,
                 "one that goes on behind the first");
    cr_expect_lt(time_of("#!/bin/sh\nexit 1\n", 15000, TW_E_SYSTEM), 9000,
                 "one that ends without a word");
}

/* What a directory holds that one happens to be in. */
Test(spawn, starts_nothing_by_a_relative_path)
{
    static const char SCRIPT[] = "#!/bin/sh\n: >seen\n";
    const char *const args[] = {"--help", NULL};
    char top[256];

    scratch_put("helper", 0755, SCRIPT, strlen(SCRIPT));
    (void)snprintf(top, sizeof top, "%s", scratch_path("."));
    cr_assert_eq(chdir(top), 0);
    cr_assert_eq(setenv("TOKENWARD_HELPER", "./helper", 1), 0);
    (void)spawn_helper(args, 5000, NULL);
    cr_expect_neq(access("seen", F_OK), 0);
}

Test(spawn, starts_nothing_for_root_that_works_as_a_user)
{
    static const char SCRIPT[] = "#!/bin/sh\necho status=ok\n";
    const char *const args[] = {"fetch", NULL};
    struct tw_error err;

    if (geteuid() != 0)
        cr_skip_test("needs another user");
    scratch_put("helper", 0755, SCRIPT, strlen(SCRIPT));
    cr_assert_eq(setenv("TOKENWARD_HELPER", scratch_path("helper"), 1), 0);
    cr_assert_eq(spawn_helper(args, 20000, &err), TW_OK, "%s", err.message);
    cr_assert_eq(seteuid(SCRATCH_OTHER), 0);
    cr_expect_eq(spawn_helper(args, 20000, &err), TW_E_ACCESS);
    cr_expect_eq(spawn_in_place(args, &err), TW_E_ACCESS);
    cr_assert_eq(seteuid(0), 0);
    cr_assert_eq(setegid(SCRATCH_OTHER), 0);
    cr_expect_eq(spawn_helper(args, 20000, &err), TW_E_ACCESS);
}

Test(spawn, gives_no_variable_that_steers_libraries)
{
    static const char *const NAMES[] = {"GCONV_PATH",
                                        "GETCONF_DIR",
                                        "NIS_PATH",
                                        "GLIBC_TUNABLES",
                                        "HOSTALIASES",
                                        "LD_AUDIT",
                                        "LOCALDOMAIN",
                                        "MALLOC_CHECK_",
                                        "OPENSSL_CONF",
                                        "RES_OPTIONS",
                                        "RESOLV_ADD_TRIM_DOMAINS",
                                        "SSLKEYLOGFILE",
                                        "SSL_CERT_DIR",
                                        "SSL_CERT_FILE"};
    char seen[256];

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        cr_assert_eq(setenv(NAMES[i], "", 1), 0);
    cr_assert_eq(setenv("MINE", "kept", 1), 0);
    cr_assert_eq(setenv("NIS_PATHS", "kept", 1), 0); /* which is another */
    start("env | grep '^GCONV\\|^GETCONF\\|^GLIBC_\\|^HOSTALIASES\\|^LD_\\|"
          "^LOCALDOMAIN\\|^MALLOC\\|^MINE\\|^NIS\\|^OPENSSL\\|^RES\\|^SSL' | "
          "sort | tr '\\n' ' '",
          seen, sizeof seen);
    cr_expect_str_eq(seen, "MINE=kept NIS_PATHS=kept ");
}
