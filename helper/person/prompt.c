/* SPDX-License-Identifier: MIT */
/*
 * prompt.c - see prompt.h.
 *
 * A terminal gives at most 4095 bytes as one line, and refresh tokens can be
 * longer: so it is read byte by byte, and the few keys that edit a line are
 * done here.  Nobody sees what is typed, so what no key of these is and no
 * text is refused, as is too much of it, at the line's end: the rest is no
 * shell's to read.
 */
#include "helper/person/prompt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>

#define LOOK_MS 200 /* how often a blocked signal is looked for */
#define KEY_BACKSPACE 8
#define KEY_DELETE 127

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

bool
prompt_is_ended(void)
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
        if (prompt_is_ended())
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

/* Is it the key that the terminal has for this? */
static bool
is_key(const struct before *before, int which, char byte)
{
    cc_t key = before->settings.c_cc[which];

    return key != _POSIX_VDISABLE && (cc_t)byte == key;
}

static void
drop_byte(struct secret *line)
{
    line->bytes[--line->len] = '\0';
}

/* A character, which may be several bytes. */
static void
take_back(const struct before *before, struct secret *line)
{
    while ((before->settings.c_iflag & IUTF8) && line->len &&
           (line->bytes[line->len - 1] & 0xc0) == 0x80)
        drop_byte(line);
    if (line->len)
        drop_byte(line);
}

static void
take_word_back(struct secret *line)
{
    while (line->len && line->bytes[line->len - 1] == ' ')
        drop_byte(line);
    while (line->len && line->bytes[line->len - 1] != ' ')
        drop_byte(line);
}

/* False: no key that edits.  Backspace sends one of two, and not always the
 * one that the terminal was told. */
static bool
edit(const struct before *before, char byte, struct secret *line)
{
    if (byte == KEY_BACKSPACE || byte == KEY_DELETE ||
        is_key(before, VERASE, byte))
        take_back(before, line);
    else if (is_key(before, VWERASE, byte))
        take_word_back(line);
    else if (is_key(before, VKILL, byte))
        secret_clear(line);
    else
        return false;
    return true;
}

static bool
is_control(char byte)
{
    return (unsigned char)byte < ' ' && byte != '\r';
}

/* @before: of a terminal that does not edit the line itself, or of none.  One
 * that is too long is read to its end where a shell reads on, and no further
 * than that is known where none does. */
static enum tw_status
read_line(const struct before *before, bool is_terminal, struct secret *line,
          struct tw_error *err)
{
    bool is_typed = before->is_terminal, is_odd = false, is_long = false;

    while (!is_long || is_terminal) {
        char byte;
        ssize_t n;
        enum tw_status status = next_byte(&byte, &n, err);

        if (status)
            return status;
        if (n == 0 || byte == '\n' || (is_typed && is_key(before, VEOF, byte)))
            break;
        if (is_typed && edit(before, byte, line))
            continue;
        is_odd = is_odd || (is_typed && is_control(byte));
        is_long = is_long || !secret_append(line, &byte, 1);
    }
    if (is_long)
        return tw_fail(err, TW_E_USAGE, "more than %zu bytes were given",
                       line->max);
    return is_odd ? tw_fail(err, TW_E_USAGE,
                            "what was typed holds a key that is no text, like "
                            "an arrow or Tab\nnothing of it is used; begin "
                            "again")
                  : TW_OK;
}

/* What another system's files end a line with. */
static void
drop_return(struct secret *line)
{
    if (line->len && line->bytes[line->len - 1] == '\r')
        drop_byte(line);
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
    status = read_line(&before, before.is_terminal, &line, err);
    if (before.is_terminal)
        (void)!write(STDOUT_FILENO, "\n", 1);
    if (status)
        return status;
    drop_return(&line);
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
    const struct before edits_itself = {.is_terminal = false};
    bool is_terminal = isatty(STDIN_FILENO);
    enum tw_status status;

    if (is_terminal)
        (void)!write(STDOUT_FILENO, question, strlen(question));
    status = read_line(&edits_itself, is_terminal, &line, err);
    if (status)
        return status;
    drop_return(&line);
    secret_take(out, &line);
    return TW_OK;
}
