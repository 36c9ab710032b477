/* SPDX-License-Identifier: MIT */
/*
 * status_json.h - the rows of profiles' states for programs.
 */
#ifndef TW_CLI_STATUS_JSON_H
#define TW_CLI_STATUS_JSON_H

#include "provider/cli/status_row.h"

/* status_put_json: appends to @out; false: it is full. */
bool status_put_json(const struct status_row *rows, size_t count,
                     struct secret *out);

#endif
