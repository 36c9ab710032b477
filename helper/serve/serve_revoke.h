/* SPDX-License-Identifier: MIT */
/*
 * serve_revoke.h - what the resident helper has revoked, behind a logout that
 * waits for none of it.
 */
#ifndef TW_HELPER_SERVE_REVOKE_H
#define TW_HELPER_SERVE_REVOKE_H

#include <stdbool.h>
#include <stddef.h>

struct job;
struct serve;
struct ward;
struct withdrawal;

#define REVOKES_LANE_MAX 4    /* requests at once, of one lane, ... */
#define REVOKES_ACTIVE_MAX 16 /* and of all */
#define REVOKES_MAX 1024      /* in line behind them */

struct withdrawals {
    struct withdrawal *first, *last;
    size_t count, active;
};

/* serve_revoke: the token that is kept for @ward is to be revoked, if its
 * profile has revoke_on_logout; it may be removed at once.  What does not go
 * well is logged. */
void serve_revoke(struct serve *serve, const struct ward *ward);

/* serve_revoke_unkept: the same of the token that @job of @ward has brought
 * and could not publish. */
void serve_revoke_unkept(struct serve *serve, const struct ward *ward,
                         const struct job *job);

/* serve_revoke_turn: frees what is done, asks for what is next. */
void serve_revoke_turn(struct serve *serve);

/* serve_revoke_clear: once the engine is gone; what is left is logged. */
void serve_revoke_clear(struct serve *serve);

#endif
