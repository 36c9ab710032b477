/* SPDX-License-Identifier: MIT */
/*
 * status_table.h - the rows of profiles' states for a person.
 */
#ifndef TW_CLI_STATUS_TABLE_H
#define TW_CLI_STATUS_TABLE_H

#include "provider/cli/status_row.h"

/* What a table is written for. */
struct status_look {
    bool colours;
    unsigned columns; /* 0: no terminal, and no line is folded */
    bool partial;     /* there may be more profiles than there are rows */
};

/* status_look_now: of standard output. */
struct status_look status_look_now(void);

/* status_put_table: appends to @out; false: it is full.  Printable ASCII,
 * whatever its texts were made of; where it is too wide for the terminal each
 * profile has lines of its own. */
bool status_put_table(const struct status_row *rows, size_t count,
                      const struct status_look *look, struct secret *out);

/* status_put_warning: what stands above the table when something is wrong
 * with the profiles. */
bool status_put_warning(const struct tw_error *why,
                        const struct status_look *look, struct secret *out);

#endif
