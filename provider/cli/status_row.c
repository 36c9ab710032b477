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

#include "provider/base/json_text.h"
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
    [STATUS_UNREADABLE] = {"unreadable", "\033[31m"},
};

#define SPAN_MAX 32 /* bytes of "123 min" */

static const char *
span(int64_t seconds, char out[SPAN_MAX])
{
    static const struct {
        int64_t below, divisor;
        const char *name;
    } UNITS[] = {{120, 1, "s"}, {7200, 60, "min"}, {172800, 3600, "h"}};
    const char *name = "d";
    int64_t divisor = 86400;

    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        if (seconds < UNITS[i].below) {
            divisor = UNITS[i].divisor;
            name = UNITS[i].name;
            break;
        }
    }
    (void)snprintf(out, SPAN_MAX, "%" PRId64 " %s", seconds / divisor, name);
    return out;
}

/* UTC, as all times of the record are. */
static const char *
date(int64_t seconds, char out[SPAN_MAX])
{
    time_t when = (time_t)seconds;
    struct tm tm;

    if (!gmtime_r(&when, &tm) ||
        !strftime(out, SPAN_MAX, "%Y-%m-%d %H:%M:%SZ", &tm))
        (void)strcpy(out, "-");
    return out;
}

/* Printable ASCII and line ends, so that no text of a record's or a server's
 * steers the terminal. */
static bool __attribute__((format(printf, 2, 3)))
put(struct secret *out, const char *format, ...)
{
    char line[2048];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *at = line; *at; at++) {
        if (*at != '\n' && (*at < 0x20 || *at > 0x7e))
            *at = '?';
    }
    return secret_append_text(out, line);
}

/* "PREFIX: TEXT", and on a line of its own the hint that follows a '\n'. */
static bool
put_message(const char *prefix, const char *message, int width,
            struct secret *out)
{
    size_t n = strcspn(message, "\n");

    return put(out, "%-*s  %s: %.*s\n", width, "", prefix, (int)n, message) &&
           (!message[n] ||
            put(out, "%-*s  hint: %s\n", width, "", message + n + 1));
}

/* After a success, too, nothing is asked for some seconds: no news. */
static bool
put_failure(const struct status_row *row, int width, struct secret *out)
{
    char prefix[64], text[SPAN_MAX];

    if (row->note.message[0]) {
        (void)snprintf(prefix, sizeof prefix, "%s ago, %s",
                       span(row->age, text), row->note.status);
        if (!put_message(prefix, row->note.message, width, out))
            return false;
    }
    if (row->retry_in <= 0 ||
        (!row->note.message[0] && row->state != STATUS_REJECTED))
        return true;
    return put(out, "%-*s  asked again in %s\n", width, "",
               span(row->retry_in, text));
}

static bool
put_row(const struct status_row *row, int width, bool colours,
        struct secret *out)
{
    const struct look *look = &LOOKS[row->state];
    char left[SPAN_MAX] = "-", expires[SPAN_MAX] = "-", number[SPAN_MAX] = "-";

    if (row->left > 0)
        (void)span(row->left, left);
    if (row->expires_at > 0)
        (void)date(row->expires_at, expires);
    if (row->generation > 0)
        (void)snprintf(number, sizeof number, "%" PRId64, row->generation);
    return put(out, "%-*s  ", width, row->name) &&
           secret_append_text(out, colours ? look->colour : "") &&
           put(out, "%-11s", look->name) &&
           secret_append_text(out, colours ? "\033[0m" : "") &&
           put(out, "  %-7s  %-20s  %-3s  %s%s\n", left, expires, number,
               row->scope[0] ? row->scope : "-",
               row->system ? "  (system)" : "") &&
           (!row->answered_by[0] || put(out, "%-*s  answered by source %s\n",
                                        width, "", row->answered_by)) &&
           (!row->warning[0] ||
            put_message("warning", row->warning, width, out)) &&
           (row->state != STATUS_UNREADABLE ||
            put_message("why", row->problem.message, width, out)) &&
           put_failure(row, width, out);
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
    good = put(out, "%-*s  %-11s  %-7s  %-20s  %-3s  %s\n", width, "PROFILE",
               "STATE", "LEFT", "EXPIRES", "GEN", "SCOPE");
    for (size_t i = 0; good && i < count; i++)
        good = put_row(&rows[i], width, colours, out);
    return good;
}

/* "status", "message" and "hint", which is there if the message has one. */
static bool
put_said(const char *status, const char *message, struct secret *out)
{
    size_t n = strcspn(message, "\n");
    char line[sizeof((struct tw_error *)NULL)->message];

    (void)snprintf(line, sizeof line, "%.*s", (int)n, message);
    return json_put_text_member(out, "status", status) &&
           json_put_text_member(out, "message", line) &&
           (!message[n] || json_put_text_member(out, "hint", message + n + 1));
}

static bool
put_problem(const struct status_row *row, struct secret *out)
{
    if (row->state != STATUS_UNREADABLE)
        return true;
    return json_put_raw_member(out, "problem", "{") &&
           put_said(tw_status_name(row->problem.status), row->problem.message,
                    out) &&
           secret_append(out, "}", 1);
}

static bool
put_error(const struct status_row *row, struct secret *out)
{
    if (!row->note.message[0])
        return true;
    return json_put_raw_member(out, "error", "{") &&
           put_said(row->note.status, row->note.message, out) &&
           json_put_number_member(out, "failed_at", row->note.failed_at) &&
           json_put_number_member(out, "age", row->age) &&
           secret_append(out, "}", 1);
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
           (!row->answered_by[0] ||
            json_put_text_member(out, "answered_by", row->answered_by)) &&
           json_put_text_member(out, "warning", row->warning) &&
           put_problem(row, out) && put_error(row, out) &&
           json_put_number_member(out, "retry_in", row->retry_in) &&
           json_put_number_member(out, "next_retry", row->next_retry) &&
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
