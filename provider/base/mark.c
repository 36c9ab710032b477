/* SPDX-License-Identifier: MIT */
/*
 * mark.c - what fstat(2) says about a file, as one word that can be compared.
 *
 * The change time is part of it, because a writer can set every other field
 * back.  A mark that would not fit whole is one that never is current: then a
 * file is read once more than needed, and never once too seldom.
 */
#include "provider/base/mark.h"

#include <string.h>

#include "provider/base/text.h"

#define ABSENT "absent"
#define UNUSABLE "?"
#define MARK_LONGEST 160 /* seven numbers of 20 digits, and between */

static char *
put_colon(char *at)
{
    *at = ':';
    return at + 1;
}

static char *
put_time(char *at, const struct timespec *time)
{
    at = text_put_int64(at, time->tv_sec);
    *at = '.';
    return text_put_unsigned(at + 1, (uint64_t)time->tv_nsec, 9);
}

void
mark_of(const struct stat *st, struct mark *out)
{
    char text[MARK_LONGEST], *at = text;

    if (!st) {
        (void)strcpy(out->text, ABSENT);
        return;
    }
    at = text_put_unsigned(at, st->st_dev, 1);
    at = put_colon(at);
    at = text_put_unsigned(at, st->st_ino, 1);
    at = put_colon(at);
    at = text_put_int64(at, st->st_size);
    at = put_time(put_colon(at), &st->st_mtim);
    at = put_time(put_colon(at), &st->st_ctim);
    (void)strcpy(out->text, at < text + sizeof out->text ? text : UNUSABLE);
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
