/* SPDX-License-Identifier: MIT */
/*
 * client_auth.h - the client's authentication, added to any grant's form
 * (RFC 6749 2.3.1).  Never both ways at once.
 */
#ifndef TW_HELPER_CLIENT_AUTH_H
#define TW_HELPER_CLIENT_AUTH_H

#include "helper/profile.h"

#define AUTHORIZATION_MAX 65536 /* bytes of the header line */

/* client_auth_apply: adds client_id and client_secret to @form, or makes the
 * header line @authorization ("Authorization: Basic ...").
 * TW_E_CONFIG when the result passes a limit; TW_E_SYSTEM. */
enum tw_status client_auth_apply(const struct profile *profile,
                                 const struct secret *client_secret,
                                 struct secret *form,
                                 struct secret *authorization,
                                 struct tw_error *err);

#endif
