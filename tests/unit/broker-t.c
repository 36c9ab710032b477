/* SPDX-License-Identifier: MIT */
/*
 * broker-t.c - what was allowed is started, word for word, and nothing else.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/broker/broker_order.h"
#include "tests/unit/brokered.h"

static char *variables[] = {(char[]){"PATH=/usr/bin:/bin"},
                            (char[]){"MARK=allowed"}, NULL};
static const struct environment ENVIRONMENT = {.allowed = variables,
                                               .given = variables};

static char *PRINT[] = {(char[]){"printenv"}, (char[]){"MARK"}, NULL};
static char *OTHER[] = {(char[]){"printenv"}, (char[]){"PATH"}, NULL};
static char *LONGER[] = {(char[]){"printenv"}, (char[]){"MARK"},
                         (char[]){"PATH"}, NULL};
/* The bytes of LONGER's first two words, with an end too few. */
static char *JOINED[] = {(char[]){"printenvMARK"}, NULL};

TestSuite(broker, .timeout = 30);

static void
end_of(const struct broker *broker, pid_t pid, int *state)
{
    int error;

    do
        error = broker_wait(broker, pid, state);
    while (error == EAGAIN && poll(NULL, 0, 5) == 0);
    cr_expect_eq(error, 0, "%s", strerror(error));
}

Test(broker, runs_what_was_allowed)
{
    struct broker broker = brokered(PRINT, &ENVIRONMENT);
    char text[32] = "";
    int ends[2], state = -1;
    pid_t pid = 0;

    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(broker_run(&broker, PRINT, ends[1], &pid), 0);
    end_of(&broker, pid, &state);
    cr_expect_eq(state, 0);
    cr_expect_eq(read(ends[0], text, sizeof text - 1), 8);
    cr_expect_str_eq(text, "allowed\n");
    cr_expect_eq(broker_wait(&broker, pid, &state), ECHILD, "only once");
    broker_close(&broker);
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1, "a child is left");
}

Test(broker, runs_nothing_else)
{
    struct broker broker = brokered(PRINT, &ENVIRONMENT);
    const struct broker_fetch fetch = {
        .name = "x", .min_valid = -1, .output = -1};
    char **const commands[] = {OTHER, LONGER, JOINED};
    struct tw_error err;
    pid_t pid = 0;

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        cr_expect_eq(broker_run(&broker, commands[i], STDERR_FILENO, &pid),
                     EPERM);
    cr_expect_eq(broker_run(&broker, PRINT, -1, &pid), EPERM,
                 "without an output");
    cr_expect_eq(broker_fetch(&broker, &fetch, &pid), EPERM);
    cr_expect_eq(broker_allow(&broker, OTHER, &err), TW_E_SYSTEM,
                 "it is sealed");
    cr_expect_eq(broker_run(&broker, OTHER, STDERR_FILENO, &pid), EPERM);
    cr_expect_eq(pid, 0);
    broker_close(&broker);
}

Test(broker, runs_nothing_before_it_is_sealed)
{
    struct broker broker = BROKER_INIT;
    struct broker_office office = BROKER_OFFICE_INIT;
    struct tw_error err;
    pid_t pid = 0;

    cr_assert_eq(broker_open(BROKER_COMMANDS, &ENVIRONMENT, false, &broker,
                             &office, &err),
                 TW_OK);
    cr_assert_eq(broker_settle(&broker, &office, &err), TW_OK);
    cr_expect_eq(broker_allow(&broker, PRINT, &err), TW_OK);
    cr_expect_eq(broker_run(&broker, PRINT, STDERR_FILENO, &pid), EPERM);
    broker_close(&broker);
}

Test(broker, fetches_profiles_alone)
{
    struct broker broker = BROKER_INIT;
    struct broker_office office = BROKER_OFFICE_INIT;
    static const char *const NAMES[] = {"--help", "../x", "a b", ""};
    struct tw_error err;
    pid_t pid = 0;

    cr_assert_eq(broker_open(BROKER_FETCHES, &ENVIRONMENT, false, &broker,
                             &office, &err),
                 TW_OK);
    cr_assert_eq(broker_settle(&broker, &office, &err), TW_OK);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const struct broker_fetch fetch = {
            .name = NAMES[i], .min_valid = -1, .output = -1};

        cr_expect_eq(broker_fetch(&broker, &fetch, &pid), EPERM, "%s",
                     NAMES[i]);
    }
    cr_expect_eq(broker_allow(&broker, PRINT, &err), TW_E_SYSTEM);
    broker_close(&broker);
}

Test(broker, tells_what_execve_said)
{
    char *none[] = {(char[]){"/nonexistent/program"}, NULL};
    struct broker broker = brokered(none, &ENVIRONMENT);
    pid_t pid = 0;

    cr_expect_eq(broker_run(&broker, none, STDERR_FILENO, &pid), ENOENT);
    cr_expect_eq(pid, 0);
    broker_close(&broker);
}

Test(broker, waits_for_nobody_elses_process)
{
    struct broker broker = brokered(PRINT, &ENVIRONMENT);
    int state = -1;

    cr_expect_eq(broker_wait(&broker, getpid(), &state), ECHILD);
    cr_expect_eq(broker_wait(&broker, -1, &state), ECHILD);
    cr_expect_eq(broker_wait(&broker, 0, &state), ECHILD);
    broker_close(&broker);
    cr_expect_eq(broker_wait(&broker, 1, &state), ENOTCONN);
    cr_expect_eq(state, -1, "nothing ended well that nobody knows of");
}

Test(broker, has_room_for_so_much)
{
    static char word[BROKER_WORDS_MAX + 1];
    char *argv[] = {word, NULL};
    struct broker broker = BROKER_INIT;
    struct broker_office office = BROKER_OFFICE_INIT;
    struct tw_error err;

    cr_assert_eq(broker_open(BROKER_COMMANDS, &ENVIRONMENT, false, &broker,
                             &office, &err),
                 TW_OK);
    cr_assert_eq(broker_settle(&broker, &office, &err), TW_OK);
    memset(word, 'x', sizeof word - 1);
    cr_expect_eq(broker_allow(&broker, argv, &err), TW_E_CONFIG);
    word[BROKER_WORDS_MAX - 1] = '\0';
    cr_expect_eq(broker_allow(&broker, argv, &err), TW_OK);
    broker_close(&broker);
}

/* What is answered to an order as no broker.c would give it. */
static int
answer_to(struct broker_order order, const char *words, size_t n, pid_t asker)
{
    struct broker broker = BROKER_INIT;
    struct broker_office office = BROKER_OFFICE_INIT;
    struct iovec parts[] = {{&order, sizeof order},
                            {(char *)(uintptr_t)words, n}};
    struct broker_answer answer = {.error = -1};

    cr_assert_eq(broker_open(BROKER_COMMANDS, &ENVIRONMENT, false, &broker,
                             &office, NULL),
                 TW_OK);
    office.asker = asker;
    cr_assert_eq(writev(broker.fd, parts, 2), (ssize_t)(sizeof order + n));
    cr_assert(broker_turn(&office));
    cr_assert_eq(read(broker.fd, &answer, sizeof answer),
                 (ssize_t)sizeof answer);
    broker_office_close(&office);
    broker_close(&broker);
    return answer.error;
}

Test(broker, allows_whole_words_alone)
{
    const struct broker_order allow = {.kind = ORDER_ALLOW};

    cr_expect_eq(answer_to(allow, "printenv", 8, 0), EINVAL);
    cr_expect_eq(answer_to(allow, "printenv\0MARK", 13, 0), EINVAL);
    cr_expect_eq(answer_to(allow, "", 0, 0), EINVAL);
    cr_expect_eq(answer_to(allow, "printenv\0MARK", 14, 0), 0);
}

/* How whoever asks has ended is for the supervisor to know. */
Test(broker, tells_nobody_how_he_ended_himself)
{
    struct broker_order wait = {.kind = ORDER_WAIT};
    pid_t pid = fork();
    siginfo_t info;
    int state = 0;

    cr_assert_geq(pid, 0);
    if (pid == 0)
        _exit(3);
    wait.pid = pid;
    cr_assert_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    cr_expect_eq(answer_to(wait, "", 0, pid), ECHILD);
    cr_expect_eq(waitpid(pid, &state, WNOHANG), pid);
    cr_expect_eq(WEXITSTATUS(state), 3);
}
