/* SPDX-License-Identifier: MIT */
/*
 * progress.c - see progress.h.
 */
#include "helper/person/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "provider/base/clock.h"

#define QUIET_MS 1000 /* what is quicker needs no bar */
#define BAR_MAX 40
#define NUMBERS 32 /* columns, of "[] 1000 of 1000" and a margin */
#define LINE_SIZE 256
#define COLUMNS_MAX 200

void
progress_begin(const struct environment *environment, struct progress *out)
{
    const char *term = environment_get(environment, "TERM");
    struct winsize size = {.ws_col = 0};

    *out = (struct progress){.next_ms = clock_monotonic_ms() + QUIET_MS};
    out->terminal = term && strcmp(term, "dumb") != 0 &&
                    isatty(STDERR_FILENO) &&
                    ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
    out->columns = size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
}

static void
put(const char *text)
{
    ssize_t written = write(STDERR_FILENO, text, strlen(text));

    (void)written; /* nobody looks */
}

void
progress_show(struct progress *progress, size_t done, size_t total,
              int64_t now_ms)
{
    int room = (int)progress->columns - NUMBERS, filled;
    char line[LINE_SIZE], bar[BAR_MAX + 1];

    if (!progress->terminal || now_ms < progress->next_ms || !total)
        return;
    progress->next_ms = now_ms + PROGRESS_TICK_MS;
    progress->drawn = true;
    room = room > BAR_MAX ? BAR_MAX : room < 0 ? 0 : room;
    filled = (int)((size_t)room * done / total);
    memset(bar, '.', (size_t)room);
    memset(bar, '#', (size_t)filled);
    bar[room] = '\0';
    (void)snprintf(line, sizeof line, "\r[%s] %zu of %zu ", bar, done, total);
    put(line);
}

void
progress_end(struct progress *progress)
{
    char line[LINE_SIZE];

    if (!progress->drawn)
        return;
    (void)snprintf(line, sizeof line, "\r%*s\r", (int)progress->columns - 1,
                   "");
    put(line);
    progress->drawn = false;
}
