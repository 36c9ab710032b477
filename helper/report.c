/* SPDX-License-Identifier: MIT */
/*
 * report.c - see report.h.  A reader that went away is no failure.
 */
#include "helper/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helper/base/log.h"
#include "helper/base/unicode.h"
#include "provider/base/lines.h"
#include "provider/base/write_whole.h"

#define REPORT_MAX 4096

static void
write_out(int fd, const char *text, size_t n)
{
    (void)write_whole(fd, text, n);
}

/* A line of stderr, @n bytes of @text with what begins and ends it. */
static void
write_line(const char *begin, const char *text, size_t n)
{
    char line[REPORT_MAX];
    int size = snprintf(line, sizeof line, "tokenward-helper: %s%.*s\n", begin,
                        (int)n, text);

    if (size < 0 || size >= (int)sizeof line)
        return;
    unicode_show(line, (size_t)size);
    write_out(STDERR_FILENO, line, (size_t)size);
}

static void
report_to_reader(const struct report *report, const struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(REPORT_MAX);
    char message[sizeof err->message];
    char *hint;

    memcpy(message, err->message, sizeof message);
    hint = strchr(message, '\n');
    if (hint)
        *hint++ = '\0';
    if (lines_put(&out, "status", tw_status_name(err->status)) &&
        lines_put(&out, "message", message) &&
        (!hint || lines_put(&out, "hint", hint)))
        write_out(report->out, out.bytes, out.len);
}

enum tw_status
report_aside(struct report *report, struct tw_error *err)
{
    int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    if (out < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "standard output");
    report->detached = true;
    report->out = out;
    return TW_OK;
}

void
report_word(const struct report *report, const struct session_word *word)
{
    struct session_word whole = *word;

    memcpy(whole.magic, SESSION_WORD_MAGIC, sizeof whole.magic);
    if (report->session)
        write_out(report->out, (const char *)&whole, sizeof whole);
}

void
report_failure(const struct report *report, const struct tw_error *err)
{
    const char *hint = strchr(err->message, '\n');

    if (report->session) {
        report_word(report, &(struct session_word){.kind = WORD_FAILED,
                                                   .status = err->status});
        return;
    }
    if (report->detached) {
        report_to_reader(report, err);
        return;
    }
    if (report->log) {
        log_failure(report->log, "failure", NULL, err);
        return;
    }
    write_line("", err->message, strcspn(err->message, "\n"));
    if (hint)
        write_line("hint: ", hint + 1, strlen(hint + 1));
}

static void
report_line(const struct report *report, const char *key, const char *value)
{
    AUTO_SECRET out = SECRET_INIT(REPORT_MAX);

    if (report->detached && lines_put(&out, key, value))
        write_out(report->out, out.bytes, out.len);
}

void
report_published(const struct report *report, const char *name, bool is_same)
{
    report_line(report, is_same ? "kept" : "published", name);
}

void
report_cut_off(const struct report *report)
{
    report_line(report, "cut_off", "1");
}

void
report_note(const struct report *report, const char *text)
{
    if (!report->detached)
        write_line("", text, strlen(text));
}

void
report_lines(const struct report *report, const struct secret *lines)
{
    write_out(report->out, lines->bytes, lines->len);
}

void
report_end(const struct report *report, enum tw_status status)
{
    if (!status)
        report_word(report, &(struct session_word){.kind = WORD_DONE});
    if (report->detached && !report->session && !status)
        write_out(report->out, "status=ok\n", strlen("status=ok\n"));
}

void
report_close(const struct report *report)
{
    if (report->detached && !report->session)
        write_out(report->out, "\n", 1);
}
