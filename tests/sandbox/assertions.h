/* SPDX-License-Identifier: MIT */
/*
 * assertions.h - JWTs that clients prove themselves with, or give for a token
 * (RFC 7523 3), and which of them were here before.  Safe to use from any
 * thread.
 */
#ifndef TW_SANDBOX_ASSERTIONS_H
#define TW_SANDBOX_ASSERTIONS_H

#include "provider/base/error.h"
#include "tests/sandbox/client.h"

#define ASSERTION_LIFETIME_MAX_S 300 /* as strict servers have it */
#define ASSERTIONS_REMEMBERED 1024

struct assertions;

enum tw_status assertions_new(struct assertions **out, struct tw_error *err);
void assertions_free(struct assertions *assertions);

/* What a client sent, and whom it must be for: one of the two. */
struct assertion {
    struct span type, jwt, client_id; /* client_id may be absent */
    const char *issuer, *token_url;
    bool is_grant; /* it has no type, and sub may be anybody */
};

/* assertions_check: the client that is its iss, or NULL and what is wrong. The
 * signature must be one of the client's kind: HS256 with its secret, or
 * RS256, PS256, ES256, EdDSA with its key. */
const struct client *assertions_check(struct assertions *assertions,
                                      const struct clients *clients,
                                      const struct assertion *assertion,
                                      const char **why);

#endif
