/* SPDX-License-Identifier: MIT */
/*
 * progress.h - a bar on a terminal, for work that a person waits for.
 */
#ifndef TW_HELPER_PROGRESS_H
#define TW_HELPER_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "helper/base/environment.h"

#define PROGRESS_TICK_MS 100

struct progress {
    bool terminal; /* else nothing is ever drawn */
    bool drawn;
    unsigned columns;
    int64_t next_ms; /* monotonic: when it is drawn again */
};

/* progress_begin: of standard error, as it is now. */
void progress_begin(const struct environment *environment,
                    struct progress *out);

/* progress_show: draws it when a second has passed since progress_begin(),
 * and then at most every PROGRESS_TICK_MS. */
void progress_show(struct progress *progress, size_t done, size_t total,
                   int64_t now_ms);

/* progress_end: leaves the line as it was before. */
void progress_end(struct progress *progress);

#endif
