/* SPDX-License-Identifier: MIT */
/*
 * http_trace.h - how far a request came, when, and what was seen on the way.
 */
#ifndef TW_HELPER_HTTP_TRACE_H
#define TW_HELPER_HTTP_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#define TRACE_NAMES_MAX 256

/* What a request that failed was waiting for. */
enum http_phase { PHASE_NAME = 0, PHASE_CONNECT, PHASE_TLS, PHASE_ANSWER };

struct http_trace {
    enum http_phase phase; /* of a request that failed */
    bool by_proxy;         /* a tunnel: the times are the proxy's, too */
    char address[64];      /* that was connected to, or "" */
    /* Since the beginning; 0: it did not come to that. */
    int64_t resolved_us, connected_us, secured_us, answered_us;
    int64_t ended_us; /* whatever the end was */
    /* Of the certificate shown, whether it was believed or not; printable. */
    char names[TRACE_NAMES_MAX], authority[128];
    int64_t not_before, not_after; /* 0: none was shown */
    int64_t date;                  /* the answer's, or 0 */
};

#endif
