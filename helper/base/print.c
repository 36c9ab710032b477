/* SPDX-License-Identifier: MIT */
/*
 * print.c - see print.h.  There is one standard output, and so one reason.
 */
#include "helper/base/print.h"

#include <errno.h>
#include <stdio.h>

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

int
print_problem(void)
{
    return problem;
}
