/* SPDX-License-Identifier: MIT */
/*
 * hook.c - see hook.h.
 *
 * The token is published before: nothing here can delay or undo that.  The
 * program reads it from its file, by rights of its own; argv and environment
 * of a process are for others to see.
 *
 * The trap of a pidfile is whose word it is: it must be ours or root's, and
 * the kernel lets us signal our own processes alone.
 */
#include "helper/fetch/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/owned_file.h"
#include "helper/broker/program.h"
#include "provider/base/clock.h"
#include "provider/base/record.h"

#define PIDFILE_MAX 64
#define VARIABLE_MAX 4096
#define CHUNK 4096
#define LABEL_MAX (PROFILE_NAME_MAX + 32)
#define SAID_MAX 120 /* bytes of what it printed, in a message */

/* One under way. */
struct hook_process {
    struct program program; /* pid 0: it was a signal, or nothing to do */
    char said[SAID_MAX];
    size_t said_len;
};

#define HOOK_PROCESS_INIT ((struct hook_process){.program = PROGRAM_INIT})

static void
label_of(const char *profile, char out[static LABEL_MAX])
{
    (void)snprintf(out, LABEL_MAX, "on_refresh of '%s'", profile);
}

static enum tw_status
read_pid(const struct hook *hook, const char *label, int64_t *pid,
         struct tw_error *err)
{
    static const struct owned_rule RULE = {
        .root_too = true, .forbidden = 022, .wanted = 0644};
    const struct owned_path path = {AT_FDCWD, hook->pidfile, hook->pidfile,
                                    label};
    AUTO_SECRET text = SECRET_INIT(PIDFILE_MAX);
    AUTO_CLOSE int fd = -1;
    struct stat st;
    enum tw_status status = owned_file_open(&path, &RULE, &fd, &st, err);

    if (!status)
        status = owned_file_read(fd, label, &st, &text, err);
    if (status)
        return status;
    if (text.len)
        text.bytes[strcspn(text.bytes, " \t\r\n")] = '\0';
    if (!text_to_int64(secret_text(&text), pid) || *pid < 2 ||
        *pid > INT32_MAX || *pid == getpid())
        return tw_fail(err, TW_E_CONFIG, "%s: %s holds no process's number",
                       label, hook->pidfile);
    return TW_OK;
}

static enum tw_status
send_signal(const struct hook *hook, const char *label, struct tw_error *err)
{
    int64_t pid = 0;
    enum tw_status status = read_pid(hook, label, &pid, err);

    if (status)
        return status;
    if (kill((pid_t)pid, hook->signal) < 0)
        return tw_fail_errno(err, errno == EPERM ? TW_E_ACCESS : TW_E_CONFIG,
                             errno, "%s: signal to process %" PRId64, label,
                             pid);
    return TW_OK;
}

/* The length of $XDG_RUNTIME_DIR; 0: @path is not in it, the user has none. */
static size_t
runtime_length(const char *path)
{
    static const char OURS[] = "/tokenward";
    size_t len = strlen(path), ours = sizeof OURS - 1;

    return len > ours && !strcmp(path + len - ours, OURS) ? len - ours : 0;
}

enum variable { PROFILE, TOKEN_FILE, GENERATION, EXPIRES_AT, RUNTIME, COUNT };

static enum tw_status
start(const struct hook *hook, const struct store *store, const char *profile,
      struct hook_process *out, struct tw_error *err)
{
    AUTO_RECORD record = RECORD_INIT;
    char texts[COUNT][VARIABLE_MAX], path[PATH_MAX], label[LABEL_MAX];
    char *variables[COUNT + 2] = {(char *)HOOK_PATH};
    const struct program_call call = {hook->argv, variables, label, true};
    size_t n = 1, len = store->system ? 0 : runtime_length(store->path);

    label_of(profile, label);
    *out = HOOK_PROCESS_INIT;
    if (hook->pidfile)
        return send_signal(hook, label, err);
    (void)snprintf(path, sizeof path, "%s/record", profile);
    if (record_read(store->root, path, geteuid(), !store->system, &record,
                    NULL) ||
        !record.token)
        return TW_OK; /* gone meanwhile: the next one has its own turn */
    (void)snprintf(texts[PROFILE], sizeof texts[0], "TOKENWARD_PROFILE=%s",
                   profile);
    (void)snprintf(texts[TOKEN_FILE], sizeof texts[0],
                   "TOKENWARD_TOKEN_FILE=%s/%s/token", store->path, profile);
    (void)snprintf(texts[GENERATION], sizeof texts[0],
                   "TOKENWARD_GENERATION=%" PRId64, record.generation);
    (void)snprintf(texts[EXPIRES_AT], sizeof texts[0],
                   "TOKENWARD_EXPIRES_AT=%" PRId64, record.expires.wall);
    (void)snprintf(texts[RUNTIME], sizeof texts[0], "XDG_RUNTIME_DIR=%.*s",
                   (int)len, store->path);
    for (enum variable i = PROFILE; i < (len ? COUNT : RUNTIME); i++)
        variables[n++] = texts[i];
    return program_start(&call, &out->program, err);
}

static bool
hear(struct hook_process *process)
{
    char chunk[CHUNK];
    ssize_t n;

    while ((n = read(process->program.output, chunk, sizeof chunk)) > 0) {
        size_t room = sizeof process->said - process->said_len;
        size_t taken = (size_t)n < room ? (size_t)n : room;

        memcpy(process->said + process->said_len, chunk, taken);
        process->said_len += taken;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Its first line becomes the hint of a failure. */
static void
add_said(struct hook_process *process, struct tw_error *err)
{
    char hint[SAID_MAX + 32];
    struct shown shown;
    size_t n = 0;

    (void)hear(process);
    while (n < process->said_len && process->said[n] != '\n')
        n++;
    if (n == 0)
        return;
    (void)snprintf(hint, sizeof hint, "it said: %s",
                   text_printable(&shown, process->said, n));
    error_hint(err, hint);
}

static enum tw_status
end(struct hook_process *process, const char *profile, struct tw_error *err)
{
    char label[LABEL_MAX];
    enum tw_status status;

    label_of(profile, label);
    status = program_reap(&process->program, label, err);
    if (status)
        add_said(process, err);
    program_clear(&process->program);
    return status;
}

static enum tw_status
late(struct hook_process *process, const char *profile, struct tw_error *err)
{
    char label[LABEL_MAX];

    label_of(profile, label);
    (void)tw_fail(err, TW_E_CONFIG,
                  "%s: did not end within %d s and was killed", label,
                  HOOK_MS / 1000);
    add_said(process, err);
    program_clear(&process->program);
    return TW_E_CONFIG;
}

static void
auto_process(struct hook_process *process)
{
    program_clear(&process->program);
}

enum tw_status
hook_run(const struct hook *hook, const struct store *store,
         const char *profile, struct tw_error *err)
{
    AUTO(auto_process) struct hook_process process = HOOK_PROCESS_INIT;
    enum tw_status status = start(hook, store, profile, &process, err);
    int64_t end_ms = clock_monotonic_ms() + HOOK_MS;
    bool hears = true;

    if (status || process.program.pid == 0)
        return status;
    for (;;) {
        struct pollfd polled[] = {
            {.fd = process.program.exited, .events = POLLIN},
            {.fd = hears ? process.program.output : -1, .events = POLLIN}};
        int64_t left = end_ms - clock_monotonic_ms();

        if (left <= 0)
            return late(&process, profile, err);
        (void)poll(polled, 2, (int)left);
        if (polled[0].revents)
            return end(&process, profile, err);
        if (polled[1].revents)
            hears = hear(&process);
    }
}
