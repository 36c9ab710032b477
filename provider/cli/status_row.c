/* SPDX-License-Identifier: MIT */
/*
 * status_row.c - see status_row.h.
 */
#include "provider/cli/status_row.h"

#include <stdlib.h>

const char *
status_state_name(enum status_state state)
{
    static const char *const NAMES[] = {
        [STATUS_NONE] = "none",         [STATUS_VALID] = "valid",
        [STATUS_DUE] = "refresh due",   [STATUS_EXPIRED] = "expired",
        [STATUS_REJECTED] = "rejected", [STATUS_UNREADABLE] = "unreadable",
    };

    return NAMES[state];
}

void
status_row_clear(struct status_row *row)
{
    free(row->scope);
    row->scope = NULL;
}
