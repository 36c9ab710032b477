/* SPDX-License-Identifier: MIT */
/*
 * sheet.h - lines of a report on standard output, folded to a terminal's
 * width; elsewhere each is one line.
 */
#ifndef TW_HELPER_SHEET_H
#define TW_HELPER_SHEET_H

#include <stdbool.h>
#include <stdint.h>

#include "helper/base/environment.h"

enum sheet_mark { SHEET_GOOD = 0, SHEET_WARN, SHEET_BAD, SHEET_SKIPPED };

struct sheet {
    bool colours;
    unsigned columns; /* 0: no terminal */
};

void sheet_open(const struct environment *environment, struct sheet *out);

/* sheet_title: what the lines below are of. */
void sheet_title(const struct sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* sheet_line: mark, what was looked at, how long it took (@us -1: no matter)
 * and what came of it; after a '\n', what to do.  Printable ASCII, whatever
 * it was made of. */
void sheet_line(const struct sheet *sheet, enum sheet_mark mark,
                const char *what, int64_t us, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
