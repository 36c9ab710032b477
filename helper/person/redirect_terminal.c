/* SPDX-License-Identifier: MIT */
/*
 * redirect_terminal.c - see redirect_terminal.h.
 *
 * A terminal gives lines, which can be edited, of at most 4095 bytes: of a
 * longer one the end is lost, and the state may be there.  Where that has
 * happened its bytes are taken as they come, and it is pasted once more.
 */
#include "helper/person/redirect_terminal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "helper/person/foreground.h"
#include "helper/person/redirect_request.h"

#define TERMINAL_LINE_MAX 4096 /* with its end (termios(3)) */

void
redirect_terminal_open(struct redirect_terminal *terminal)
{
    *terminal =
        (struct redirect_terminal){.is_there = isatty(STDIN_FILENO),
                                   .line = SECRET_INIT(REDIRECT_HEAD_MAX)};
}

/* Behind a shell nothing is read: who is stopped serves no browser. */
int
redirect_terminal_fd(const struct redirect_terminal *terminal)
{
    return terminal->is_there && foreground_is(STDIN_FILENO) ? STDIN_FILENO
                                                             : -1;
}

bool
redirect_terminal_read(struct redirect_terminal *terminal)
{
    char bytes[TERMINAL_LINE_MAX];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    bool is_whole = n > 0 && memchr(bytes, '\n', (size_t)n);

    if (n <= 0) {
        terminal->is_there = n < 0 && (errno == EAGAIN || errno == EINTR);
        return false;
    }
    if (!secret_append(&terminal->line, bytes, (size_t)n))
        secret_clear(&terminal->line);
    explicit_bzero(bytes, sizeof bytes);
    terminal->is_cut = n == TERMINAL_LINE_MAX && is_whole;
    return is_whole;
}

static void
take_as_it_comes(struct redirect_terminal *terminal)
{
    struct termios settings;

    if (!foreground_is(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &settings) < 0)
        return;
    if (!terminal->is_changed)
        terminal->before = settings;
    terminal->is_changed = true;
    settings.c_lflag &= ~(tcflag_t)ICANON;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    settings.c_cc[VSUSP] = _POSIX_VDISABLE; /* it would stay so */
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

static void
say(const char *text)
{
    (void)!write(STDOUT_FILENO, text, strlen(text));
}

void
redirect_terminal_refuse(struct redirect_terminal *terminal)
{
    const char *text = secret_text(&terminal->line);

    if (terminal->is_cut) {
        take_as_it_comes(terminal);
        say("The terminal has cut that off. It will not do so again: paste "
            "the whole address\nonce more.\n");
    } else if (text[strspn(text, " \t\r\n")]) {
        say("That is not where this login leads to. Paste the whole address, "
            "as one line.\n");
    }
}

void
redirect_terminal_clear(struct redirect_terminal *terminal)
{
    secret_clear(&terminal->line);
    terminal->is_cut = false;
}

void
redirect_terminal_close(struct redirect_terminal *terminal)
{
    if (terminal->is_changed && foreground_is(STDIN_FILENO))
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal->before);
    terminal->is_changed = false;
    redirect_terminal_clear(terminal);
}
