/* SPDX-License-Identifier: MIT */
/*
 * log.h - what the resident helper tells: one line of key=value for each
 * event, or one entry of the journal with fields.
 *
 *   level=error event=fetch profile=pay status=denied message="..." hint="..."
 */
#ifndef TW_HELPER_LOG_H
#define TW_HELPER_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "helper/base/environment.h"
#include "provider/base/error.h"

/* As syslog(3) numbers them. */
enum log_level {
    LOG_ERROR = 3,
    LOG_WARN = 4,
    LOG_NOTE = 5,
    LOG_DETAIL = 6,
};

#define LOG_LINE_MAX 4096 /* bytes; a pipe takes so many at once, or none */

struct log {
    enum log_level level;  /* nothing of less weight is told */
    bool is_journal;       /* where standard error leads */
    int journal;           /* its socket, or -1 */
    _Atomic uint64_t lost; /* that nobody took */
};

/* A NULL value is left out. */
struct log_field {
    const char *key; /* lower case */
    const char *value;
};

void log_open(const struct environment *environment, enum log_level level,
              struct log *out);

/* log_level_of: "error", "warning", "notice" or "info". */
bool log_level_of(const char *name, enum log_level *out);

/* log_say: @fields end with a NULL key.  Anything in a value that is not
 * printable ASCII becomes '?'.  Nobody is waited for: what is not taken is
 * lost, and counted. */
void log_say(struct log *log, enum log_level level, const char *event,
             const struct log_field *fields);

/* log_failure: @err with its status, message and hint; of @profile, or NULL.
 * What passes by itself is a warning, the rest an error. */
void log_failure(struct log *log, const char *event, const char *profile,
                 const struct tw_error *err);

/* log_repeated: the same, and that it came @untold more times. */
void log_repeated(struct log *log, const char *event, const char *profile,
                  unsigned untold, const struct tw_error *err);

void log_close(struct log *log);

#endif
