/* SPDX-License-Identifier: MIT */
/*
 * error.h - a failure is one line: return tw_fail(err, TW_E_RETRY, "...",
 * ...).
 *
 * A message names file, line, key, host or errno where that is known, and
 * says what to do.  It never holds a value of the user's or a secret; text
 * from a server goes through text_printable() first.  Upper layers hand it on
 * unchanged.  After one '\n' a message may hold a hint.
 */
#ifndef TW_BASE_ERROR_H
#define TW_BASE_ERROR_H

#include <errno.h>
#include <stdbool.h>

#include "provider/tokenward.h"

/* tw_fail: fills in @err (may be NULL) and returns @status. */
enum tw_status tw_fail(struct tw_error *err, enum tw_status status,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* tw_fail_errno: the same, with ": strerror(saved_errno)" at its end. */
enum tw_status tw_fail_errno(struct tw_error *err, enum tw_status status,
                             int saved_errno, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* tw_no_memory: the one message of its kind. */
enum tw_status tw_no_memory(struct tw_error *err);

/* TW_FAIL_ROOM: tw_no_memory() if errno says so, else tw_fail(): for what
 * ended because of a size, or of memory. */
#define TW_FAIL_ROOM(err, status, ...)     \
    (errno == ENOMEM ? tw_no_memory((err)) \
                     : tw_fail((err), (status), __VA_ARGS__))

/* error_hint: @hint instead of the hint that the message has, if any. */
void error_hint(struct tw_error *err, const char *hint);

/* error_copy: hands @from's failure to @to (may be NULL); returns its status.
 */
enum tw_status error_copy(struct tw_error *to, const struct tw_error *from);

/* status_is_refusal: would the endpoint say it again, until somebody changes
 * something? */
bool status_is_refusal(enum tw_status status);

int status_exit_code(int status); /* sysexits(3) */
bool status_from_name(const char *name,
                      enum tw_status *out); /* "retry" → TW_E_RETRY */

#endif
