/* SPDX-License-Identifier: MIT */
/*
 * metrics.c - see metrics.h.  Names of profiles and statuses are all that
 * becomes a label, and neither can hold what would have to be escaped.
 */
#include "helper/serve/metrics.h"

#include <inttypes.h>
#include <stdio.h>

#define SAMPLE_MAX 512

static const int64_t BOUNDS_MS[METRICS_BOUNDS] = {
    5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000};

void
span_count(struct span_counts *counts, int64_t ms)
{
    counts->sum_ms += ms;
    for (size_t i = 0; i < METRICS_BOUNDS; i++) {
        if (ms <= BOUNDS_MS[i]) {
            counts->upto[i]++;
            return;
        }
    }
    counts->above++;
}

bool
metrics_head(struct secret *out, const char *name, const char *type,
             const char *help)
{
    char text[SAMPLE_MAX];
    int n = snprintf(text, sizeof text, "# HELP %s %s\n# TYPE %s %s\n", name,
                     help, name, type);

    return n > 0 && n < SAMPLE_MAX && secret_append(out, text, (size_t)n);
}

bool
metrics_value(struct secret *out, const char *name, struct metrics_label first,
              struct metrics_label second, int64_t value)
{
    char text[SAMPLE_MAX], labels[SAMPLE_MAX / 2] = "";
    int n;

    if (first.name && second.name)
        (void)snprintf(labels, sizeof labels, "{%s=\"%s\",%s=\"%s\"}",
                       first.name, first.value, second.name, second.value);
    else if (first.name)
        (void)snprintf(labels, sizeof labels, "{%s=\"%s\"}", first.name,
                       first.value);
    n = snprintf(text, sizeof text, "%s%s %" PRId64 "\n", name, labels, value);
    return n > 0 && n < SAMPLE_MAX && secret_append(out, text, (size_t)n);
}

bool
metrics_one(struct secret *out, const char *name, const char *type,
            const char *help, int64_t value)
{
    static const struct metrics_label NONE = {NULL, NULL};

    return metrics_head(out, name, type, help) &&
           metrics_value(out, name, NONE, NONE, value);
}

bool
metrics_spans(struct secret *out, const char *name, const char *help,
              const struct span_counts *counts)
{
    char text[SAMPLE_MAX];
    uint64_t count = 0;
    bool good = metrics_head(out, name, "histogram", help);

    for (size_t i = 0; good && i < METRICS_BOUNDS; i++) {
        count += counts->upto[i];
        (void)snprintf(text, sizeof text,
                       "%s_bucket{le=\"%" PRId64 ".%03" PRId64 "\"} %" PRIu64
                       "\n",
                       name, BOUNDS_MS[i] / 1000, BOUNDS_MS[i] % 1000, count);
        good = secret_append_text(out, text);
    }
    count += counts->above;
    (void)snprintf(text, sizeof text,
                   "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum %" PRId64
                   ".%03" PRId64 "\n%s_count %" PRIu64 "\n",
                   name, count, name, counts->sum_ms / 1000,
                   counts->sum_ms % 1000, name, count);
    return good && secret_append_text(out, text);
}
