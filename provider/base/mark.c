/* SPDX-License-Identifier: MIT */
/*
 * mark.c - what fstat(2) says about a file, as one word that can be compared.
 *
 * The change time is part of it, because a writer can set every other field
 * back.  A mark that would not fit whole is one that never is current: then a
 * file is read once more than needed, and never once too seldom.
 */
#include "provider/base/mark.h"

#include <stdio.h>
#include <string.h>

#define ABSENT "absent"
#define UNUSABLE "?"

void
mark_of(const struct stat *st, struct mark *out)
{
    int n;

    if (!st) {
        (void)strcpy(out->text, ABSENT);
        return;
    }
    n = snprintf(out->text, sizeof out->text,
                 "%llu:%llu:%lld:%lld.%09ld:%lld.%09ld",
                 (unsigned long long)st->st_dev,
                 (unsigned long long)st->st_ino, (long long)st->st_size,
                 (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
                 (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
    if (n < 0 || n >= (int)sizeof out->text)
        (void)strcpy(out->text, UNUSABLE);
}

void
mark_path(const char *path, struct mark *out)
{
    struct stat st;

    mark_of(stat(path, &st) == 0 ? &st : NULL, out);
}

bool
mark_is_current(const char *path, const char *mark_text)
{
    struct mark now;

    mark_path(path, &now);
    return strcmp(now.text, UNUSABLE) != 0 && strcmp(now.text, mark_text) == 0;
}
