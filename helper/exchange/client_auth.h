/* SPDX-License-Identifier: MIT */
/*
 * client_auth.h - the client's authentication, added to any grant's form: one
 * row for each token_endpoint_auth_method (RFC 7591 2, RFC 8705 2).
 */
#ifndef TW_HELPER_CLIENT_AUTH_H
#define TW_HELPER_CLIENT_AUTH_H

#include "helper/http/identity.h"
#include "helper/profile/profile.h"

#define AUTHORIZATION_MAX 65536 /* bytes of the header line */
#define PROOF_MARK_MAX 65536

/* What a method wants of the profile. */
enum auth_need {
    AUTH_NEEDS_SECRET = 1,
    AUTH_NEEDS_KEY = 2,         /* assertion_key */
    AUTH_NEEDS_ASSERTION = 4,   /* client_assertion */
    AUTH_NEEDS_CERTIFICATE = 8, /* client_certificate and its key */
};

/* What one request is sent with besides its form. */
struct client_proof {
    struct secret authorization; /* a header line ("Authorization: ..."), or
                                    empty */
    struct secret sent; /* the secret or assertion: must not come back */
    bool has_blank;     /* a secret begins or ends with one */
    bool is_once;       /* an assertion is good for one use (RFC 7523 3) */
    struct identity identity; /* for the handshake; has_identity: it is one */
    bool has_identity;
    struct secret mark; /* what changes when the client's secret or key does */
};

/* client_auth_name: of token_endpoint_auth_method; NULL for none such, so
 * that 0, 1, ... lists them all. */
const char *client_auth_name(size_t method);
unsigned client_auth_needs(enum auth_method method); /* of AUTH_NEEDS_... */

/* client_auth_hint: what to look at when the server knows no such client. */
const char *client_auth_hint(const struct profile *profile);

/* client_auth_describe: where what proves the client comes from, "the secret
 * came from file /x". */
void client_auth_describe(const struct profile *profile, char *out,
                          size_t size);

void client_proof_init(struct client_proof *proof);

/* Which of a profile's secrets, while they are changed. */
enum auth_secret { AUTH_SECRET = 0, AUTH_SECRET_NEXT };

/* client_auth_apply: adds what the profile's method sends to @form and fills
 * in @proof.  Secrets and keys are read now and kept nowhere else.  A profile
 * without client_id sends nothing, but may show a certificate.
 * TW_E_CONFIG when the result passes a limit; else as secret_source_read()
 * and assertion_sign(). */
enum tw_status client_auth_apply(const struct profile *profile,
                                 const struct secret_context *secrets,
                                 enum auth_secret which, struct secret *form,
                                 struct client_proof *proof,
                                 struct tw_error *err);

void client_proof_clear(struct client_proof *proof);

#define AUTO_CLIENT_PROOF AUTO(client_proof_clear) struct client_proof

#endif
