/* SPDX-License-Identifier: MIT */
/*
 * secret-command-t.c - what a command prints is the secret; a program that
 * hangs is killed, and all it started.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/broker/program.h"
#include "helper/keys/secret_command.h"
#include "provider/base/clock.h"
#include "tests/unit/brokered.h"
#include "tests/unit/soon.h"
#include "tests/unit/sourced.h"

TestSuite(secret_command, .init = sourced_set_up, .fini = scratch_remove,
          .timeout = 60);

Test(secret_command, command)
{
    struct secret_source source = command_of(SHELL("echo s3cret"));

    expect_secret(&source, false, "s3cret");
    source = command_of(
        (char *[]){(char[]){"/bin/echo"}, (char[]){"$HOME `id`; *"}, NULL});
    expect_secret(&source, false, "$HOME `id`; *");
    source = command_of(SHELL("cat; echo $HOME $ACME_SECRET"));
    expect_secret(&source, false, "/nowhere");
    source = command_of(SHELL("ls /proc/self/fd | tr '\\n' ' '"));
    expect_secret(&source, false, "0 1 2 3 ");
    source = command_of(SHELL("pwd -P"));
    expect_secret(&source, false, "/");
}

Test(secret_command, command_that_fails)
{
    struct secret_source source =
        command_of(SHELL("echo s3cret; echo s3cret >&2; exit 3"));

    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "command sh: failed with exit status 3; run it by "
                         "hand to see why");
    source = command_of(SHELL("kill -9 $$"));
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "command sh: was ended by signal 9");
    source = command_of(SHELL("true"));
    expect_refusal(&source, false, TW_E_CONFIG, PLACE "command sh: is empty");
    source = command_of(SHELL("printf 'a\\nb\\n'"));
    expect_refusal(&source, false, TW_E_CONFIG, PLACE "command sh: " LINES);
    source = command_of(SHELL("yes s3cret"));
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "command sh: printed more than 8194 bytes");
    source = command_of((char *[]){(char[]){"no-such-program"}, NULL});
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "command no-such-program: there is no such program, "
                         "or it may not be run");
    source = command_of((char *[]){(char[]){"/etc/passwd"}, NULL});
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "command /etc/passwd: there is no such program, or "
                         "it may not be run");
    /* Executable, but no program: no shell is tried. */
    scratch_put("script", 0755, "echo s3cret\n", 12);
    source = command_of(
        (char *[]){(char *)(uintptr_t)scratch_path("script"), NULL});
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "command %s/script: cannot be started: Exec format "
                         "error");
}

/* With @before and then the scratch directory in PATH: the file that is found,
 * or NULL. */
static const char *
find_program(const char *before)
{
    static char found[PATH_MAX];
    char path[2 * PATH_MAX];
    char *const variables[] = {path, NULL};

    (void)snprintf(path, sizeof path, "PATH=%s%s", before, scratch_path(""));
    return program_find("program", variables, found) ? found : NULL;
}

/* Whose the caller's directory is, and what only has its name, is no matter.
 */
Test(secret_command, command_that_is_looked_for)
{
    static const char *const OTHERS[] = {"", ":", ".:", "other:", "::./:"};
    char directory[PATH_MAX];

    (void)snprintf(directory, sizeof directory, "%s:", scratch_path("other"));
    cr_assert_eq(mkdir(scratch_path("other"), 0755), 0);
    cr_assert_eq(mkdir(scratch_path("other/program"), 0755), 0);
    cr_assert_eq(chdir(scratch_path("")), 0);
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        scratch_put("program", 0755, "", 0);
        cr_expect_str_eq(find_program(OTHERS[i]), scratch_path("program"));
        cr_expect_str_eq(find_program(directory), scratch_path("program"));
        scratch_put("program", 0644, "", 0);
        cr_expect_null(find_program(OTHERS[i]));
    }
}

/* A child that keeps the pipe open does not make the answer late. */
Test(secret_command, command_that_leaves_a_child)
{
    struct secret_source source = command_of(SHELL("sleep 30 & echo s3cret"));
    int64_t start = clock_monotonic_ms();

    expect_secret(&source, false, "s3cret");
    cr_expect_lt(clock_monotonic_ms() - start, 5000);
}

static char *allowed[] = {(char[]){"PATH=/usr/bin:/bin"}, NULL};

/* The broker has room for the descriptor that it is sent, and none for a pipe:
 * the host's affair, and not that of who wrote the command. */
Test(secret_command, command_that_there_is_no_room_for)
{
    AUTO_SECRET secret = SECRET_INIT(100);
    char **argv = SHELL("echo s3cret");
    const struct environment environment = {.allowed = allowed};
    struct tw_error err = {0};
    struct rlimit limit, tight;
    struct broker broker;
    int next = dup(STDIN_FILENO);

    cr_assert_geq(next, 0);
    (void)close(next);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    tight = (struct rlimit){(rlim_t)next + 2, limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &tight), 0);
    broker = brokered(argv, &environment);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(secret_command_run(&broker, argv, "it", 9000, &secret, &err),
                 TW_E_SYSTEM);
    cr_expect_str_eq(err.message,
                     "it: cannot be started: Too many open files");
    broker_close(&broker);
}

/* It has no room even for the descriptor that it is sent. */
Test(secret_command, command_whose_output_there_is_no_room_for)
{
    AUTO_SECRET secret = SECRET_INIT(100);
    char **argv = SHELL("echo s3cret");
    const struct environment environment = {.allowed = allowed};
    struct tw_error err = {0};
    int next = dup(STDIN_FILENO);
    const struct rlimit none = {(rlim_t)next, (rlim_t)next};
    struct broker broker;

    cr_assert_geq(next, 0);
    (void)close(next);
    broker = brokered(argv, &environment);
    cr_assert_eq(prlimit(broker.pid, RLIMIT_NOFILE, &none, NULL), 0);
    cr_expect_eq(secret_command_run(&broker, argv, "it", 9000, &secret, &err),
                 TW_E_SYSTEM);
    cr_expect_str_eq(err.message,
                     "it: cannot be started: Too many open files");
    broker_close(&broker);
}

/* A broker that is killed before it reads the order. */
Test(secret_command, command_that_nobody_starts)
{
    AUTO_SECRET secret = SECRET_INIT(100);
    char **argv = SHELL("echo s3cret");
    struct tw_error err = {0};
    struct broker broker = BROKER_INIT;
    int ends[2];
    pid_t pid;

    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        struct pollfd poller = {.fd = ends[1], .events = POLLIN};

        _exit(poll(&poller, 1, 9000) != 1);
    }
    (void)close(ends[1]);
    broker.fd = ends[0];
    cr_expect_eq(secret_command_run(&broker, argv, "it", 9000, &secret, &err),
                 TW_E_SYSTEM, "%s", err.message);
    cr_expect_eq(waitpid(pid, NULL, 0), pid);
    broker_close(&broker);
}

static int64_t
kill_one(void *arg)
{
    AUTO_SECRET secret = SECRET_INIT(100);
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, arg, NULL};
    const struct environment environment = {.allowed = allowed};
    struct broker broker = brokered(argv, &environment);
    struct tw_error err = {0};
    int64_t start = clock_monotonic_ms(), took_ms;

    cr_expect_eq(secret_command_run(&broker, argv, "it", 300, &secret, &err),
                 TW_E_RETRY);
    took_ms = clock_monotonic_ms() - start;
    cr_expect_str_eq(err.message,
                     "it: did not end within 300 ms and was killed");
    cr_expect_geq(took_ms, 300);
    cr_expect_eq(secret.len, 0);
    broker_close(&broker);
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1, "a child is left");
    return took_ms;
}

static void
expect_killed(const char *script)
{
    int64_t took_ms;

    cr_expect(is_soon(kill_one, (char *)(uintptr_t)script, 2000, &took_ms),
              "%jd ms", (intmax_t)took_ms);
}

/* What a script has written into the file pid, or 0. */
static int
told_pid(void)
{
    FILE *file = fopen(scratch_path("pid"), "re");
    int pid = 0;

    if (file && fscanf(file, "%d", &pid) != 1)
        pid = 0;
    if (file)
        (void)fclose(file);
    return pid;
}

Test(secret_command, that_hangs_is_killed_with_its_group)
{
    char script[PATH_MAX + 128];
    int pid = 0;

    expect_killed("trap '' TERM INT HUP; while :; do sleep 1; done");
    expect_killed("exec >&-; sleep 30");
    (void)snprintf(script, sizeof script, "sleep 30 & echo $! > %s/pid; wait",
                   scratch_path(""));
    for (int i = 0; i < SOON_TRIES && !pid; i++) { /* it has 300 ms for that */
        expect_killed(script);
        pid = told_pid();
    }
    cr_assert_neq(pid, 0);
    for (int i = 0; i < 1000 && kill(pid, 0) == 0; i++) {
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
