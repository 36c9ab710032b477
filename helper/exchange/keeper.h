/* SPDX-License-Identifier: MIT */
/*
 * keeper.h - the refresh token of one profile during one exchange: known
 * here, named by modules, never shown to them.
 */
#ifndef TW_HELPER_KEEPER_H
#define TW_HELPER_KEEPER_H

#include "helper/store/state_login.h"
#include "helper/text/json.h"

struct keeper {
    struct state state;
    struct secret token; /* empty: none is kept */
    bool is_anew;        /* a person logs in; what lies there is not used */
    bool is_awaited;     /* an answer that may bring the next one is */
    char fingerprint[FINGERPRINT_SIZE];
};

#define KEEPER_INIT \
    ((struct keeper){.state = STATE_INIT, .token = {.max = TOKEN_MAX}})
#define AUTO_KEEPER AUTO(keeper_close) struct keeper

/* keeper_open: takes hold of @profile's refresh token, and reads it if there
 * is one.  The profile's lock is held.  Fails as state_enter() does. */
enum tw_status keeper_open(const struct profile *profile, bool system,
                           struct keeper *out, struct tw_error *err);
void keeper_close(struct keeper *keeper);

/* keeper_await: of an opening that ended with @status: whether to try again,
 * after a moment, since another process is at it and it is not yet the
 * monotonic time @deadline_ms. */
bool keeper_await(enum tw_status status, int64_t deadline_ms);

/* keeper_look: whether one is kept that may be sent, for who only tells of it:
 * nothing is held or made.  TW_E_NOT_FOUND: none; TW_E_ACCESS, TW_E_SYSTEM. */
enum tw_status keeper_look(const struct profile *profile, bool system,
                           struct tw_error *err);

/* keeper_has_first: does the profile name one to begin with? */
bool keeper_has_first(const struct profile *profile);

/* keeper_forget: the token stays where it is kept, but is not used: a person
 * logs in anew, and it goes when that has brought a token. */
void keeper_forget(struct keeper *keeper);

/* keeper_begin_login: as state_login_begin().  keeper_look_login: whether
 * another process has, for who has opened no keeper: fails as
 * state_login_tell(). */
enum tw_status keeper_begin_login(struct keeper *keeper, struct tw_error *err);
enum tw_status keeper_look_login(const struct profile *profile, bool system,
                                 struct tw_error *err);

/* keeper_rest: others may use the token that is kept, until keeper_resume();
 * if keeper_may_rest(): a login was begun, and has brought nothing yet. */
bool keeper_may_rest(const struct keeper *keeper);
void keeper_rest(struct keeper *keeper);

/* keeper_resume: TW_E_RETRY: another process is at it; TW_E_INTERACT: as
 * keeper_check_login(); else fails as state_reserve(). */
enum tw_status keeper_resume(struct keeper *keeper, struct tw_error *err);

/* keeper_check_login: TW_E_INTERACT: somebody has logged out since. */
enum tw_status keeper_check_login(const struct keeper *keeper,
                                  struct tw_error *err);

/* keeper_reserve: before a request that may bring the next one, as
 * state_reserve().  What would end this process waits (signals.h) until
 * keeper_answered(): all that there was in the answer is kept, or will not
 * come. */
enum tw_status keeper_reserve(struct keeper *keeper, struct tw_error *err);
void keeper_answered(struct keeper *keeper);

/* keeper_store: the refresh token of a token's answer, if it has one that is
 * not empty, and not the one that is kept already; of a login that brings
 * none the given one, if one was.  If that is none, or it cannot be kept, none
 * is kept then, since the one before may be somebody else's.  As
 * state_store(): who tells others of what came with it calls keeper_settle()
 * before. */
enum tw_status keeper_store(struct keeper *keeper, const struct json *answer,
                            struct tw_error *err);

/* keeper_rescue: the same of an answer to a refresh that is refused, if it can
 * be kept; but a login's leaves the one before it. */
void keeper_rescue(struct keeper *keeper, const struct json *answer);

bool keeper_is_settled(const struct keeper *keeper);
enum tw_status keeper_settle(struct keeper *keeper, struct tw_error *err);

/* keeper_give: after keeper_forget(), the person has this one from elsewhere.
 * It is used, and kept once it has brought a token. TW_E_SYSTEM. */
enum tw_status keeper_give(struct keeper *keeper, const struct secret *token,
                           struct tw_error *err);

/* keeper_drop: the server does not take it any more; what lies there stays, if
 * it is not that. */
void keeper_drop(struct keeper *keeper);

#endif
