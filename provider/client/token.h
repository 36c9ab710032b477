/* SPDX-License-Identifier: MIT */
/*
 * token.h - libtokenward's own view of a token: one allocation, counted.
 */
#ifndef TW_CLIENT_TOKEN_H
#define TW_CLIENT_TOKEN_H

#include <stdatomic.h>

#include "provider/base/record.h"

/* On a definition: one of the functions that tokenward.h promises. */
#define EXPORTED __attribute__((visibility("default")))

struct tw_token {
    atomic_long holders;
    size_t size; /* of this allocation */
    int64_t generation;
    int64_t expires_at;
    const char *value, *type, *scope; /* in texts */
    char texts[];
};

/* token_new: a copy of the record's token, held once; NULL: no memory. */
struct tw_token *token_new(const struct record *record);

#endif
