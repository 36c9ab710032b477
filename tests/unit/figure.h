/* SPDX-License-Identifier: MIT */
/*
 * figure.h - a measured figure, as tests/proof/table.sh gathers them from the
 * logs: a TAP comment "# figure NAME VALUE [REMARK]".
 */
#ifndef TW_TESTS_FIGURE_H
#define TW_TESTS_FIGURE_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* figure: into the file that tests/unit/run shows when the test has ended. */
static inline void __attribute__((format(printf, 1, 2)))
figure(const char *format, ...)
{
    const char *path = getenv("FIGURES");
    FILE *file = path ? fopen(path, "a") : NULL;
    va_list args;

    if (!file)
        return;
    va_start(args, format);
    (void)fputs("# figure ", file);
    (void)vfprintf(file, format, args);
    (void)fputc('\n', file);
    va_end(args);
    (void)fclose(file);
}

#endif
