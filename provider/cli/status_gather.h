/* SPDX-License-Identifier: MIT */
/*
 * status_gather.h - how every profile is, one row each.
 */
#ifndef TW_CLI_STATUS_GATHER_H
#define TW_CLI_STATUS_GATHER_H

#include "provider/base/runtime.h"
#include "provider/cli/names.h"
#include "provider/cli/status_row.h"

struct gather {
    const struct runtime *runtime;
    struct status_row *rows; /* the user's first, each name once */
    size_t count, room;
    struct names seen;     /* whether they have a row or not */
    struct names left_out; /* of the user's: something is wrong with them */
    bool readable_only;    /* of the system's: for whom is only a reader */
};

/* gather_all: those that the indexes name, and those that have a token or a
 * failure all the same.  @why: what is wrong with the user's profiles, or
 * TW_OK. */
void gather_all(struct gather *gather, struct tw_error *why);

/* gather_system: the system's alone: all of them for root and for whose the
 * runtime directory is, else those with a token that the caller may read. */
void gather_system(struct gather *gather);

/* gather_again: looks at the same profiles' tokens once more. */
void gather_again(struct gather *gather);

/* gather_select: keeps the rows that are named, all if none is.  A name that
 * no row has: TW_E_NOT_FOUND; TW_E_CONFIG if something is wrong with it. */
enum tw_status gather_select(struct gather *gather, int count, char **names,
                             struct tw_error *err);

void gather_clear(struct gather *gather);

#define AUTO_GATHER AUTO(gather_clear) struct gather

#endif
