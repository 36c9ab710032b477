/* SPDX-License-Identifier: MIT */
/*
 * own_directory.h - a directory that we write into: made if it is missing,
 * opened, and then checked on the descriptor.
 */
#ifndef TW_HELPER_OWN_DIRECTORY_H
#define TW_HELPER_OWN_DIRECTORY_H

#include <dirent.h>
#include <stdbool.h>
#include <sys/types.h>

#include "provider/base/error.h"

struct own_directory {
    int at;                 /* what @name is relative to, or AT_FDCWD */
    const char *name;       /* its parent exists */
    const char *path;       /* as messages call it */
    mode_t mode;            /* which it is given when it is made */
    mode_t mark;            /* and these bits more, if this call makes it */
    mode_t forbidden;       /* permission bits it may not have */
    const char *owner;      /* whom root makes it for, for a hint, or NULL */
    const char *else_where; /* what to set for another one, for messages */
    bool lasts;             /* what is in it is not to be had again */
    bool *made;             /* becomes: it was missing; or NULL */
};

/* own_directory_open: TW_E_ACCESS when it cannot be made, is a link or no
 * directory, somebody else's, or open to others; TW_E_SYSTEM. */
enum tw_status own_directory_open(const struct own_directory *directory,
                                  int *out, struct tw_error *err);

/* own_directory_list: what is in @dir, for readdir(3), whoever reads it
 * elsewhere; NULL, with errno set. */
DIR *own_directory_list(int dir);

#endif
