/* SPDX-License-Identifier: MIT */
/*
 * client_auth_method.h - one way of client authentication.  Private to
 * client_auth*.c.
 */
#ifndef TW_HELPER_CLIENT_AUTH_METHOD_H
#define TW_HELPER_CLIENT_AUTH_METHOD_H

#include "helper/exchange/client_auth.h"

/* One request's authentication on its way. */
struct client_auth {
    const struct profile *profile;
    const struct secret_context *secrets;
    enum auth_secret which;
    struct secret *form;
    struct client_proof *proof;
    struct tw_error *err;
};

typedef enum tw_status client_auth_method(const struct client_auth *auth);

client_auth_method client_auth_post, client_auth_basic; /* _secret.c */
client_auth_method client_auth_secret_jwt, client_auth_key_jwt,
    client_auth_assertion; /* client_auth_jwt.c */

/* client_auth_read_secret: the client's secret, into the proof. */
client_auth_method client_auth_read_secret;

/* client_auth_id: client_id, and that is all. */
client_auth_method client_auth_id;

/* client_auth_too_long: the result passes a limit. */
enum tw_status client_auth_too_long(const struct client_auth *auth);

#endif
