/* SPDX-License-Identifier: MIT */
/*
 * error.c - the table of statuses, and the two ways to fill in an error.
 */
#include "provider/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct status_row {
    const char *name;
    int exit_code; /* sysexits(3) */
};

static const struct status_row STATUSES[] = {
    [TW_OK] = {"ok", 0},
    [TW_E_USAGE] = {"usage", 64},
    [TW_E_CONFIG] = {"config", 78},
    [TW_E_NOT_FOUND] = {"not_found", 66},
    [TW_E_ACCESS] = {"access", 73},
    [TW_E_DENIED] = {"denied", 77},
    [TW_E_INTERACT] = {"interact", 69},
    [TW_E_RETRY] = {"retry", 75},
    [TW_E_PROTOCOL] = {"protocol", 76},
    [TW_E_MODULE] = {"module", 72},
    [TW_E_SYSTEM] = {"system", 71},
};

#define STATUS_COUNT ((int)(sizeof STATUSES / sizeof *STATUSES))

/* One of the functions that tokenward.h promises. */
__attribute__((visibility("default"))) const char *
tw_status_name(int status)
{
    return status >= 0 && status < STATUS_COUNT ? STATUSES[status].name
                                                : "unknown";
}

bool
status_is_refusal(enum tw_status status)
{
    return status == TW_E_DENIED || status == TW_E_CONFIG ||
           status == TW_E_INTERACT;
}

int
status_exit_code(int status)
{
    return status >= 0 && status < STATUS_COUNT ? STATUSES[status].exit_code
                                                : 70;
}

bool
status_from_name(const char *name, enum tw_status *out)
{
    for (int i = 0; i < STATUS_COUNT; i++) {
        if (strcmp(STATUSES[i].name, name) == 0) {
            *out = (enum tw_status)i;
            return true;
        }
    }
    return false;
}

/* Messages are one printable line and at most one line of hint. */
__attribute__((format(printf, 3, 0))) static void
fill(struct tw_error *err, enum tw_status status, const char *format,
     va_list args)
{
    err->status = (int32_t)status;
    (void)vsnprintf(err->message, sizeof err->message, format, args);
}

enum tw_status
tw_fail(struct tw_error *err, enum tw_status status, const char *format, ...)
{
    if (err) {
        va_list args;

        va_start(args, format);
        fill(err, status, format, args);
        va_end(args);
    }
    return status;
}

enum tw_status
tw_fail_errno(struct tw_error *err, enum tw_status status, int saved_errno,
              const char *format, ...)
{
    if (err) {
        va_list args;
        size_t used;

        va_start(args, format);
        fill(err, status, format, args);
        va_end(args);
        used = strlen(err->message);
        (void)snprintf(err->message + used, sizeof err->message - used, ": %s",
                       strerrordesc_np(saved_errno));
    }
    return status;
}

enum tw_status
tw_no_memory(struct tw_error *err)
{
    return tw_fail(err, TW_E_SYSTEM, "out of memory");
}

void
error_hint(struct tw_error *err, const char *hint)
{
    size_t used = strcspn(err->message, "\n");

    (void)snprintf(err->message + used, sizeof err->message - used, "\n%s",
                   hint);
}

enum tw_status
error_copy(struct tw_error *to, const struct tw_error *from)
{
    if (to && to != from)
        *to = *from;
    return (enum tw_status)from->status;
}
