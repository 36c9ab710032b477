/* SPDX-License-Identifier: MIT */
/*
 * codes.h - authorization codes (RFC 6749 4.1) on their way to the token
 * endpoint.
 *
 * Safe to use from any thread.
 */
#ifndef TW_SANDBOX_CODES_H
#define TW_SANDBOX_CODES_H

#include <stdint.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"
#include "tests/sandbox/client.h"
#include "tests/sandbox/families.h"

#define CODES_MAX 1024 /* the oldest is forgotten */
#define CODES_LIFE_MS 60000
#define CODES_SCOPE_MAX 1024 /* bytes */
#define CODES_URI_MAX 1024

struct codes;

enum code_worth {
    CODE_GOOD,
    CODE_UNKNOWN,
    CODE_OVER,
    CODE_USED,
    CODE_OTHER_URI,
    CODE_OTHER_VERIFIER
};

/* What a code will be good for. */
struct code_terms {
    const struct client *client;
    struct span redirect_uri; /* shorter than CODES_URI_MAX */
    struct span challenge;    /* well-formed */
    struct span scope;        /* shorter than CODES_SCOPE_MAX */
    int64_t life_ms;
};

/* What comes with a code when it is brought. */
struct code_claim {
    const struct client *client;
    struct span code, redirect_uri, verifier;
};

enum tw_status codes_new(struct codes **out, struct tw_error *err);
void codes_free(struct codes *codes);

/* codes_issue: a new one; false: out of memory. */
bool codes_issue(struct codes *codes, const struct code_terms *terms,
                 struct secret *code);

/* codes_redeem: a good one begins a login, whose scope and first refresh token
 * are given.  It is good once: one that comes again ends the login (RFC 6749
 * 4.1.2). */
enum code_worth codes_redeem(struct codes *codes, struct families *families,
                             const struct code_claim *claim, uint64_t *family,
                             struct secret *scope,
                             struct secret *refresh_token);

#endif
