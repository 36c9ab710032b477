/* SPDX-License-Identifier: MIT */
/*
 * hand.h - the token in hand, and what tells that it is still the one.
 *
 * Not locked: the handle's lock is held around every call.
 */
#ifndef TW_CLIENT_HAND_H
#define TW_CLIENT_HAND_H

#include "provider/base/ask.h"
#include "provider/base/epoch.h"
#include "provider/client/token.h"

struct hand {
    struct tw_token *token; /* NULL: none yet */
    int64_t lifetime;
    int64_t good_until; /* wall seconds, by both clocks when it was read */
    int64_t refresh_at; /* wall seconds: then a refresh is due */
    int64_t looked_at;  /* CLOCK_MONOTONIC_COARSE seconds */
    int64_t apart;      /* wall minus monotonic at that moment */
    uint64_t seen;      /* the epochs before the record was read */
    bool system;        /* it is the system's */
    struct epoch user_epoch, system_epoch;
};

/* hand_take: the token, held once more for the caller, if it is good for
 * @min_valid seconds and certainly still the one; else NULL. No system call.
 */
struct tw_token *hand_take(const struct hand *hand, int64_t min_valid);

/* hand_keep: the same for who cannot look at the record: the token if it lives
 * and nothing says that there is another, else NULL.  No system call. */
struct tw_token *hand_keep(const struct hand *hand);

/* hand_put: the answer's token, of which it takes the text over, held once by
 * the hand and once for the caller.  @seen: hand_epochs() before the record
 * was read.  @before: the token that was in hand, for the caller to free.
 * NULL: no memory, nothing changed. */
struct tw_token *hand_put(struct hand *hand, struct answer *answer,
                          uint64_t seen, struct tw_token **before);

/* hand_epochs: how often anything was published, as far as it is mapped. */
uint64_t hand_epochs(const struct hand *hand);

/* hand_drop: the token in hand if it is @token, for the caller to free, and no
 * longer in hand; else NULL. */
struct tw_token *hand_drop(struct hand *hand, const struct tw_token *token);

void hand_clear(struct hand *hand);

#endif
