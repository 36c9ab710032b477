/* SPDX-License-Identifier: MIT */
/*
 * authorization.h - one authorization request (RFC 6749 4.1.1) and its
 * response: state, PKCE (RFC 7636) and who answered (RFC 9207).
 */
#ifndef TW_HELPER_AUTHORIZATION_H
#define TW_HELPER_AUTHORIZATION_H

#include "helper/exchange/exchange.h"
#include "helper/person/redirect.h"

#define AUTHORIZATION_URL_MAX 8192 /* bytes of what a browser is sent to */
#define AUTHORIZATION_S 900        /* for a person to log in */

struct authorization;

/* authorization_begin: checks what the module wants, shows the person where to
 * log in, and has their browser waited for.  TW_E_INTERACT: nobody is there;
 * TW_E_MODULE, TW_E_CONFIG, TW_E_PROTOCOL: it cannot be asked so. */
enum tw_status authorization_begin(const struct exchange_context *context,
                                   const struct tw_action *action,
                                   struct authorization **out,
                                   struct tw_error *err);

/* authorization_is_answered: would authorization_turn() say so? */
bool authorization_is_answered(const struct authorization *authorization);

/* authorization_turn: has the browser come back?  Then it is over: TW_OK in
 * @err, or why there is no code (TW_E_DENIED, TW_E_CONFIG, TW_E_RETRY,
 * TW_E_PROTOCOL). */
bool authorization_turn(struct authorization *authorization,
                        struct tw_error *err);

/* authorization_field: "code", "redirect_uri" or "code_verifier", borrowed;
 * NULL: no such, or no code has come. */
const struct secret *
authorization_field(const struct authorization *authorization,
                    const char *name);

void authorization_free(struct authorization *authorization);

#endif
