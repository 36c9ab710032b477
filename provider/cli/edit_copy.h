/* SPDX-License-Identifier: MIT */
/*
 * edit_copy.h - the copy of a profiles file that is edited, until it takes the
 * file's place.
 */
#ifndef TW_CLI_EDIT_COPY_H
#define TW_CLI_EDIT_COPY_H

#include <limits.h>
#include <sys/stat.h>

#include "provider/base/auto.h"
#include "provider/base/error.h"

struct edit_copy {
    char path[PATH_MAX]; /* of the file, without links */
    char copy[PATH_MAX];
    int dir;                   /* of both */
    int file;                  /* locked */
    int original;              /* what was copied, in memory */
    struct stat place, before; /* of the directory and the file */
    bool copied;               /* there is a copy, to be removed */
};

#define AUTO_EDIT_COPY AUTO(edit_copy_clear) struct edit_copy
#define EDIT_COPY_INIT \
    ((struct edit_copy){.dir = -1, .file = -1, .original = -1})

/* edit_copy_make: locks the file at @edit's path, and makes the copy.
 * TW_E_USAGE: the path is too long; TW_E_ACCESS: it is no file of the
 * caller's, or there can be no copy, or others could put another one in its
 * place, who are not root as the caller is; TW_E_RETRY: somebody else is at
 * it; TW_E_SYSTEM. */
enum tw_status edit_copy_make(struct edit_copy *edit, struct tw_error *err);

/* edit_copy_is_astray: is there another directory at its path by now, where
 * the editor may have written? */
bool edit_copy_is_astray(const struct edit_copy *edit);

/* edit_copy_is_changed: from what was copied, whatever became of that since,
 * or astray? */
bool edit_copy_is_changed(const struct edit_copy *edit);

/* edit_copy_is_outdated: did somebody else change the file meanwhile, or its
 * owner or mode, or is it astray? */
bool edit_copy_is_outdated(const struct edit_copy *edit);

/* edit_copy_replace: the copy takes the file's place.  TW_E_ACCESS: the copy
 * is no file of the caller's alone; TW_E_RETRY: it is astray; TW_E_SYSTEM.
 * After a failure both are as they were. */
enum tw_status edit_copy_replace(struct edit_copy *edit, struct tw_error *err);

void edit_copy_clear(struct edit_copy *edit);

#endif
