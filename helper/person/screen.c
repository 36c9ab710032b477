/* SPDX-License-Identifier: MIT */
/*
 * screen.c - see screen.h.
 *
 * What comes here from a server was checked by exchange_tell.c: printable
 * ASCII, an address that may be opened.  Nobody reading is no failure: the
 * login goes on.
 */
#include "helper/person/screen.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>

#include "helper/person/foreground.h"
#include "helper/person/qr.h"
#include "provider/base/clock.h"
#include "provider/base/write_whole.h"

#define PAGE_MAX (QR_SIZE_MAX + 8192)
#define VALID_MAX_S 86400
#define SECOND_MS 1000
#define MINUTE_MS 60000 /* between two lines where none can be rewritten */
#define LINE_SIZE 160

static const char *
variable(const struct environment *environment, const char *name)
{
    const char *value = environment_get(environment, name);

    return value ? value : "";
}

/* As setlocale(3) chooses, without its files. */
static bool
is_utf8(const struct environment *environment)
{
    static const char *const NAMES[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *locale = "";

    for (size_t i = 0; i < 3 && !*locale; i++)
        locale = variable(environment, NAMES[i]);
    return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
}

void
screen_open(const struct environment *environment, const char *profile,
            struct screen *out)
{
    struct winsize size = {.ws_col = 0};

    *out = (struct screen){.profile = profile};
    out->terminal = isatty(STDOUT_FILENO) &&
                    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
                    strcmp(variable(environment, "TERM"), "dumb") != 0;
    out->columns = size.ws_col;
    out->utf8 = is_utf8(environment);
    out->colour =
        *variable(environment, "TERM") && !*variable(environment, "NO_COLOR");
}

static void
put(const char *text, size_t n)
{
    (void)write_whole(STDOUT_FILENO, text, n);
}

void
screen_show(void *arg, const struct tell *tell)
{
    struct screen *screen = arg;
    AUTO_SECRET page = SECRET_INIT(PAGE_MAX);
    int64_t now_ms = clock_monotonic_ms(), valid_s = tell->valid_s;
    bool good = secret_append_text(&page, "To log in for '") &&
                secret_append_text(&page, screen->profile) &&
                secret_append_text(&page, "', open\n\n    ") &&
                secret_append_text(&page, tell->url) &&
                secret_append_text(&page, "\n");

    if (good && tell->code)
        good = secret_append_text(&page, "\nand enter the code\n\n    ") &&
               secret_append_text(&page, tell->code) &&
               secret_append_text(&page, "\n");
    if (good && tell->comes_back)
        good = secret_append_text(
            &page, tell->is_pasted
                       ? "\nin a browser on this host. With one elsewhere, "
                         "paste here the address that it ends\nat: nothing "
                         "answers there, and what counts is in the "
                         "address.\n"
                       : "\nin a browser on this host. With one elsewhere, "
                         "log in from a terminal, where the\naddress that it "
                         "ends at can be pasted.\n");
    if (good && tell->text)
        good = secret_append_text(&page, "\nThe server says: ") &&
               secret_append_text(&page, tell->text) &&
               secret_append_text(&page, "\n");
    if (good && !tell->comes_back && screen->terminal && screen->utf8 &&
        secret_append_text(&page, "\n"))
        (void)qr_append(&page, tell->scan ? tell->scan : tell->url,
                        screen->columns, screen->colour);
    if (good && secret_append_text(&page, "\n"))
        put(page.bytes, page.len);
    if (valid_s > VALID_MAX_S)
        valid_s = VALID_MAX_S;
    screen->end_ms = valid_s ? now_ms + valid_s * SECOND_MS : 0;
    screen->next_ms = now_ms;
}

void
screen_tick(struct screen *screen, int64_t now_ms)
{
    int64_t left_s = (screen->end_ms - now_ms + SECOND_MS - 1) / SECOND_MS;
    char line[LINE_SIZE];
    int n;

    if (!screen->end_ms || left_s < 0 || now_ms < screen->next_ms)
        return;
    screen->next_ms = now_ms + (screen->terminal ? SECOND_MS : MINUTE_MS);
    if (!foreground_is(STDOUT_FILENO))
        return;
    n = snprintf(line, sizeof line, "%sWaiting, %ld:%02ld left%s",
                 screen->terminal ? "\r" : "", (long)left_s / 60,
                 (long)left_s % 60,
                 screen->terminal ? "; Ctrl-C ends it " : "\n");
    screen->counting = screen->terminal;
    put(line, (size_t)n);
}

void
screen_end(struct screen *screen, const char *text)
{
    char line[LINE_SIZE];

    if (screen->counting) {
        (void)snprintf(line, sizeof line, "\r%40s\r", "");
        put(line, strlen(line));
    }
    screen->counting = false;
    screen->end_ms = 0;
    if (text) {
        put(text, strlen(text));
        put("\n", 1);
    }
}
