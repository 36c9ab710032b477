/* SPDX-License-Identifier: MIT */
/*
 * status_row.c - see status_row.h.  Colour only on a terminal, and not when
 * NO_COLOR says no.
 */
#include "provider/cli/status_row.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "provider/cli/json_text.h"
#include "provider/cli/terminal.h"

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

static bool __attribute__((format(printf, 2, 3)))
put(struct secret *out, const char *format, ...)
{
    char line[2048];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return secret_append_text(out, line);
}

static bool
put_row(const struct status_row *row, int width, bool colours,
        struct secret *out)
{
    const struct look *look = &LOOKS[row->state];
    char left[32], ago[32], again[32];

    write_span(row->left, left, sizeof left);
    if (!put(out, "%-*s  %s%-11s%s  %-8s  %s%s\n", width, row->name,
             colours ? look->colour : "", look->name, colours ? "\033[0m" : "",
             left, row->scope[0] ? row->scope : "-",
             row->system ? "  (system)" : ""))
        return false;
    if (!row->error[0])
        return true;
    write_span((int64_t)time(NULL) - row->failed_at, ago, sizeof ago);
    write_span(row->retry_in, again, sizeof again);
    return put(out, "%-*s  %s ago: %s\n", width, "", ago, row->error) &&
           (row->retry_in <= 0 ||
            put(out, "%-*s  asked again in %s\n", width, "", again));
}

bool
status_put_table(const struct status_row *rows, size_t count,
                 struct secret *out)
{
    bool colours = terminal_has_color(), good;
    int width = (int)strlen("PROFILE");

    for (size_t i = 0; i < count; i++) {
        int n = (int)strlen(rows[i].name);

        width = n > width ? n : width;
    }
    if (!count)
        return put(out, "no profiles; tokenward-profiles(5) tells how to "
                        "write one\n");
    good = put(out, "%-*s  %-11s  %-8s  %s\n", width, "PROFILE", "STATE",
               "LEFT", "SCOPE");
    for (size_t i = 0; good && i < count; i++)
        good = put_row(&rows[i], width, colours, out);
    return good;
}

static bool
put_object(const struct status_row *row, struct secret *out)
{
    return put(out, "{") && json_put_text_member(out, "name", row->name) &&
           json_put_text_member(out, "state", LOOKS[row->state].name) &&
           json_put_number_member(out, "expires_at", row->expires_at) &&
           json_put_number_member(out, "expires_in",
                                  row->left > 0 ? row->left : 0) &&
           json_put_number_member(out, "generation", row->generation) &&
           json_put_text_member(out, "scope", row->scope) &&
           json_put_raw_member(out, "system",
                               row->system ? "true" : "false") &&
           json_put_text_member(out, "error", row->error) &&
           json_put_number_member(out, "failed_at", row->failed_at) &&
           json_put_number_member(out, "retry_in", row->retry_in) &&
           put(out, "}");
}

bool
status_put_json(const struct status_row *rows, size_t count,
                struct secret *out)
{
    bool good = put(out, "{\"profiles\": [");

    for (size_t i = 0; good && i < count; i++)
        good = put(out, "%s", i ? ",\n " : "") && put_object(&rows[i], out);
    return good && put(out, "]}\n");
}
