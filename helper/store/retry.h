/* SPDX-License-Identifier: MIT */
/*
 * retry.h - when to ask an endpoint again.  Pure: notes and now in, notes out.
 */
#ifndef TW_HELPER_RETRY_H
#define TW_HELPER_RETRY_H

#include "provider/base/backoff.h"

#define RETRY_FIRST_S 1
#define RETRY_MAX_S 300    /* of the back-off; Retry-After goes to 1 h */
#define RETRY_DENIED_S 300 /* after a refusal that will be repeated */
#define RETRY_FRESH_S 6    /* between two requests that went well */
/* Who lives longer is wanted for longer than that, see lifetime_wanted(). */
#define RETRY_SHORT_S (4 * RETRY_FRESH_S)
#define RETRY_WATCHED_S 60 /* between two looks at another program's file */
#define RETRY_YOUNG_S 60   /* a token rejected before this age is young */

/* retry_wait: seconds, @first after the first of @failures, twice as many
 * after each more, @max at most; and a jitter that @seed picks and that only
 * ever adds, up to a quarter. */
int64_t retry_wait(int64_t first, int64_t max, int64_t failures,
                   uint32_t seed);

/* retry_after_failure: the next note, from the one before it.  @retry_after:
 * seconds the server asked for, -1: none. */
void retry_after_failure(struct backoff *note, const struct tw_error *failure,
                         int64_t retry_after, struct now now, uint32_t seed);

/* retry_after_none: what failed on this host, before anybody was asked, for
 * those who look at the note: it puts nothing off. */
void retry_after_none(struct backoff *note, const struct tw_error *failure,
                      struct now now);

/* retry_explain: why no request is made before @left seconds are over: the
 * note's failure, or that the last token lived for @lifetime only. */
void retry_explain(const struct backoff *note, const char *profile,
                   int64_t lifetime, int64_t left, struct now now,
                   struct tw_error *err);

/* retry_after_success: failures are forgotten, rejections not yet. */
void retry_after_success(struct backoff *note, struct now now);

/* retry_after_rejection: of a token that was @age seconds old.  The first
 * one costs nothing; young tokens rejected again and again wait longer. */
void retry_after_rejection(struct backoff *note, int64_t age, struct now now,
                           uint32_t seed);

/* retry_refresh_at: 75 % of the lifetime, +-5 % by @seed. */
int64_t retry_refresh_at(int64_t issued_at, int64_t lifetime, uint32_t seed);

#endif
