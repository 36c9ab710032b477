/* SPDX-License-Identifier: MIT */
/*
 * token.h - libtokenward's own view of a token: a record's text, counted.
 */
#ifndef TW_CLIENT_TOKEN_H
#define TW_CLIENT_TOKEN_H

#include <stdatomic.h>

#include "provider/base/record.h"

/* On a definition: one of the functions that tokenward.h promises. */
#define EXPORTED __attribute__((visibility("default")))

struct tw_token {
    atomic_long holders;
    int64_t generation;
    int64_t expires_at;
    const char *value, *type, *scope; /* in text */
    struct secret text;
};

/* token_take: the record's token, held once; takes the record's text over, so
 * that nothing is copied, and leaves its numbers.  NULL: no memory. */
struct tw_token *token_take(struct record *record);

#endif
