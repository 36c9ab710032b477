/* SPDX-License-Identifier: MIT */
/*
 * raw.h - bytes to a client past libmicrohttpd, while that leaves the
 * connection alone: for answers that it is too well-behaved to give.
 */
#ifndef TW_SANDBOX_RAW_H
#define TW_SANDBOX_RAW_H

#include "tests/sandbox/answer.h"

struct raw {
    int fd;             /* borrowed, non-blocking */
    void *tls;          /* gnutls_session_t; NULL: plain HTTP */
    struct secret text; /* head and body, or head and one header line */
    size_t head, sent;
    bool endless;    /* what follows the head is sent again and again */
    int64_t drip_ms; /* else: one byte of it each time */
};

void raw_init(struct raw *raw);

/* raw_prepare: @answer as MANNER_DRIP or MANNER_ENDLESS_HEADERS. */
void raw_prepare(struct raw *raw, int fd, void *tls,
                 const struct answer *answer);

/* raw_step: never blocks; in how many ms it wants to go on, or -1: over. */
int64_t raw_step(struct raw *raw);

/* raw_reset: a TCP reset, now. */
void raw_reset(int fd);

void raw_clear(struct raw *raw);

#endif
