/* SPDX-License-Identifier: MIT */
/*
 * terminal.h - how our command-line programs speak on stderr.
 */
#ifndef TW_BASE_TERMINAL_H
#define TW_BASE_TERMINAL_H

#include <stddef.h>

#include "provider/base/error.h"

/* terminal_fail: "PROGRAM: message", its hint on a second line; returns the
 * exit code. */
int terminal_fail(const char *program, const struct tw_error *err);

/* write_all: the whole text; false when the other end is gone or full. */
bool write_all(int fd, const char *text, size_t n);

#endif
