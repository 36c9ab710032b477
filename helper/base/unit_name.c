/* SPDX-License-Identifier: MIT */
/*
 * unit_name.c - see unit_name.h.
 *
 * The trap is a pattern that says more than its author meant: there are none,
 * but the template, whose instances only the manager's own administrator can
 * start.
 */
#include "helper/base/unit_name.h"

#include <stddef.h>
#include <string.h>

static const char *const SUFFIXES[] = {".service", ".socket", ".mount",
                                       ".swap"};

bool
unit_name_is(const char *text)
{
    static const char ALLOWED[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789:-_.\\@";
    size_t n = strlen(text);

    if (n > UNIT_NAME_MAX || text[0] == '@' || strspn(text, ALLOWED) != n)
        return false;
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
        size_t m = strlen(SUFFIXES[i]);

        if (n > m && strcmp(text + n - m, SUFFIXES[i]) == 0)
            return true;
    }
    return false;
}

bool
unit_name_matches(const char *rule, const char *unit)
{
    const char *at = strchr(rule, '@');
    size_t before = at ? (size_t)(at - rule) + 1 : 0, n = strlen(unit), after;

    if (strcmp(rule, unit) == 0)
        return true;
    if (!at || at[1] != '.')
        return false;
    /* "worker@" and ".service" around an instance that is not empty. */
    after = strlen(rule) - before;
    return n > before + after && strncmp(rule, unit, before) == 0 &&
           strcmp(unit + n - after, rule + before) == 0;
}
