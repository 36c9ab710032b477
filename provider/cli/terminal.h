/* SPDX-License-Identifier: MIT */
/*
 * terminal.h - the two ways out of a command-line program.
 *
 * Messages are "program: message" and "program: hint: ...", lower case, on
 * stderr, printable ASCII whatever they were made of.  Answers go to stdout
 * whole, with one write(2).
 */
#ifndef TW_CLI_TERMINAL_H
#define TW_CLI_TERMINAL_H

#include <stdbool.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

/* terminal_error: @err's message; what follows a '\n' is the hint.  Nothing,
 * where there is no message. */
void terminal_error(const char *program, const struct tw_error *err);

/* terminal_warning: the same, as "program: warning: message". */
void terminal_warning(const char *program, const struct tw_error *err);

/* terminal_answer: all of @text to stdout.  TW_E_SYSTEM when that failed, and
 * without a message when nobody reads it any more; a SIGPIPE does not end the
 * process. */
enum tw_status terminal_answer(const struct secret *text,
                               struct tw_error *err);

/* terminal_has_color: stdout is a terminal, and nobody asked for none. */
bool terminal_has_color(void);

/* terminal_columns: how wide stdout is; 0: it is no terminal. */
unsigned terminal_columns(void);

#endif
