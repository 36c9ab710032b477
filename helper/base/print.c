/* SPDX-License-Identifier: MIT */
/*
 * print.c - see print.h.  There is one standard output, and so one reason.
 */
#include "helper/base/print.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "helper/base/unicode.h"

static int problem;

static void
note_problem(void)
{
    if (!problem)
        problem = errno;
}

void
print_flush(void)
{
    if (fflush(stdout))
        note_problem();
}

void
print_bytes(const char *bytes, size_t n)
{
    if (fwrite(bytes, 1, n, stdout) < n)
        note_problem();
}

void
print_shown(const char *text)
{
    char shown[PATH_MAX];
    int n = snprintf(shown, sizeof shown, "%s", text);

    if (n >= (int)sizeof shown)
        n = (int)sizeof shown - 1;
    unicode_show(shown, (size_t)n);
    print_bytes(shown, (size_t)n);
}

int
print_problem(void)
{
    return problem;
}
