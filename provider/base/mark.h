/* SPDX-License-Identifier: MIT */
/*
 * mark.h - how a file looked: if the mark is the same, so is the file.
 */
#ifndef TW_BASE_MARK_H
#define TW_BASE_MARK_H

#include <stdbool.h>
#include <sys/stat.h>

#define MARK_SIZE 96

struct mark {
    char text[MARK_SIZE]; /* "DEV:INO:SIZE:MTIME.NS:CTIME.NS", or "absent" */
};

void mark_of(const struct stat *st, struct mark *out); /* NULL: absent */
void mark_path(const char *path,
               struct mark *out); /* follows links; any failure is absent */
bool mark_is_current(const char *path, const char *mark_text);

#endif
