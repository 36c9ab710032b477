/* SPDX-License-Identifier: MIT */
/*
 * report.h - the helper's only voice: lines for a person on stderr, or
 * key=value lines for the reader that started it on stdout.
 */
#ifndef TW_HELPER_REPORT_H
#define TW_HELPER_REPORT_H

#include "provider/base/error.h"
#include "provider/base/secret.h"
#include "provider/base/session_word.h"

struct log;

struct report {
    bool detached;   /* a reader waits at the other end of stdout */
    int out;         /* which is this descriptor */
    struct log *log; /* the resident helper's, or NULL */
    bool session; /* pam_tokenward waits, and is told in words of one size */
};

/* report_aside: stdout is the reader's alone from now on: what else is printed
 * goes where stderr leads.  TW_E_SYSTEM. */
enum tw_status report_aside(struct report *report, struct tw_error *err);

/* report_failure: "tokenward-helper: message", and its hint on a second line;
 * detached: status=, message=, hint=. */
void report_failure(const struct report *report, const struct tw_error *err);

/* report_published: detached: published=@name, for whoever started this; or
 * kept=@name of one whose token is the one that it had. */
void report_published(const struct report *report, const char *name,
                      bool is_same);

/* report_cut_off: detached: what was to report was killed, and may have
 * published what it did not say. */
void report_cut_off(const struct report *report);

/* report_word: to a session; nobody else is told.  Sets the magic. */
void report_word(const struct report *report, const struct session_word *word);
/* report_note: a line for a person that is no failure. */
void report_note(const struct report *report, const char *text);

/* report_lines: a command's own, before the last word. */
void report_lines(const struct report *report, const struct secret *lines);

/* report_close: to a reader: there is no more. */
void report_close(const struct report *report);

/* report_end: the last word; detached and all went well: status=ok. */
void report_end(const struct report *report, enum tw_status status);

#endif
