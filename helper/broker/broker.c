/* SPDX-License-Identifier: MIT */
/*
 * broker.c - see broker.h: this side asks.  broker_office.c is the other one.
 */
#include "helper/broker/broker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/broker/broker_order.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define ASK_AGAIN_MS 5
#define KILLED_MS 1000 /* for one that was killed to be gone */

enum tw_status
broker_open(enum broker_kind kind, const struct environment *environment,
            bool system, struct broker *out, struct broker_office *office,
            struct tw_error *err)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "socketpair");
    *out = (struct broker){.fd = ends[0]};
    *office = (struct broker_office){.fd = ends[1],
                                     .kind = kind,
                                     .environment = environment,
                                     .system = system};
    return TW_OK;
}

enum tw_status
broker_settle(struct broker *broker, struct broker_office *office,
              struct tw_error *err)
{
    pid_t pid = fork();

    if (pid < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "fork");
    if (pid == 0) {
        /* What ends or reloads the one that asks is not for this one. */
        (void)signal(SIGHUP, SIG_IGN);
        (void)signal(SIGINT, SIG_IGN);
        (void)signal(SIGTERM, SIG_IGN);
        broker_close(broker);
        while (broker_turn(office))
            ;
        _exit(0);
    }
    broker_office_close(office);
    broker->pid = pid;
    return TW_OK;
}

/* The errno of a program that did not begin, from its pipe. */
static int
read_start(int pipe)
{
    int32_t error = 0;
    ssize_t n;

    do
        n = read(pipe, &error, sizeof error);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof error ? error : 0;
}

static int
hear(int fd, struct broker_answer *answer)
{
    union broker_control control;
    struct iovec part = {answer, sizeof *answer};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = BROKER_CONTROL_LEN};
    AUTO_CLOSE int start = -1;
    ssize_t n;

    do
        n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno;
    if (n != (ssize_t)sizeof *answer)
        return EPIPE; /* it is gone */
    start = broker_control_take(&control, &message);
    if (start >= 0 && !answer->error)
        answer->error = read_start(start);
    return 0;
}

static int
ask_alone(const struct broker *broker, const struct msghdr *message,
          struct broker_answer *answer)
{
    ssize_t n;
    int error;

    *answer = (struct broker_answer){.error = 0};
    do
        n = sendmsg(broker->fd, message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    error = n < 0 ? errno : hear(broker->fd, answer);
    return error ? error : answer->error;
}

/* An answer is for the order before it: a thread that reads profiles asks
 * beside the loop's. */
static int
ask(const struct broker *broker, const struct msghdr *message,
    struct broker_answer *answer)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    int error;

    if (!broker || broker->fd < 0)
        return ENOTCONN;
    (void)pthread_mutex_lock(&mutex);
    error = ask_alone(broker, message, answer);
    (void)pthread_mutex_unlock(&mutex);
    return error;
}

/* The words one after the other, each with its NUL. */
static int
join(char *const *argv, char **out, size_t *size)
{
    AUTO_FREE char *words = NULL;
    size_t n = 0;

    for (size_t i = 0; argv[i]; i++)
        n += strlen(argv[i]) + 1;
    if (n == 0)
        return EINVAL; /* no program */
    if (n > BROKER_WORDS_MAX)
        return E2BIG;
    words = malloc(n);
    if (!words)
        return ENOMEM;
    *size = n;
    for (n = 0; *argv; argv++) {
        size_t length = strlen(*argv) + 1;

        memcpy(words + n, *argv, length);
        n += length;
    }
    *out = TAKE_POINTER(words);
    return 0;
}

static int
order(const struct broker *broker, struct broker_order what,
      char *const *words, int output, struct broker_answer *answer)
{
    AUTO_FREE char *text = NULL;
    union broker_control control;
    struct iovec parts[2] = {{&what, sizeof what}, {NULL, 0}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    int error = words ? join(words, &text, &parts[1].iov_len) : 0;

    if (error)
        return error;
    parts[1].iov_base = text;
    if (output >= 0)
        broker_control_put(&control, &message, output);
    return ask(broker, &message, answer);
}

/* One that came no further than execve(2) is done with. */
static int
start(const struct broker *broker, struct broker_order what,
      char *const *words, int output, pid_t *pid)
{
    struct broker_answer answer = {.pid = 0};
    int error = order(broker, what, words, output, &answer);
    int state;

    if (error && answer.pid > 0)
        (void)broker_wait(broker, answer.pid, &state);
    if (!error)
        *pid = answer.pid;
    return error;
}

static enum tw_status
fail(struct tw_error *err, int error)
{
    return error ? tw_fail_errno(err, TW_E_SYSTEM, error, "the broker")
                 : TW_OK;
}

enum tw_status
broker_allow(const struct broker *broker, char *const *argv,
             struct tw_error *err)
{
    struct broker_answer answer;
    int error = order(broker, (struct broker_order){.kind = ORDER_ALLOW}, argv,
                      -1, &answer);

    if (error == E2BIG)
        return tw_fail(err, TW_E_CONFIG,
                       "a command is longer than %d bytes with its arguments",
                       BROKER_WORDS_MAX);
    return fail(err, error);
}

enum tw_status
broker_seal(const struct broker *broker, struct tw_error *err)
{
    struct broker_answer answer;

    return fail(err, order(broker, (struct broker_order){.kind = ORDER_SEAL},
                           NULL, -1, &answer));
}

int
broker_run(const struct broker *broker, char *const *argv, int output,
           pid_t *pid)
{
    return start(broker, (struct broker_order){.kind = ORDER_RUN}, argv,
                 output, pid);
}

int
broker_fetch(const struct broker *broker, const struct broker_fetch *fetch,
             pid_t *pid)
{
    char *const words[] = {(char *)(uintptr_t)fetch->name, NULL};

    return start(broker,
                 (struct broker_order){.kind = ORDER_FETCH,
                                       .background = fetch->background,
                                       .min_valid = fetch->min_valid},
                 words, fetch->output, pid);
}

int
broker_hook(const struct broker *broker, const char *name, pid_t *pid)
{
    char *const words[] = {(char *)(uintptr_t)name, NULL};

    return start(broker, (struct broker_order){.kind = ORDER_HOOK}, words, -1,
                 pid);
}

int
broker_module(const struct broker *broker, const char *name, int output,
              pid_t *pid)
{
    char *const words[] = {(char *)(uintptr_t)name, NULL};

    return start(broker, (struct broker_order){.kind = ORDER_MODULE}, words,
                 output, pid);
}

int
broker_wait(const struct broker *broker, pid_t pid, int *state)
{
    struct broker_answer answer;
    int error =
        order(broker, (struct broker_order){.kind = ORDER_WAIT, .pid = pid},
              NULL, -1, &answer);

    if (!error)
        *state = answer.state;
    return error;
}

/* Where there is no pidfd_open(2), or no descriptor left, it is asked again
 * and again. */
int
broker_await(const struct broker *broker, pid_t pid, int64_t deadline_ms,
             int *state)
{
    AUTO_CLOSE int exited = (int)syscall(SYS_pidfd_open, pid, 0);

    for (;;) {
        struct pollfd polled = {.fd = exited, .events = POLLIN};
        int error = broker_wait(broker, pid, state);
        int64_t left = deadline_ms - clock_monotonic_ms();

        if (error != EAGAIN || left <= 0)
            return error;
        if (exited < 0 && left > ASK_AGAIN_MS)
            left = ASK_AGAIN_MS;
        (void)poll(&polled, 1, (int)left);
    }
}

int
broker_end(const struct broker *broker, pid_t pid, int *state)
{
    (void)kill(pid, SIGKILL);
    return broker_await(broker, pid, clock_monotonic_ms() + KILLED_MS, state);
}

void
broker_close(struct broker *broker)
{
    auto_close(&broker->fd);
    while (broker->pid > 0 && waitpid(broker->pid, NULL, 0) < 0 &&
           errno == EINTR)
        ;
    *broker = BROKER_INIT;
}
