/* SPDX-License-Identifier: MIT */
/*
 * status_row.h - one profile's state, and rows of it printed.
 */
#ifndef TW_CLI_STATUS_ROW_H
#define TW_CLI_STATUS_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "provider/base/secret.h"
#include "provider/base/text.h"

enum status_state {
    STATUS_NONE = 0, /* nothing was fetched yet */
    STATUS_VALID,
    STATUS_DUE, /* good, and a refresh is due */
    STATUS_EXPIRED,
    STATUS_REJECTED,
};

struct status_row {
    char name[PROFILE_NAME_MAX + 1];
    bool system;
    enum status_state state;
    int64_t left, expires_at, generation;
    char scope[256];
    char error[1020]; /* the last failure's first line, or "" */
    int64_t failed_at, retry_in;
};

/* Both append to @out, and return false when it is full. */
bool status_put_table(const struct status_row *rows, size_t count,
                      struct secret *out);
bool status_put_json(const struct status_row *rows, size_t count,
                     struct secret *out);

#endif
