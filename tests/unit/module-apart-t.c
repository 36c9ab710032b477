/* SPDX-License-Identifier: MIT */
/*
 * module-apart-t.c - a provider whose process ends without a word is asked
 * again, not too soon, and what is known of it does not grow; one whose
 * process does not end has it ended.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/broker/broker_order.h"
#include "helper/module/module_apart.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "tests/unit/scratch.h"

#define MINUTE_MS 60000

TestSuite(module_apart, .init = scratch_make, .fini = scratch_remove,
          .timeout = 60);

static int ends[2];
static _Atomic int started;
static pid_t endless; /* it has what a process would print to, and hangs */

static struct broker_answer
wait_for(pid_t pid)
{
    struct broker_answer answer = {.error = ECHILD};

    if (!endless)
        return answer;
    answer.pid = waitpid(pid, &answer.state, WNOHANG);
    answer.error = answer.pid < 0 ? errno : answer.pid == 0 ? EAGAIN : 0;
    return answer;
}

/* Starts nothing, and closes what a process would print to. */
static void *
keep_office(void *arg)
{
    for (;;) {
        struct broker_order order;
        struct broker_answer answer = {.pid = endless};
        char words[64];
        union broker_control control;
        struct iovec parts[] = {{&order, sizeof order}, {words, sizeof words}};
        struct msghdr message = {.msg_iov = parts,
                                 .msg_iovlen = 2,
                                 .msg_control = &control,
                                 .msg_controllen = BROKER_CONTROL_LEN};
        AUTO_CLOSE int output = -1;

        if (recvmsg(ends[1], &message, MSG_CMSG_CLOEXEC) <= 0)
            return arg;
        output = broker_control_take(&control, &message);
        if (order.kind == ORDER_WAIT)
            answer = wait_for((pid_t)order.pid);
        else
            started++;
        if (!endless) /* else it stays open */
            auto_close(&output);
        output = -1;
        if (send(ends[1], &answer, sizeof answer, MSG_NOSIGNAL) < 0)
            return arg;
    }
}

static void
begin(struct modules *modules, struct broker *broker, pthread_t *office)
{
    static char dir[128];

    (void)snprintf(dir, sizeof dir, "%s", scratch_path(""));
    *broker = BROKER_INIT;
    *modules = (struct modules){.dir = dir, .broker = broker};
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends),
                 0);
    broker->fd = ends[0];
    cr_assert_eq(pthread_create(office, NULL, keep_office, NULL), 0);
    scratch_put("foreign.so", 0644, "x", 1);
    modules->begun_ms = clock_monotonic_ms();
}

static void
end(struct modules *modules, struct broker *broker, pthread_t office)
{
    broker_close(broker);
    (void)pthread_join(office, NULL);
    (void)close(ends[1]);
    modules_clear(modules);
}

static void
ask(struct modules *modules)
{
    struct module *module = NULL;
    struct tw_error err = {.status = TW_OK};

    cr_expect_eq(module_ask(modules, "foreign", &module, &err), TW_E_MODULE);
    cr_expect_not_null(strstr(err.message, "'foreign' ends the process"), "%s",
                       err.message);
    cr_expect_null(module);
}

static int
count(const struct modules *modules)
{
    int known = 0;

    for (const struct module *module = modules->first; module;
         module = module->next)
        known++;
    return known;
}

Test(module_apart, one_that_always_ends_is_known_once)
{
    struct broker broker;
    struct modules modules;
    pthread_t office;

    begin(&modules, &broker, &office);
    ask(&modules);
    ask(&modules);
    cr_expect_eq(started, 1, "for each of many profiles, once");
    for (int i = 1; i <= 5; i++) {
        modules.begun_ms = clock_monotonic_ms() + i * 2 * MINUTE_MS;
        ask(&modules);
        cr_expect_eq(started, 1 + i, "and again when all are read later");
    }
    cr_expect_eq(count(&modules), 1);
    scratch_put("foreign.so", 0644, "another", 7);
    modules.begun_ms = clock_monotonic_ms();
    ask(&modules);
    cr_expect_eq(started, 7, "and another file at once");
    cr_expect_eq(count(&modules), 2);
    end(&modules, &broker, office);
}

/* Beside the deadline that it has of its own. */
Test(module_apart, one_that_never_ends_is_killed)
{
    struct broker broker;
    struct modules modules;
    struct module *module = NULL;
    struct tw_error err = {.status = TW_OK};
    int64_t took_ms = -clock_monotonic_ms();
    pthread_t office;

    endless = fork();
    cr_assert_geq(endless, 0);
    if (endless == 0) {
        (void)pause();
        _exit(0);
    }
    begin(&modules, &broker, &office);
    cr_expect_eq(module_ask(&modules, "foreign", &module, &err), TW_E_MODULE);
    took_ms += clock_monotonic_ms();
    cr_expect_not_null(strstr(err.message, "there is no end to it"), "%s",
                       err.message);
    cr_expect(took_ms >= 8000 && took_ms < 20000, "%ld ms", (long)took_ms);
    cr_expect_eq(kill(endless, 0), -1, "it is gone, and was waited for");
    end(&modules, &broker, office);
}
