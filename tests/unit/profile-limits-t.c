/* SPDX-License-Identifier: MIT */
/*
 * profile-limits-t.c - values that are longer than a profile may have them.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/profile_text.h"

/* @before, then @n times x, and @after. */
static void
refused_with(const char *before, size_t n, const char *after,
             const char *message)
{
    char *text = NULL, *filler = malloc(n + 1);
    struct refusal refusal = {.message = message};

    cr_assert_not_null(filler);
    memset(filler, 'x', n);
    filler[n] = '\0';
    cr_assert_gt(asprintf(&text, "%s%s%s", before, filler, after), 0);
    refusal.body = text;
    profile_text_refused(&refusal, 1);
    free(filler);
    free(text);
}

Test(profile_limits, are_told)
{
    refused_with(GOOD "    ca_file: ", 4096, "\n",
                 AT(6, 14) "ca_file: the path is too long");
    refused_with(GOOD "    params: {a: ", 8193, "}\n",
                 AT(6, 17) "a must not be longer than 8192 bytes");
}
