/* SPDX-License-Identifier: MIT */
/*
 * stand_in.c - see stand_in.h.
 */
#include "helper/profile/stand_in.h"

#include <errno.h>
#include <string.h>

enum tw_status
stand_in_make(const char *path, const char *place, struct stand_in *out,
              struct tw_error *err)
{
    struct stand_in made = {.path = path};

    if (stat(place, &made.place) < 0)
        return tw_fail_errno(err, TW_E_NOT_FOUND, errno, "%s", place);
    *out = made;
    return TW_OK;
}

const mode_t *
stand_in_mode(const struct stand_in *stand_in, const char *path)
{
    return stand_in && strcmp(path, stand_in->path) == 0
               ? &stand_in->place.st_mode
               : NULL;
}

bool
stand_in_takes(const struct stand_in *stand_in, int dir, const char *name)
{
    struct stat st;

    return stand_in && fstatat(dir, name, &st, 0) == 0 &&
           st.st_dev == stand_in->place.st_dev &&
           st.st_ino == stand_in->place.st_ino;
}
