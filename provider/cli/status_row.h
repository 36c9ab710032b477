/* SPDX-License-Identifier: MIT */
/*
 * status_row.h - one profile's state.
 */
#ifndef TW_CLI_STATUS_ROW_H
#define TW_CLI_STATUS_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "provider/base/backoff.h"
#include "provider/base/error.h"
#include "provider/base/secret.h"
#include "provider/base/text.h"

enum status_state {
    STATUS_NONE = 0, /* nothing was fetched yet */
    STATUS_VALID,
    STATUS_DUE, /* good, and a refresh is due */
    STATUS_EXPIRED,
    STATUS_REJECTED,
    STATUS_UNREADABLE, /* there is a record, and nobody is given it */
};

struct status_row {
    char name[PROFILE_NAME_MAX + 1];
    bool system;
    bool gone; /* there is no such profile any more */
    enum status_state state;
    int64_t left, expires_at, generation;
    int64_t refresh_in;      /* 0: it is due, or there is nothing to refresh */
    char *scope;             /* the row's own, of any length; NULL: none */
    char answered_by[64];    /* of a stack: the source, or "" */
    char warning[400];       /* of the token, or "" */
    struct tw_error problem; /* why the record is unreadable */
    struct backoff note;     /* the last failed fetch */
    int64_t age;             /* seconds since it failed */
    struct tw_error hook;    /* how on_refresh failed for this token */
    int64_t hook_failures, hook_failed_at, hook_age;
    int64_t retry_in, next_retry; /* from now, wall clock; 0: at once */
};

/* status_state_name: as the table and programs are told it. */
const char *status_state_name(enum status_state state);

void status_row_clear(struct status_row *row);

#endif
