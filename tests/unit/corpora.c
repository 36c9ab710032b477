/* SPDX-License-Identifier: MIT */
/*
 * corpora.c - see corpora.h.
 */
#include "tests/unit/corpora.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
srcdir(void)
{
    const char *dir = getenv("srcdir");

    return dir ? dir : ".";
}

void
corpora_own(const char *name, char *out, size_t size)
{
    (void)snprintf(out, size, "%s/tests/corpora/%s", srcdir(), name);
}

void
corpora_shared(const char *name, char *out, size_t size)
{
    const char *shared = getenv("TOKENWARD_CORPORA");

    if (shared)
        (void)snprintf(out, size, "%s/%s", shared, name);
    else
        (void)snprintf(out, size, "%s/../shared/corpora/%s", srcdir(), name);
}

/* The fields of @line, cut in place; one more than there may be counts. */
static size_t
cut(char *line, char **fields)
{
    char *rest = line;
    size_t n = 0;

    line[strcspn(line, "\n")] = '\0';
    while (rest && n < CORPORA_FIELDS_MAX)
        fields[n++] = strsep(&rest, "\t");
    return rest ? n + 1 : n;
}

bool
corpora_rows(const char *dir, const char *table, size_t count,
             corpora_take *take, void *arg)
{
    char path[PATH_MAX], *line = NULL;
    size_t size = 0;
    FILE *file;
    bool head = true, good = true;

    (void)snprintf(path, sizeof path, "%s/%s", dir, table);
    file = fopen(path, "r");
    if (!file)
        return false;
    while (getline(&line, &size, file) > 0) {
        char *fields[CORPORA_FIELDS_MAX] = {NULL};

        if (cut(line, fields) != count)
            good = false;
        else if (!head)
            take(arg, fields);
        head = false;
    }
    free(line);
    (void)fclose(file);
    return good;
}
