/* SPDX-License-Identifier: MIT */
/*
 * module_apart.c - see module_apart.h.
 *
 * The trap: what is printed comes from a process that foreign code ran in, and
 * may never end.  It is bounded, in bytes and in time, beside the deadline
 * that the process has of its own.
 */
#include "helper/module/module_apart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper/broker/broker.h"
#include "helper/module/module_table.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "provider/base/runtime.h"
#include "provider/base/text.h"
#include "provider/base/verdict.h"

#define WAIT_MS 8000   /* more than the deadline of `module` */
#define AGAIN_MS 60000 /* what went wrong may have been the host's load */
#define DEATH_MS 1000  /* of one that is killed */
#define NAP_MS 2

/* All that is printed, up to the end or the deadline. */
static bool
read_all(int fd, int64_t deadline_ms, struct secret *out)
{
    char part[4096];

    for (;;) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        ssize_t n;

        if (left_ms <= 0)
            return false;
        if (poll(&poller, 1, (int)left_ms) <= 0)
            continue;
        n = read(fd, part, sizeof part);
        if (n == 0)
            return true;
        if (n < 0 ? errno != EINTR : !secret_append(out, part, (size_t)n))
            return false;
    }
}

/* Its number is its own until it was waited for.  What a file system does not
 * let die is left to the broker's end. */
static void
end(const struct broker *broker, pid_t pid, int64_t deadline_ms)
{
    int state;

    while (broker_wait(broker, pid, &state) == EAGAIN) {
        int64_t late_ms = clock_monotonic_ms() - deadline_ms;

        if (late_ms >= DEATH_MS)
            return;
        if (late_ms >= 0)
            (void)kill(pid, SIGKILL);
        (void)poll(NULL, 0, NAP_MS);
    }
}

static enum tw_status
run(const struct broker *broker, const char *name, struct secret *out,
    struct tw_error *err)
{
    int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;
    AUTO_CLOSE int reading = -1, writing = -1;
    pid_t pid = 0;
    int ends[2], error;
    bool whole;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "pipe");
    reading = ends[0];
    writing = ends[1];
    error = broker_module(broker, name, writing, &pid);
    (void)close(take_fd(&writing));
    if (error)
        return tw_fail_errno(err, TW_E_SYSTEM, error,
                             "a process for provider '%s'", name);
    whole = read_all(reading, deadline_ms, out);
    end(broker, pid, whole ? deadline_ms : clock_monotonic_ms());
    if (whole && out->len)
        return TW_OK;
    return tw_fail(err, TW_E_MODULE,
                   whole ? "provider '%s' ends the process that loads it\n"
                           "report it to whoever made it"
                         : "provider '%s' cannot be loaded: there is no end "
                           "to it\nreport it to whoever made it",
                   name);
}

static void
mark_module(const struct modules *modules, const char *name, struct mark *out)
{
    const char *const parts[] = {modules->dir, "/", name, MODULE_SUFFIX, NULL};
    char path[RUNTIME_PATH_MAX];

    mark_path(text_join(path, sizeof path, parts) ? path : "", out);
}

/* The next of those from @module on that are @name and ended who loaded it, as
 * the file is now. */
static struct module *
find_failed(struct module *module, const char *name, const struct mark *mark)
{
    while (module &&
           (!module->asked_ms || strcmp(module->own_name, name) != 0 ||
            strcmp(module->mark.text, mark->text) != 0))
        module = module->next;
    return module;
}

/* Not long before the profiles were read, or since?  Who makes an instance
 * later, in the loop, does not wait for it. */
static bool
has_failed(const struct modules *modules, const char *name,
           const struct mark *mark, struct tw_error *err)
{
    int64_t since_ms = modules->begun_ms - AGAIN_MS;
    const struct module *module = find_failed(modules->first, name, mark);

    while (module && module->asked_ms <= since_ms)
        module = find_failed(module->next, name, mark);
    if (module)
        (void)error_copy(err, &module->fault);
    return module != NULL;
}

/* Of one that always ends so there is one, however often it is asked. */
static void
remember(struct modules *modules, const char *name, const struct mark *mark,
         const struct tw_error *fault)
{
    size_t n = strlen(name) + 1;
    struct module *module = find_failed(modules->first, name, mark);

    while (module && strcmp(module->fault.message, fault->message) != 0)
        module = find_failed(module->next, name, mark);
    if (module) {
        module->asked_ms = clock_monotonic_ms();
        return;
    }
    module = calloc(1, sizeof *module + n);
    if (!module)
        return;
    memcpy(module->own_name, name, n);
    module->fd = -1;
    module->fault = *fault;
    module->asked_ms = clock_monotonic_ms();
    module->mark = *mark;
    modules_add(modules, module);
}

/* What was told last: a verdict, and before it the table. */
static enum tw_status
judge(const struct secret *text, struct tw_error *err)
{
    AUTO_SECRET copy = SECRET_INIT(MODULE_TABLE_MAX);

    if (!secret_append(&copy, text->bytes, text->len))
        return tw_no_memory(err);
    return verdict_read(copy.bytes, copy.len, err);
}

enum tw_status
module_ask(struct modules *modules, const char *name, struct module **out,
           struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(MODULE_TABLE_MAX);
    struct tw_error why = {.status = TW_OK};
    struct mark mark;
    enum tw_status status;

    mark_module(modules, name, &mark);
    if (has_failed(modules, name, &mark, &why))
        return error_copy(err, &why);
    status = run(modules->broker, name, &text, &why);
    if (!status)
        status = judge(&text, &why);
    if (!status)
        return module_table_read(modules->dir, name, &text, out, err);
    if (status == TW_E_MODULE)
        remember(modules, name, &mark, &why);
    return error_copy(err, &why);
}
