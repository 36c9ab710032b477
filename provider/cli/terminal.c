/* SPDX-License-Identifier: MIT */
/*
 * terminal.c - see terminal.h.  No stdio: a buffer of it would be one more
 * copy of a token, and its set-up costs more than the write.
 */
#include "provider/cli/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#define NAME_SHOWN 255 /* bytes of a program's name, as its caller gave it */
/* A message, its hint, and twice what stands before. */
#define LINES_MAX 2400

_Static_assert(LINES_MAX > sizeof(((struct tw_error *)0)->message) +
                               2 * (NAME_SHOWN + sizeof ": warning: \n"),
               "an error's lines fit");

struct page {
    char text[LINES_MAX];
    size_t n;
};

static void
put(struct page *page, const char *text, size_t n)
{
    for (size_t i = 0; i < n && page->n < sizeof page->text - 1; i++)
        page->text[page->n++] =
            text[i] >= 0x20 && text[i] <= 0x7e ? text[i] : '?';
}

static void
put_line(struct page *page, const char *program, const char *kind,
         const char *text, size_t n)
{
    put(page, program, strnlen(program, NAME_SHOWN));
    put(page, ": ", 2);
    put(page, kind, strlen(kind));
    put(page, text, n);
    page->text[page->n++] = '\n';
}

static void
say(const char *program, const char *kind, const struct tw_error *err)
{
    struct page page = {.n = 0};
    size_t n = strcspn(err->message, "\n");
    ssize_t written;

    if (!n)
        return;
    put_line(&page, program, kind, err->message, n);
    if (err->message[n] && err->message[n + 1])
        put_line(&page, program, "hint: ", err->message + n + 1,
                 strlen(err->message + n + 1));
    (void)signal(SIGPIPE, SIG_IGN);
    written = write(STDERR_FILENO, page.text, page.n);
    (void)written; /* who closed stderr does not want to know */
}

void
terminal_error(const char *program, const struct tw_error *err)
{
    say(program, "", err);
}

void
terminal_warning(const char *program, const struct tw_error *err)
{
    say(program, "warning: ", err);
}

/* Somebody else may have made a shared stdout not to block. */
static bool
may_go_on(void)
{
    struct pollfd poller = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return errno == EINTR || (errno == EAGAIN && poll(&poller, 1, -1) >= 0);
}

enum tw_status
terminal_answer(const struct secret *text, struct tw_error *err)
{
    size_t done = 0;

    (void)signal(SIGPIPE, SIG_IGN);
    while (done < text->len) {
        ssize_t n = write(STDOUT_FILENO, text->bytes + done, text->len - done);

        if (n < 0 && !may_go_on())
            return errno == EPIPE
                       ? tw_fail(err, TW_E_SYSTEM, "%s", "")
                       : tw_fail_errno(err, TW_E_SYSTEM, errno,
                                       "the answer could not be written");
        if (n > 0)
            done += (size_t)n;
    }
    return TW_OK;
}

bool
terminal_has_color(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return !(no && no[0]) && term && strcmp(term, "dumb") != 0 &&
           isatty(STDOUT_FILENO);
}

unsigned
terminal_columns(void)
{
    struct winsize size = {.ws_col = 0};

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}
