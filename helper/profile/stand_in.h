/* SPDX-License-Identifier: MIT */
/*
 * stand_in.h - a file that is to take another one's place, and is judged as if
 * it had: its mode is the other's, and so are the files beside it.
 */
#ifndef TW_HELPER_STAND_IN_H
#define TW_HELPER_STAND_IN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "provider/base/error.h"

struct stand_in {
    const char *path;  /* of the file that is read; borrowed */
    struct stat place; /* the file whose place it is to take */
};

/* stand_in_make: @path for the file at @place, which must be there:
 * TW_E_NOT_FOUND. */
enum tw_status stand_in_make(const char *path, const char *place,
                             struct stand_in *out, struct tw_error *err);

/* stand_in_mode: which mode counts for the file at @path; NULL: its own.
 * @stand_in may be NULL. */
const mode_t *stand_in_mode(const struct stand_in *stand_in, const char *path);

/* stand_in_takes: is @name in @dir the file whose place it is to take? */
bool stand_in_takes(const struct stand_in *stand_in, int dir,
                    const char *name);

#endif
