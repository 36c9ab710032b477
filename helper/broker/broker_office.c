/* SPDX-License-Identifier: MIT */
/*
 * broker_office.c - orders come in from the process that this one forked or
 * was forked from, programs are started.
 *
 * The trap: whoever asks may be taken over by then.  So an order is compared
 * with what was allowed before it met the network, word for word; a profile's
 * name is a profile's name, and a provider's one; nothing else of the order
 * reaches a program.
 *
 * The other: the supervisor keeps a clock meanwhile, and a program may lie on
 * a file system that does not answer.  So looking for it and execve(2) are the
 * new process's own affair, and whoever asked waits at its pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/broker/broker_order.h"
#include "helper/broker/program.h"
#include "provider/base/auto.h"
#include "provider/base/text.h"

#define WORDS_MAX 128 /* of one command, its NULL among them */
#define PIPE_FILENO 3
#define FETCH_SECONDS "45" /* a fetch's own deadline */
#define HOOK_SECONDS "35"  /* and a hook's, which has 30 for its program */

/* One that may be started. */
struct broker_command {
    struct broker_command *next;
    size_t size;
    char words[];
};

/* What came: @words of @size bytes and a NUL, and a descriptor or -1. */
struct received {
    struct broker_order order;
    const char *words;
    size_t size;
    int fd;
    bool is_cut; /* there was one, and no room for it here */
};

struct plan {
    const char *argv[WORDS_MAX];
    char *const *variables;
    bool is_ours; /* it is this very program, which speaks where we speak */
    int output;   /* but for stdout, unless this is -1 */
};

static void
reset_signals(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int number = 1; number < _NSIG; number++)
        (void)sigaction(number, &standard, NULL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* @pipe goes on as the one beside them, until execve(2). */
static bool
set_descriptors(int output, int *pipe)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(output, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0 ||
        (*pipe != PIPE_FILENO && dup3(*pipe, PIPE_FILENO, O_CLOEXEC) < 0))
        return false;
    *pipe = PIPE_FILENO;
    closefrom(PIPE_FILENO + 1);
    return true;
}

/* In the new process.  Returns an errno. */
static int
begin(const struct plan *plan, int *pipe)
{
    char *const *argv = (char *const *)(uintptr_t)plan->argv;
    char path[PATH_MAX] = "/proc/self/exe";

    reset_signals();
    if (plan->is_ours) {
        if (plan->output >= 0 && dup2(plan->output, STDOUT_FILENO) < 0)
            return errno;
    } else {
        if (!program_find(argv[0], plan->variables, path))
            return ENOENT;
        if (setpgid(0, 0) < 0 || chdir(PROGRAM_DIRECTORY) < 0 ||
            !set_descriptors(plan->output, pipe))
            return errno;
    }
    (void)execve(path, argv, plan->variables);
    return errno;
}

/* @pipe: where the other end of the new process's is put. */
static struct broker_answer
start(const struct plan *plan, int *pipe)
{
    AUTO_CLOSE int writer = -1;
    int ends[2];
    int32_t error;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return (struct broker_answer){.error = errno};
    *pipe = ends[0];
    writer = ends[1];
    pid = fork();
    if (pid < 0)
        return (struct broker_answer){.error = errno};
    if (pid == 0) {
        error = begin(plan, &writer);
        _exit(write(writer, &error, sizeof error) < 0 ? 126 : 127);
    }
    return (struct broker_answer){.pid = pid};
}

static struct broker_answer
allow(struct broker_office *office, const struct received *received)
{
    struct broker_command *command;

    if (office->sealed || office->kind != BROKER_COMMANDS)
        return (struct broker_answer){.error = EPERM};
    if (!received->size || received->words[received->size - 1])
        return (struct broker_answer){.error = EINVAL}; /* no whole words */
    command = malloc(sizeof *command + received->size);
    if (!command)
        return (struct broker_answer){.error = ENOMEM};
    command->size = received->size;
    memcpy(command->words, received->words, received->size);
    command->next = office->allowed;
    office->allowed = command;
    return (struct broker_answer){.error = 0};
}

static const struct broker_command *
find(const struct broker_office *office, const struct received *received)
{
    const struct broker_command *command = office->allowed;

    while (command &&
           (command->size != received->size ||
            memcmp(command->words, received->words, received->size) != 0))
        command = command->next;
    return command;
}

static bool
split(const struct broker_command *command, const char *argv[static WORDS_MAX])
{
    size_t count = 0;

    for (size_t at = 0; at < command->size;
         at += strlen(command->words + at) + 1) {
        if (count == WORDS_MAX - 1)
            return false;
        argv[count++] = command->words + at;
    }
    argv[count] = NULL;
    return count > 0;
}

static struct broker_answer
run(const struct broker_office *office, const struct received *received,
    int *pipe)
{
    const struct broker_command *command = find(office, received);
    struct plan plan = {.variables = office->environment->allowed,
                        .output = received->fd};

    if (!office->sealed || !command || received->fd < 0)
        return (struct broker_answer){.error = EPERM};
    if (!split(command, plan.argv))
        return (struct broker_answer){.error = E2BIG};
    return start(&plan, pipe);
}

static bool
is_word(const struct received *received)
{
    return strlen(received->words) + 1 == received->size;
}

static bool
is_profile(const struct received *received)
{
    return is_word(received) && text_is_profile_name(received->words);
}

static struct broker_answer
hook(const struct broker_office *office, const struct received *received,
     int *pipe)
{
    struct plan plan = {
        .argv = {"tokenward-helper", "--deadline", HOOK_SECONDS},
        .variables = office->environment->given,
        .is_ours = true,
        .output = -1};
    size_t n = 3;

    if (!is_profile(received))
        return (struct broker_answer){.error = EPERM};
    if (office->system)
        plan.argv[n++] = "--system";
    plan.argv[n++] = "hook";
    plan.argv[n++] = "--";
    plan.argv[n] = received->words;
    return start(&plan, pipe);
}

static struct broker_answer
fetch(const struct broker_office *office, const struct received *received,
      int *pipe)
{
    char seconds[24];
    struct plan plan = {
        .argv = {"tokenward-helper", "--deadline", FETCH_SECONDS},
        .variables = office->environment->given,
        .is_ours = true,
        .output = received->fd};
    size_t n = 3;

    if (office->kind != BROKER_FETCHES || !is_profile(received))
        return (struct broker_answer){.error = EPERM};
    (void)snprintf(seconds, sizeof seconds, "%" PRId64,
                   received->order.min_valid);
    if (office->system)
        plan.argv[n++] = "--system";
    if (received->order.background)
        plan.argv[n++] = "--background";
    if (received->order.min_valid >= 0) {
        plan.argv[n++] = "--min-valid";
        plan.argv[n++] = seconds;
    }
    plan.argv[n++] = "--no-hooks"; /* who waits for it is not to wait */
    plan.argv[n++] = "--report";
    plan.argv[n++] = "fetch";
    plan.argv[n++] = "--";
    plan.argv[n] = received->words;
    return start(&plan, pipe);
}

static struct broker_answer
module(const struct broker_office *office, const struct received *received,
       int *pipe)
{
    struct plan plan = {.argv = {"tokenward-helper"},
                        .variables = office->environment->given,
                        .is_ours = true,
                        .output = received->fd};
    size_t n = 1;

    if (office->kind != BROKER_FETCHES || received->fd < 0 ||
        !is_word(received) || !text_is_module_name(received->words))
        return (struct broker_answer){.error = EPERM};
    if (office->system)
        plan.argv[n++] = "--system";
    plan.argv[n++] = "--report";
    plan.argv[n++] = "module";
    plan.argv[n++] = "--";
    plan.argv[n] = received->words;
    return start(&plan, pipe);
}

static struct broker_answer
wait_for(const struct broker_office *office, const struct received *received)
{
    struct broker_answer answer = {.error = ECHILD};
    int64_t pid = received->order.pid;

    if (pid <= 0 || pid > INT32_MAX || pid == office->asker)
        return answer;
    answer.pid = waitpid((pid_t)pid, &answer.state, WNOHANG);
    answer.error = answer.pid < 0 ? errno : answer.pid == 0 ? EAGAIN : 0;
    return answer;
}

static struct broker_answer
obey(struct broker_office *office, const struct received *received, int *pipe)
{
    if (received->is_cut)
        return (struct broker_answer){.error = EMFILE};
    switch (received->order.kind) {
    case ORDER_ALLOW:
        return allow(office, received);
    case ORDER_SEAL:
        office->sealed = true;
        return (struct broker_answer){.error = 0};
    case ORDER_RUN:
        return run(office, received, pipe);
    case ORDER_FETCH:
        return fetch(office, received, pipe);
    case ORDER_HOOK:
        return hook(office, received, pipe);
    case ORDER_MODULE:
        return module(office, received, pipe);
    case ORDER_WAIT:
        return wait_for(office, received);
    default:
        return (struct broker_answer){.error = EINVAL};
    }
}

/* @room: for all words and a NUL. */
static bool
hear(int fd, char *room, struct received *out)
{
    union broker_control control;
    struct iovec parts[] = {{&out->order, sizeof out->order},
                            {room, BROKER_WORDS_MAX}};
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = 2,
                             .msg_control = &control,
                             .msg_controllen = BROKER_CONTROL_LEN};
    ssize_t n;

    do
        n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < (ssize_t)sizeof out->order)
        return false;
    out->words = room;
    out->size = (size_t)n - sizeof out->order;
    room[out->size] = '\0';
    out->fd = broker_control_take(&control, &message);
    out->is_cut = out->fd < 0 && (message.msg_flags & MSG_CTRUNC);
    return true;
}

bool
broker_turn(struct broker_office *office)
{
    AUTO_FREE char *room = malloc(BROKER_WORDS_MAX + 1);
    AUTO_CLOSE int output = -1, pipe = -1;
    struct received received;
    struct broker_answer answer;
    union broker_control control;
    struct iovec part = {&answer, sizeof answer};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (!room || !hear(office->fd, room, &received))
        return false;
    output = received.fd;
    answer = obey(office, &received, &pipe);
    if (pipe >= 0)
        broker_control_put(&control, &message, pipe);
    return sendmsg(office->fd, &message, MSG_NOSIGNAL) >= 0;
}

void
broker_office_close(struct broker_office *office)
{
    while (office->allowed) {
        struct broker_command *command = office->allowed;

        office->allowed = command->next;
        free(command);
    }
    auto_close(&office->fd);
    *office = BROKER_OFFICE_INIT;
}
