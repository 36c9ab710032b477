/* SPDX-License-Identifier: MIT */
/*
 * watch.c - tokenward watch: status, live, on a page of its own that leaves
 * the terminal as it was.
 *
 * It sleeps until something changes: inotify tells of the runtime directories
 * and of the profiles, a signal of the window and of the end; and a clock for
 * the times that are shown, each second while they are shown in seconds, and
 * for directories that were not there.  Profiles are looked for anew when
 * something moved, and not by the clock: that may start a helper.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>

#include "provider/cli/command.h"
#include "provider/cli/status_gather.h"
#include "provider/cli/status_table.h"

#define OUTPUT_MAX (64 * 1024 * 1024)
#define SECONDS_BELOW 120 /* status_table.c shows longer times in minutes */
#define QUICK_MS 1000
#define SLOW_MS 15000
#define SETTLE_MS 50   /* several events of one change */
#define SETTLE_READS 8 /* of those that never end */
#define LINES_ELSE 24  /* of a terminal that does not know how many it has */
#define ENTER "\033[?1049h\033[?25l"
#define LEAVE "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define END_OF_LINE "\033[K\n"
#define END_OF_PAGE "\033[K\033[J"

static const int SIGNALS[] = {SIGINT,  SIGTERM, SIGHUP,
                              SIGQUIT, SIGTSTP, SIGWINCH};

struct page {
    struct runtime runtime;
    struct gather gather;
    const struct options *options;
    struct tw_error why; /* what is wrong with the profiles */
    struct termios before;
    bool silenced; /* @before is to be put back */
    bool begun;    /* some of it is there, and to be left */
    bool open;
    int own;      /* a descriptor of the terminal that does not block, or -1 */
    int terminal; /* to write to: the same, or stdout */
    int keyboard; /* -1: there is none */
    int events, signals;
    int dirs, newest; /* that are watched: how many, and the last number */
};

/* The same terminal, opened once more: whether a write may block is not said
 * of a descriptor that others have, too.  Another user's can only be written
 * to as it is. */
static void
open_terminal(struct page *page)
{
    page->own =
        open("/proc/self/fd/1", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    page->terminal = page->own >= 0 ? page->own : STDOUT_FILENO;
    page->keyboard = isatty(STDIN_FILENO) ? STDIN_FILENO : -1;
}

/* Waits until the terminal takes more.  False: a signal or a key came first;
 * it may take nothing for as long as somebody has stopped it. */
static bool
wait_for_room(const struct page *page)
{
    struct pollfd pollers[] = {{.fd = page->terminal, .events = POLLOUT},
                               {.fd = page->signals, .events = POLLIN},
                               {.fd = page->keyboard, .events = POLLIN}};

    (void)poll(pollers, 3, -1);
    return !pollers[1].revents && !pollers[2].revents;
}

/* TW_E_RETRY: not all, because of a signal or a key. */
static enum tw_status
write_out(const struct page *page, const char *text, size_t n,
          struct tw_error *err)
{
    while (n) {
        ssize_t written = write(page->terminal, text, n);

        if (written < 0 && errno != EAGAIN && errno != EINTR)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "the terminal");
        if (written < 0 && !wait_for_room(page))
            return tw_fail(err, TW_E_RETRY, "not all is written");
        if (written > 0) {
            text += written;
            n -= (size_t)written;
        }
    }
    return TW_OK;
}

/* As draw(). */
static enum tw_status
enter(struct page *page, struct tw_error *err)
{
    struct termios silent;
    enum tw_status status;

    if (!page->silenced && tcgetattr(STDIN_FILENO, &page->before) == 0) {
        page->silenced = true;
        silent = page->before;
        silent.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
        silent.c_cc[VMIN] = 1;
        silent.c_cc[VTIME] = 0;
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &silent);
    }
    page->begun = true;
    status = write_out(page, ENTER, strlen(ENTER), err);
    page->open = !status;
    return status;
}

/* A terminal that was stopped goes on, or it would stay as it is: TCOON alone
 * ends what TCOOFF began, and no Ctrl-S.  One that takes nothing all the same
 * is not waited for, and in the background nothing of this stops us. */
static void
leave(struct page *page)
{
    sigset_t held, before;

    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGTTOU);
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    if (page->begun) {
        (void)tcflow(STDOUT_FILENO, TCOOFF);
        (void)tcflow(STDOUT_FILENO, TCOON);
        (void)!write(page->terminal, LEAVE, strlen(LEAVE));
    }
    if (page->silenced) {
        (void)tcflush(STDIN_FILENO, TCIFLUSH);
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &page->before);
    }
    page->begun = page->open = page->silenced = false;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static void
auto_page(struct page *page)
{
    leave(page);
    gather_clear(&page->gather);
    auto_close(&page->own);
    auto_close(&page->events);
    auto_close(&page->signals);
}

/* The kernel knows a directory that is watched already. */
static void
look_out_for(struct page *page, const char *dir, const char *below)
{
    char path[PATH_MAX];
    int number;

    if (!dir[0] || snprintf(path, sizeof path, "%s%s%s", dir, below ? "/" : "",
                            below ? below : "") >= (int)sizeof path)
        return;
    number = inotify_add_watch(page->events, path,
                               IN_ONLYDIR | IN_CREATE | IN_DELETE |
                                   IN_MOVED_FROM | IN_MOVED_TO |
                                   IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF);
    page->dirs += number >= 0;
    page->newest = number > page->newest ? number : page->newest;
}

/* True: there are other directories than when it was called last. */
static bool
look_out(struct page *page)
{
    const struct runtime *runtime = &page->runtime;
    const int dirs = page->dirs, newest = page->newest;

    page->dirs = 0;
    if (!runtime->user[0]) /* it may have come since */
        runtime_find(&page->runtime, NULL);
    look_out_for(page, runtime->user, NULL);
    look_out_for(page, runtime->system, NULL);
    look_out_for(page, runtime->config, NULL);
    look_out_for(page, runtime->config, "profiles.d");
    for (size_t i = 0; i < page->gather.count; i++) {
        const struct status_row *row = &page->gather.rows[i];

        look_out_for(page, row->system ? runtime->system : runtime->user,
                     row->name);
    }
    return page->dirs != dirs || page->newest != newest;
}

/* TW_E_NOT_FOUND, TW_E_CONFIG: one of those that are named is none. */
static enum tw_status
gather(struct page *page, struct tw_error *err)
{
    const struct options *options = page->options;
    enum tw_status status;

    gather_all(&page->gather, &page->why);
    status =
        gather_select(&page->gather, options->name_count, options->names, err);
    (void)look_out(page);
    return status;
}

/* As much of the table as the window has lines for, the last one for us. */
static bool
put_page(const struct secret *table, unsigned lines, struct secret *out)
{
    const char *at = secret_text(table);
    bool good = secret_append_text(out, HOME);
    unsigned n = 0;

    for (; good && *at && n + 1 < lines; n++) {
        size_t length = strcspn(at, "\n");

        good = secret_append(out, at, length) &&
               secret_append_text(out, END_OF_LINE);
        at += length + (at[length] == '\n');
    }
    return good &&
           secret_append_text(out, *at ? "... and more: name some; q ends"
                                       : "q ends") &&
           secret_append_text(out, END_OF_PAGE);
}

static enum tw_status
draw(const struct page *page, struct tw_error *err)
{
    AUTO_SECRET table = SECRET_INIT(OUTPUT_MAX);
    AUTO_SECRET out = SECRET_INIT(OUTPUT_MAX);
    struct status_look look = status_look_now();
    struct winsize size = {.ws_row = 0};

    (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    if (!size.ws_row)
        size.ws_row = LINES_ELSE;
    look.partial = page->why.status;
    if ((page->why.status && !status_put_warning(&page->why, &look, &table)) ||
        !status_put_table(page->gather.rows, page->gather.count, &look,
                          &table) ||
        !put_page(&table, size.ws_row, &out))
        return tw_no_memory(err);
    return write_out(page, out.bytes, out.len, err);
}

static bool
is_quick(int64_t seconds)
{
    return seconds > 0 && seconds <= SECONDS_BELOW;
}

static int
wait_ms(const struct page *page)
{
    for (size_t i = 0; i < page->gather.count; i++) {
        const struct status_row *row = &page->gather.rows[i];

        if (is_quick(row->left) || is_quick(row->refresh_in) ||
            is_quick(row->retry_in) ||
            (row->note.message[0] && row->age < SECONDS_BELOW))
            return QUICK_MS;
    }
    return SLOW_MS;
}

/* As if it had not been held back: where nobody is who could have it
 * continued, as where the terminal was opened for this program, nothing is
 * stopped. */
static void
stop(void)
{
    sigset_t alone;

    (void)sigemptyset(&alone);
    (void)sigaddset(&alone, SIGTSTP);
    (void)raise(SIGTSTP);
    (void)sigprocmask(SIG_UNBLOCK, &alone, NULL);
    (void)sigprocmask(SIG_BLOCK, &alone, NULL);
}

/* False: it is over.  A stop is taken outside of the page. */
static bool
take_signal(struct page *page)
{
    struct signalfd_siginfo info;

    if (read(page->signals, &info, sizeof info) != (ssize_t)sizeof info ||
        info.ssi_signo == SIGWINCH)
        return true;
    if (info.ssi_signo != SIGTSTP)
        return false;
    leave(page);
    stop();
    return true;
}

/* False: the person wants no more of it. */
static bool
take_key(struct page *page)
{
    char key;
    ssize_t n = read(STDIN_FILENO, &key, 1);

    if (n <= 0)
        page->keyboard = -1; /* it ended, and can still be watched */
    return n <= 0 || (key != 'q' && key != 'Q' && key != 4);
}

/* Not until all is quiet: keys and signals wait meanwhile. */
static void
drain(int events)
{
    char bytes[4096];
    struct pollfd poller = {.fd = events, .events = POLLIN};

    for (int i = 0; i < SETTLE_READS; i++) {
        (void)!read(events, bytes, sizeof bytes);
        if (poll(&poller, 1, SETTLE_MS) <= 0)
            return;
    }
}

static enum tw_status
run(struct page *page, struct tw_error *err)
{
    for (;;) {
        enum tw_status status = TW_OK;
        struct pollfd pollers[3];

        if (!page->open)
            status = enter(page, err);
        if (!status)
            status = draw(page, err);
        if (status == TW_E_RETRY)
            status = TW_OK; /* what came first is seen to */
        if (status)
            return status;
        pollers[0] = (struct pollfd){.fd = page->signals, .events = POLLIN};
        pollers[1] = (struct pollfd){.fd = page->events, .events = POLLIN};
        pollers[2] = (struct pollfd){.fd = page->keyboard, .events = POLLIN};
        if (poll(pollers, 3, wait_ms(page)) < 0 && errno != EINTR)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "poll");
        if (pollers[0].revents && !take_signal(page))
            return TW_OK;
        if (pollers[2].revents && !take_key(page))
            return TW_OK;
        if (pollers[1].revents)
            drain(page->events);
        if (pollers[1].revents || look_out(page))
            status = gather(page, err);
        else
            gather_again(&page->gather);
        if (status)
            return status;
    }
}

enum tw_status
command_watch(const struct options *options, int *exit_code,
              struct tw_error *err)
{
    AUTO(auto_page)
    struct page page = {
        .options = options, .own = -1, .events = -1, .signals = -1};
    const char *term = getenv("TERM");
    sigset_t signals;
    enum tw_status status;

    (void)exit_code;
    if (!isatty(STDOUT_FILENO) || !term || strcmp(term, "dumb") == 0)
        return tw_fail(err, TW_E_USAGE,
                       "watch needs a terminal that it can draw on\n"
                       "tokenward status --json is for programs");
    runtime_find(&page.runtime, NULL);
    page.gather.runtime = &page.runtime;
    (void)sigemptyset(&signals);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        (void)sigaddset(&signals, SIGNALS[i]);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    page.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    page.events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (page.signals < 0 || page.events < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "signalfd or inotify");
    status = gather(&page, err);
    if (status)
        return status;
    open_terminal(&page);
    return run(&page, err);
}
