/* SPDX-License-Identifier: MIT */
/*
 * discard.h - a directory removed with all that is in it, and nothing else.
 *
 * What binds the code behind it:
 *   Everything is named by an open directory and one name below it; a link is
 *   removed, never followed.
 *   No directory is entered that lies on another mount than the first, a bind
 *   mount of the same file system among them.
 *   Depth, number of entries and time are bounded; what is beyond stays.
 */
#ifndef TW_HELPER_DISCARD_H
#define TW_HELPER_DISCARD_H

#include <stdbool.h>
#include <stdint.h>

#define DISCARD_DEPTH_MAX 8 /* of ours none has more than 2 */
#define DISCARD_ENTRIES_MAX 65536

struct discard {
    int64_t deadline_ms; /* monotonic */
    unsigned entries;    /* so far */
};

/* discard_directory: <@dir>/@name; true when it is gone. */
bool discard_directory(struct discard *discard, int dir, const char *name);

/* discard_content: what is in the open @dir; true when it is empty. */
bool discard_content(struct discard *discard, int dir);

#endif
