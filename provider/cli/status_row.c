/* SPDX-License-Identifier: MIT */
/*
 * status_row.c - see status_row.h.  Colour only on a terminal, and not when
 * NO_COLOR says no.
 */
#include "provider/cli/status_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "provider/cli/json_text.h"

#define JSON_ROW_MAX 8192

struct look {
    const char *name, *colour;
};

static const struct look LOOKS[] = {
    [STATUS_NONE] = {"none", "\033[2m"},
    [STATUS_VALID] = {"valid", "\033[32m"},
    [STATUS_DUE] = {"refresh due", "\033[33m"},
    [STATUS_EXPIRED] = {"expired", "\033[31m"},
    [STATUS_REJECTED] = {"rejected", "\033[31m"},
};

static void
write_span(int64_t seconds, char *out, size_t size)
{
    if (seconds <= 0)
        (void)snprintf(out, size, "-");
    else if (seconds < 120)
        (void)snprintf(out, size, "%" PRId64 " s", seconds);
    else if (seconds < 7200)
        (void)snprintf(out, size, "%" PRId64 " min", seconds / 60);
    else if (seconds < 172800)
        (void)snprintf(out, size, "%" PRId64 " h", seconds / 3600);
    else
        (void)snprintf(out, size, "%" PRId64 " d", seconds / 86400);
}

static void
print_row(const struct status_row *row, int width, bool colours)
{
    const struct look *look = &LOOKS[row->state];
    char left[32], ago[32], again[32];

    write_span(row->left, left, sizeof left);
    (void)printf("%-*s  %s%-11s%s  %-8s  %s%s\n", width, row->name,
                 colours ? look->colour : "", look->name,
                 colours ? "\033[0m" : "", left,
                 row->scope[0] ? row->scope : "-",
                 row->system ? "  (system)" : "");
    if (!row->error[0])
        return;
    write_span((int64_t)time(NULL) - row->failed_at, ago, sizeof ago);
    write_span(row->retry_in, again, sizeof again);
    (void)printf("%-*s  %s ago: %s\n", width, "", ago, row->error);
    if (row->retry_in > 0)
        (void)printf("%-*s  asked again in %s\n", width, "", again);
}

bool
status_print_table(const struct status_row *rows, size_t count)
{
    const char *no_color = getenv("NO_COLOR");
    bool colours = isatty(STDOUT_FILENO) && (!no_color || !*no_color);
    int width = 7;

    for (size_t i = 0; i < count; i++) {
        int n = 0;

        while (rows[i].name[n])
            n++;
        width = n > width ? n : width;
    }
    if (count)
        (void)printf("%-*s  %-11s  %-8s  %s\n", width, "PROFILE", "STATE",
                     "LEFT", "SCOPE");
    else
        (void)puts("no profiles; tokenward-profiles(5) tells how to write "
                   "one");
    for (size_t i = 0; i < count; i++)
        print_row(&rows[i], width, colours);
    return fflush(stdout) == 0;
}

static bool
put_row(const struct status_row *row, struct secret *out)
{
    char numbers[256];

    (void)snprintf(numbers, sizeof numbers,
                   ", \"expires_at\": %" PRId64 ", \"expires_in\": %" PRId64
                   ", \"generation\": %" PRId64 ", \"failed_at\": %" PRId64
                   ", \"retry_in\": %" PRId64 ", \"system\": %s",
                   row->expires_at, row->left > 0 ? row->left : 0,
                   row->generation, row->failed_at, row->retry_in,
                   row->system ? "true" : "false");
    return secret_append_text(out, "{\"name\": ") &&
           json_text(out, row->name) &&
           secret_append_text(out, ", \"state\": ") &&
           json_text(out, LOOKS[row->state].name) &&
           secret_append_text(out, numbers) &&
           secret_append_text(out, ", \"scope\": ") &&
           json_text(out, row->scope) &&
           secret_append_text(out, ", \"error\": ") &&
           json_text(out, row->error) && secret_append_text(out, "}");
}

bool
status_print_json(const struct status_row *rows, size_t count)
{
    (void)fputs("{\"profiles\": [", stdout);
    for (size_t i = 0; i < count; i++) {
        AUTO_SECRET text = SECRET_INIT(JSON_ROW_MAX);

        if (!put_row(&rows[i], &text))
            return false;
        (void)printf("%s%s", i ? ",\n " : "", secret_text(&text));
    }
    (void)fputs("]}\n", stdout);
    return fflush(stdout) == 0;
}
