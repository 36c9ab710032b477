/* SPDX-License-Identifier: MIT */
/*
 * status_table.c - see status_table.h.  Colour only on a terminal, and not
 * when NO_COLOR says no.
 */
#include "provider/cli/status_table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/date.h"
#include "provider/base/record.h"
#include "provider/cli/terminal.h"

static const char *const COLOURS[] = {
    [STATUS_NONE] = "\033[2m",      [STATUS_VALID] = "\033[32m",
    [STATUS_DUE] = "\033[33m",      [STATUS_EXPIRED] = "\033[31m",
    [STATUS_REJECTED] = "\033[31m", [STATUS_UNREADABLE] = "\033[31m",
};

#define SPAN_MAX 32    /* bytes of "123 min" */
#define TABLE_WIDTH 60 /* columns between the name and the scope */
#define ROOM_MIN 12    /* columns that text is folded into, at least */
#define ROOM_MAX 1024  /* and at most: put() writes twice as much at once */
#define NO_PROFILES "no profiles; tokenward-profiles(5) tells how to write one"

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

/* @text, folded; the cursor stands in column @left already. */
static bool
put_rest(const struct status_look *look, int left, const char *text,
         struct secret *out)
{
    size_t room = look->columns >= (unsigned)left + ROOM_MIN
                      ? look->columns - (unsigned)left
                      : ROOM_MAX;

    if (room > ROOM_MAX)
        room = ROOM_MAX;
    for (;;) {
        size_t fits = strlen(text), cut = room;

        if (fits > room) {
            while (cut > room / 3 && text[cut] != ' ')
                cut--;
            fits = text[cut] == ' ' ? cut : room;
        }
        if (!put(out, "%.*s\n", (int)fits, text))
            return false;
        text += fits;
        while (*text == ' ')
            text++;
        if (!*text)
            return true;
        if (!put(out, "%*s", left, ""))
            return false;
    }
}

/* @text with this before it, @left columns of it spaces. */
static bool
put_folded(const struct status_look *look, int left, const char *prefix,
           const char *text, size_t n, struct secret *out)
{
    AUTO_SECRET line = SECRET_INIT(RECORD_MAX);

    return secret_append_text(&line, prefix) &&
           secret_append(&line, text, n) && put(out, "%*s", left, "") &&
           put_rest(look, left, secret_text(&line), out);
}

/* "PREFIX: TEXT", and on a line of its own the hint that follows a '\n'. */
static bool
put_message(const char *prefix, const char *message,
            const struct status_look *look, int left, struct secret *out)
{
    size_t n = strcspn(message, "\n");
    char before[80];

    (void)snprintf(before, sizeof before, "%s: ", prefix);
    return put_folded(look, left, before, message, n, out) &&
           (!message[n] || put_folded(look, left, "hint: ", message + n + 1,
                                      strlen(message + n + 1), out));
}

/* After a success, too, nothing is asked for some seconds: no news. */
static bool
put_failure(const struct status_row *row, const struct status_look *look,
            int left, struct secret *out)
{
    char prefix[64], text[SPAN_MAX];

    if (row->note.message[0]) {
        (void)snprintf(prefix, sizeof prefix, "%s ago, %s",
                       span(row->age, text), row->note.status);
        if (!put_message(prefix, row->note.message, look, left, out))
            return false;
    }
    if (row->retry_in <= 0 ||
        (!row->note.message[0] && row->state != STATUS_REJECTED))
        return true;
    return put(out, "%*sasked again in %s\n", left, "",
               span(row->retry_in, text));
}

static bool
put_hook(const struct status_row *row, const struct status_look *look,
         int left, struct secret *out)
{
    char prefix[80], text[SPAN_MAX], times[40] = "";

    if (!row->hook.status)
        return true;
    if (row->hook_failures > 1)
        (void)snprintf(times, sizeof times, ", %" PRId64 " times in a row",
                       row->hook_failures);
    (void)snprintf(prefix, sizeof prefix, "%s ago%s",
                   span(row->hook_age, text), times);
    return put_message(prefix, row->hook.message, look, left, out);
}

static bool
put_gone(const struct status_row *row, const struct status_look *look,
         int left, struct secret *out)
{
    char text[2 * PROFILE_NAME_MAX];

    if (!row->gone)
        return true;
    (void)snprintf(text, sizeof text,
                   "there is no such profile any more\ntokenward logout%s %s "
                   "removes what is kept",
                   row->system ? " --system" : "", row->name);
    return put_message("warning", text, look, left, out);
}

/* What there is to say below a row. */
static bool
put_notes(const struct status_row *row, const struct status_look *look,
          int left, struct secret *out)
{
    return put_gone(row, look, left, out) &&
           (!row->answered_by[0] || put(out, "%*sanswered by source %s\n",
                                        left, "", row->answered_by)) &&
           (!row->warning[0] ||
            put_message("warning", row->warning, look, left, out)) &&
           (row->state != STATUS_UNREADABLE ||
            put_message("why", row->problem.message, look, left, out)) &&
           put_failure(row, look, left, out) && put_hook(row, look, left, out);
}

static bool
put_state(const struct status_row *row, const struct status_look *look,
          int width, struct secret *out)
{
    const char *colour = look->colours ? COLOURS[row->state] : "";

    return secret_append_text(out, colour) &&
           put(out, "%-*s", width, status_state_name(row->state)) &&
           secret_append_text(out, look->colours ? "\033[0m" : "");
}

static bool
put_row(const struct status_row *row, const struct status_look *look,
        int width, struct secret *out)
{
    char left[SPAN_MAX] = "-", expires[DATE_MAX] = "-", number[SPAN_MAX] = "-";
    char refresh[SPAN_MAX] = "-";
    AUTO_SECRET scope = SECRET_INIT(RECORD_MAX);

    if (row->left > 0)
        (void)span(row->left, left);
    if (row->refresh_in > 0)
        (void)span(row->refresh_in, refresh);
    if (row->expires_at > 0)
        date_text(row->expires_at, ' ', expires);
    if (row->generation > 0)
        (void)snprintf(number, sizeof number, "%" PRId64, row->generation);
    return secret_append_text(&scope, row->scope ? row->scope : "-") &&
           secret_append_text(&scope, row->system ? "  (system)" : "") &&
           put(out, "%-*s  ", width, row->name) &&
           put_state(row, look, 11, out) &&
           put(out, "  %-7s  %-7s  %-20s  %-3s  ", left, refresh, expires,
               number) &&
           put_rest(look, width + TABLE_WIDTH, secret_text(&scope), out) &&
           put_notes(row, look, width + 2, out);
}

/* The same where there is no room for columns. */
static bool
put_narrow(const struct status_row *row, const struct status_look *look,
           struct secret *out)
{
    char text[SPAN_MAX], end[DATE_MAX];
    bool good = put_folded(look, 0, row->system ? "(system) " : "", row->name,
                           strlen(row->name), out) &&
                put(out, "  ") && put_state(row, look, 0, out);

    if (good && row->left > 0)
        good = put(out, ", %s left", span(row->left, text));
    good = good && put(out, "\n");
    if (good && row->refresh_in > 0)
        good = put(out, "  refreshed in %s\n", span(row->refresh_in, text));
    date_text(row->expires_at, ' ', end);
    if (good && row->expires_at > 0)
        good = put(out, "  ends %s\n", end);
    if (good && row->scope)
        good =
            put_folded(look, 2, "scope ", row->scope, strlen(row->scope), out);
    return good && put_notes(row, look, 2, out);
}

bool
status_put_warning(const struct tw_error *why, const struct status_look *look,
                   struct secret *out)
{
    return put_message("warning", why->message, look, 0, out);
}

/* Is there room for the table, and some of a scope? */
static bool
fits(const struct status_look *look, int width)
{
    return !look->columns ||
           (unsigned)width + TABLE_WIDTH + ROOM_MIN <= look->columns;
}

struct status_look
status_look_now(void)
{
    return (struct status_look){terminal_has_color(), terminal_columns(),
                                false};
}

bool
status_put_table(const struct status_row *rows, size_t count,
                 const struct status_look *look, struct secret *out)
{
    int width = (int)strlen("PROFILE");
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        int n = (int)strlen(rows[i].name);

        width = n > width ? n : width;
    }
    if (!count)
        return look->partial ||
               put_folded(look, 0, "", NO_PROFILES, strlen(NO_PROFILES), out);
    if (!fits(look, width)) {
        for (size_t i = 0; good && i < count; i++)
            good = put_narrow(&rows[i], look, out);
        return good;
    }
    good =
        put(out, "%-*s  %-11s  %-7s  %-7s  %-20s  %-3s  %s\n", width,
            "PROFILE", "STATE", "LEFT", "REFRESH", "EXPIRES", "GEN", "SCOPE");
    for (size_t i = 0; good && i < count; i++)
        good = put_row(&rows[i], look, width, out);
    return good;
}
