/* SPDX-License-Identifier: MIT */
/*
 * nearest.c - the optimal string alignment distance, of short words only, so
 * that a long one costs nothing.
 */
#include "provider/base/nearest.h"

#include <stdlib.h>
#include <string.h>

#include "provider/base/text.h"

#define FAR 3

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    unsigned rows[3][NEAREST_LEN_MAX + 1] = {{0}};
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];

    for (size_t j = 0; j <= b_len; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned *spare = before;

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            now[j] = least(least(last[j] + 1, now[j - 1] + 1),
                           last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[b_len];
}

void
nearest_look(struct nearest *nearest, const char *candidate)
{
    size_t n = strlen(nearest->written), m = strlen(candidate);
    unsigned limit = n <= 4 ? 2 : FAR, found;

    if (n == 0 || n > NEAREST_LEN_MAX || m > NEAREST_LEN_MAX || n + FAR < m ||
        m + FAR < n)
        return;
    found = distance(nearest->written, n, candidate, m);
    if (found < limit && (!nearest->best || found < nearest->distance)) {
        nearest->best = candidate;
        nearest->distance = found;
    }
}

enum tw_status
nearest_fail_command(const struct nearest *nearest, const char *help,
                     struct tw_error *err)
{
    struct shown shown;

    if (text_may_hold_password(nearest->written))
        return tw_fail(err, TW_E_USAGE, "an address is no command\n%s", help);
    (void)text_printable(&shown, nearest->written, strlen(nearest->written));
    if (nearest->best)
        return tw_fail(err, TW_E_USAGE,
                       "unknown command '%s'\ndid you mean '%s'?", shown.text,
                       nearest->best);
    return tw_fail(err, TW_E_USAGE, "unknown command '%s'\n%s", shown.text,
                   help);
}
