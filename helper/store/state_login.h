/* SPDX-License-Identifier: MIT */
/*
 * state_login.h - a login that waits for its person holds ".login.NAME" alone:
 * others use the refresh token of the login before it meanwhile.
 *
 * What binds the code behind it:
 *   One login for each profile at a time, in whatever runtime directory.
 *   Whoever logs out removes the file, and with it the login's leave to go on.
 *   It is removed, and asked for by a login, by who holds the refresh token
 *   (state_enter(), state_reserve()): what a login brings is there before a
 *   logout, which finds it, or is not asked for after it.
 */
#ifndef TW_HELPER_STATE_LOGIN_H
#define TW_HELPER_STATE_LOGIN_H

#include "helper/store/state.h"

/* state_login_begin: from now on this process is the one that logs in, until
 * state_login_end().  Where a file system has no locks it is not noted who is:
 * such a login may not use state_rest().  TW_E_RETRY says who is at it;
 * TW_E_ACCESS: the file is not ours. */
enum tw_status state_login_begin(struct state *state, struct tw_error *err);
void state_login_end(struct state *state);

/* state_login_lasts: it was begun, and nobody has logged out since. */
bool state_login_lasts(const struct state *state);

/* state_login_tell: TW_E_RETRY, and who is at it, if another process is. */
enum tw_status state_login_tell(const struct state *state,
                                struct tw_error *err);

/* state_login_break: whoever is at it may not go on.  TW_E_SYSTEM: he may. */
enum tw_status state_login_break(const struct state *state,
                                 struct tw_error *err);

#endif
