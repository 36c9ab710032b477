/* SPDX-License-Identifier: MIT */
/*
 * drop_ins.h - the names of a directory's profile files, sorted bytewise.
 */
#ifndef TW_HELPER_DROP_INS_H
#define TW_HELPER_DROP_INS_H

#include <stdbool.h>
#include <stddef.h>

#include "provider/base/auto.h"
#include "provider/base/error.h"

#define DROP_IN_SUFFIX ".yaml"
#define MISNAMED_SUFFIX ".yml" /* what a person may take for it */

struct drop_ins {
    char **names;
    size_t count, capacity;
    char *misnamed; /* one that ends with MISNAMED_SUFFIX, or NULL */
};

/* drop_ins_takes: is that a profile file's name? */
bool drop_ins_takes(const char *name);

/* drop_ins_list: of the directory @fd, for messages @path, at most @max; @out,
 * which was all zero, is to be cleared whatever comes of it. */
enum tw_status drop_ins_list(int fd, const char *path, size_t max,
                             struct drop_ins *out, struct tw_error *err);
void drop_ins_clear(struct drop_ins *drop_ins);

#define AUTO_DROP_INS AUTO(drop_ins_clear) struct drop_ins

#endif
