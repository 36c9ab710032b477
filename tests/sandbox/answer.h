/* SPDX-License-Identifier: MIT */
/*
 * answer.h - what goes back, and in what manner.
 */
#ifndef TW_SANDBOX_ANSWER_H
#define TW_SANDBOX_ANSWER_H

#include <stdint.h>

#include "provider/base/secret.h"

#define ANSWER_BODY_MAX ((size_t)72 << 20) /* above `big` and `token-size` */
#define ANSWER_LOCATION_MAX 262144         /* a query, encoded again */
#define ANSWER_HEADERS_MAX 8

enum manner {
    MANNER_WHOLE,
    MANNER_CUT,             /* less than Content-Length promised */
    MANNER_ENDLESS,         /* a body that never ends */
    MANNER_ENDLESS_HEADERS, /* headers that never end */
    MANNER_DRIP,            /* one byte of the body at a time */
    MANNER_HANG,            /* nothing at all */
    MANNER_RESET,           /* a TCP reset */
};

struct header {
    const char *name, *value; /* borrowed */
};

struct answer {
    unsigned status;
    struct header headers[ANSWER_HEADERS_MAX];
    size_t header_count;
    struct secret body;
    struct secret location; /* for a header to borrow */
    enum manner manner;
    int64_t delay_ms; /* before the first byte */
    int64_t drip_ms;  /* between two bytes of MANNER_DRIP */
    size_t cut_at;    /* bytes of body before MANNER_CUT closes */
};

#define ANSWER_INIT                                    \
    ((struct answer){.status = 200,                    \
                     .body = {.max = ANSWER_BODY_MAX}, \
                     .location = {.max = ANSWER_LOCATION_MAX}})

/* answer_header: borrows both; beyond ANSWER_HEADERS_MAX they are dropped. */
void answer_header(struct answer *answer, const char *name, const char *value);

/* answer_text: status, type and a copy of @text. */
void answer_text(struct answer *answer, unsigned status, const char *type,
                 const char *text);

/* answer_pad: white space up to @size bytes of body, if it is shorter. */
void answer_pad(struct answer *answer, int64_t size);

/* answer_error: RFC 6749 5.2, as AstraPay orders the members. */
void answer_error(struct answer *answer, unsigned status, const char *error,
                  const char *description);

void answer_clear(struct answer *answer);

#endif
