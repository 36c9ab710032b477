/* SPDX-License-Identifier: MIT */
/*
 * misbehave.h - what an authorization server may do to its clients.
 *
 * A list of "name" and "name=value", separated by commas; a value is
 * percent-decoded, so a comma is %2C, a slash %2F.  The list comes from
 * --misbehave and from the path: /m/LIST/oauth/v1/token.
 */
#ifndef TW_SANDBOX_MISBEHAVE_H
#define TW_SANDBOX_MISBEHAVE_H

#include <stdint.h>
#include <stdio.h>

#include "provider/base/error.h"
#include "tests/sandbox/answer.h"
#include "tests/sandbox/span.h"

struct misbehaviour {
    char *text; /* what the spans point into; NULL when they are borrowed */

    /* Numbers: -1 when not asked for. */
    int64_t big, code_life, cut, delay, drip, fail, grace, redirect, status,
        token_size;

    /* Texts: absent when not asked for; a NUL follows their last byte. */
    struct span auth, authorize, body, code, content_type, description, device,
        error, expires_in, endpoint, extra, grant, interval, iss, issuer, lack,
        location, query, refresh_token, retry_after, scope, state, tag, token,
        type, user_code, verification_uri, want, want_header;

    bool endless, endless_headers, form_reply, hang, html, no_iss, no_methods,
        no_rotation, no_scope, oidc, reset, same_token;
};

#define AUTO_MISBEHAVIOUR AUTO(misbehave_clear) struct misbehaviour

void misbehave_init(struct misbehaviour *m);

/* misbehave_on_top: @m asks for what @below does and for nothing else yet; it
 * borrows the texts of @below. */
void misbehave_on_top(struct misbehaviour *m,
                      const struct misbehaviour *below);

/* misbehave_add: once for each @m.  TW_E_USAGE names what it cannot read. */
enum tw_status misbehave_add(struct misbehaviour *m, struct span list,
                             struct tw_error *err);

/* misbehave_settle: `fail` decided for the @nth request (from 1) to a path:
 * either the faults are still in force, or they are over. */
void misbehave_settle(struct misbehaviour *m, uint64_t nth);

/* misbehave_force: true if the answer is a fault, whatever was asked. */
bool misbehave_force(const struct misbehaviour *m, struct answer *answer);

/* misbehave_deliver: when and in what manner the answer goes out. */
void misbehave_deliver(const struct misbehaviour *m, struct answer *answer);

/* misbehave_help: the table of names, one line each. */
void misbehave_help(FILE *out);

void misbehave_clear(struct misbehaviour *m);

#endif
