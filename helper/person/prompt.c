/* SPDX-License-Identifier: MIT */
/*
 * prompt.c - see prompt.h.
 *
 * A terminal gives at most 4095 bytes as one line, and refresh tokens can be
 * longer: so it is read byte by byte, and the few keys that edit a line are
 * done here.
 */
#include "helper/person/prompt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>

#define LOOK_MS 200 /* how often a blocked signal is looked for */
#define KEY_END 4   /* Ctrl-D */
#define KEY_KILL 21 /* Ctrl-U */
#define KEY_BACK 127

/* The terminal as it was, to be put back; absent for any other file. */
struct before {
    bool is_terminal;
    struct termios settings;
};

static void
restore(const struct before *before)
{
    if (before->is_terminal)
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before->settings);
}

static void
silence(struct before *before)
{
    struct termios settings;

    before->is_terminal = tcgetattr(STDIN_FILENO, &before->settings) == 0;
    if (!before->is_terminal)
        return;
    settings = before->settings;
    settings.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    settings.c_cc[VSUSP] = _POSIX_VDISABLE; /* it would stay silent */
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings);
}

static bool
is_interrupted(void)
{
    sigset_t blocked, pending;

    (void)sigemptyset(&blocked);
    (void)sigprocmask(SIG_BLOCK, NULL, &blocked);
    (void)sigpending(&pending);
    return sigandset(&pending, &pending, &blocked) == 0 &&
           !sigisemptyset(&pending);
}

/* One byte; 0: the end of the input. */
static enum tw_status
next_byte(char *byte, ssize_t *n, struct tw_error *err)
{
    struct pollfd poller = {.fd = STDIN_FILENO, .events = POLLIN};

    for (;;) {
        if (is_interrupted())
            return tw_fail(err, TW_E_INTERACT, "it was ended");
        if (poll(&poller, 1, LOOK_MS) <= 0)
            continue;
        *n = read(STDIN_FILENO, byte, 1);
        if (*n >= 0)
            return TW_OK;
        if (errno != EINTR && errno != EAGAIN)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "standard input");
    }
}

static void
take_back(struct secret *line)
{
    if (line->len)
        line->bytes[--line->len] = '\0';
}

static enum tw_status
read_line(bool is_terminal, struct secret *line, struct tw_error *err)
{
    for (;;) {
        char byte;
        ssize_t n;
        enum tw_status status = next_byte(&byte, &n, err);

        if (status)
            return status;
        if (n == 0 || byte == '\n' || (is_terminal && byte == KEY_END))
            return TW_OK;
        if (is_terminal && byte == KEY_BACK)
            take_back(line);
        else if (is_terminal && byte == KEY_KILL)
            secret_clear(line);
        else if (!secret_append(line, &byte, 1))
            return tw_fail(err, TW_E_USAGE, "more than %zu bytes were given",
                           line->max);
    }
}

enum tw_status
prompt_secret_or_nothing(const char *question, struct secret *out,
                         struct tw_error *err)
{
    AUTO_SECRET line = SECRET_INIT(out->max);
    AUTO(restore) struct before before = {.is_terminal = false};
    enum tw_status status;

    silence(&before);
    if (before.is_terminal)
        (void)!write(STDOUT_FILENO, question, strlen(question));
    status = read_line(before.is_terminal, &line, err);
    if (before.is_terminal)
        (void)!write(STDOUT_FILENO, "\n", 1);
    if (status)
        return status;
    if (line.len && line.bytes[line.len - 1] == '\r')
        take_back(&line);
    secret_take(out, &line);
    return TW_OK;
}

enum tw_status
prompt_secret(const char *question, struct secret *out, struct tw_error *err)
{
    enum tw_status status = prompt_secret_or_nothing(question, out, err);

    if (!status && !out->len)
        return tw_fail(err, TW_E_USAGE, "nothing was given");
    return status;
}

enum tw_status
prompt_text(const char *question, struct secret *out, struct tw_error *err)
{
    AUTO_SECRET line = SECRET_INIT(out->max);
    enum tw_status status;

    if (isatty(STDIN_FILENO))
        (void)!write(STDOUT_FILENO, question, strlen(question));
    status = read_line(false, &line, err); /* the terminal edits it */
    if (status)
        return status;
    if (line.len && line.bytes[line.len - 1] == '\r')
        take_back(&line);
    secret_take(out, &line);
    return TW_OK;
}
