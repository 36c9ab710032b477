/* SPDX-License-Identifier: MIT */
/*
 * counter.h - what was asked: how often, of which path, and a log.
 *
 * Safe to use from any thread.  A line never holds a query, a header or a
 * body, so it holds no secret.
 */
#ifndef TW_SANDBOX_COUNTER_H
#define TW_SANDBOX_COUNTER_H

#include <stdint.h>

#include "provider/base/error.h"
#include "tests/sandbox/answer.h"
#include "tests/sandbox/request.h"

#define COUNTER_LOG_MAX 8192    /* requests that are remembered */
#define COUNTER_PATHS_MAX 16384 /* paths that are counted apart */
#define COUNTER_LOG_BYTES_MAX (COUNTER_LOG_MAX * 320)

struct counter;

/* counter_new: @file (NULL: none) is appended to, one write(2) for each token
 * request.  TW_E_ACCESS when it cannot be opened. */
enum tw_status counter_new(const char *file, struct counter **out,
                           struct tw_error *err);

/* counter_token_request: one more, before it is answered. */
void counter_token_request(struct counter *counter,
                           const struct request *request);

/* counter_visit: one more of this path; says how many that makes. */
uint64_t counter_visit(struct counter *counter, const char *path);

/* counter_log: how a request ended. */
void counter_log(struct counter *counter, const struct request *request,
                 const struct answer *answer);

uint64_t counter_total(struct counter *counter);
uint64_t counter_visits(struct counter *counter, const char *path);

/* counter_print: the log, oldest line first; false as secret_append. */
bool counter_print(struct counter *counter, struct secret *out);

void counter_free(struct counter *counter);

#endif
