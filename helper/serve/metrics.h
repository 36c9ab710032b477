/* SPDX-License-Identifier: MIT */
/*
 * metrics.h - counts and spans, and their text as Prometheus reads it
 * (prometheus.io/docs/instrumenting/exposition_formats, 0.0.4).
 */
#ifndef TW_HELPER_METRICS_H
#define TW_HELPER_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define METRICS_STATUSES (TW_E_SYSTEM + 1)
#define METRICS_BOUNDS 12
#define METRICS_TEXT_MAX (4 * 1024 * 1024)

/* How long something took. */
struct span_counts {
    uint64_t upto[METRICS_BOUNDS]; /* each of its own bound, not summed up */
    uint64_t above;
    int64_t sum_ms;
};

void span_count(struct span_counts *counts, int64_t ms);

struct metrics_label {
    const char *name, *value; /* name NULL: there is none */
};

/* Each appends to @out, and returns false when it is full. */

/* metrics_head: of one family: what it counts, and its type. */
bool metrics_head(struct secret *out, const char *name, const char *type,
                  const char *help);

/* metrics_value: one sample with up to two labels. */
bool metrics_value(struct secret *out, const char *name,
                   struct metrics_label first, struct metrics_label second,
                   int64_t value);

/* metrics_one: a family of one sample without labels. */
bool metrics_one(struct secret *out, const char *name, const char *type,
                 const char *help, int64_t value);

/* metrics_spans: a histogram, in seconds. */
bool metrics_spans(struct secret *out, const char *name, const char *help,
                   const struct span_counts *counts);

#endif
