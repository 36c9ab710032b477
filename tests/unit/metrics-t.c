/* SPDX-License-Identifier: MIT */
/*
 * metrics-t.c - a histogram counts each span once, at the first bound that it
 * does not pass, and its text sums them up.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/serve/metrics.h"

Test(metrics, a_span_belongs_to_the_first_bound_that_it_does_not_pass)
{
    static const int64_t SPANS[] = {0, 5, 6, 10, 30000, 30001, 90000};
    struct span_counts counts = {.above = 0};

    for (size_t i = 0; i < sizeof SPANS / sizeof *SPANS; i++)
        span_count(&counts, SPANS[i]);
    cr_expect_eq(counts.upto[0], 2);
    cr_expect_eq(counts.upto[1], 2);
    cr_expect_eq(counts.upto[2], 0);
    cr_expect_eq(counts.upto[METRICS_BOUNDS - 1], 1);
    cr_expect_eq(counts.above, 2);
    cr_expect_eq(counts.sum_ms, 150022);
}

Test(metrics, a_histogram_ends_with_all_of_them)
{
    AUTO_SECRET text = SECRET_INIT(METRICS_TEXT_MAX);
    struct span_counts counts = {.above = 0};

    span_count(&counts, 7);
    span_count(&counts, 31000);
    cr_assert(metrics_spans(&text, "span_seconds", "how long", &counts));
    for (const char *const *line =
             (const char *const[]){"# TYPE span_seconds histogram\n",
                                   "\nspan_seconds_bucket{le=\"0.005\"} 0\n",
                                   "\nspan_seconds_bucket{le=\"0.010\"} 1\n",
                                   "\nspan_seconds_bucket{le=\"30.000\"} 1\n",
                                   "\nspan_seconds_bucket{le=\"+Inf\"} 2\n",
                                   "\nspan_seconds_sum 31.007\n",
                                   "\nspan_seconds_count 2\n", NULL};
         *line; line++)
        cr_expect_not_null(strstr(secret_text(&text), *line), "%s in %s",
                           *line, secret_text(&text));
}

Test(metrics, what_does_not_fit_is_told)
{
    AUTO_SECRET text = SECRET_INIT(300);
    struct span_counts counts = {.above = 0};

    cr_expect(!metrics_spans(&text, "span_seconds", "how long", &counts));
    cr_expect_leq(text.len, 300);
}
