/* SPDX-License-Identifier: MIT */
/*
 * print.h - standard output, for who prints more than fits into its buffer or
 * wants it seen at once.
 *
 * A stream remembers that it failed, and not why.
 */
#ifndef TW_HELPER_PRINT_H
#define TW_HELPER_PRINT_H

#include <stddef.h>

/* print_flush: what was printed goes now. */
void print_flush(void);

void print_bytes(const char *bytes, size_t n);

/* print_shown: text that came from outside, for a person: see unicode_show().
 * What is longer than a path may be is cut. */
void print_shown(const char *text);

/* print_problem: the errno(3) of the first of these that failed, or 0. */
int print_problem(void);

#endif
