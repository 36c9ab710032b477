/* SPDX-License-Identifier: MIT */
/*
 * logins.h - the endpoints around a person's login: where a device asks for
 * one (RFC 8628 3.1), and where its tokens are revoked (RFC 7009) and looked
 * at (RFC 7662).
 */
#ifndef TW_SANDBOX_LOGINS_H
#define TW_SANDBOX_LOGINS_H

#include "tests/sandbox/answer.h"
#include "tests/sandbox/misbehave.h"
#include "tests/sandbox/request.h"
#include "tests/sandbox/sandbox.h"

#define DEVICE_PATH "/oauth/v1/device"
#define REVOKE_PATH "/oauth/v1/revoke"
#define INTROSPECT_PATH "/oauth/v1/introspect"

/* Each answers, whatever was asked. */
typedef void logins_answer(const struct sandbox *sandbox,
                           struct request *request,
                           const struct misbehaviour *m,
                           struct answer *answer);
logins_answer logins_device;
logins_answer logins_revoke;
logins_answer logins_introspect;

/* logins_decide: GET /device/approve/CODE or /device/deny/CODE, where @rest is
 * what stands after "/device". */
void logins_decide(const struct sandbox *sandbox, const char *rest,
                   struct answer *answer);

/* logins_mint: a refresh token of a new login of the client @id. */
void logins_mint(const struct sandbox *sandbox, const char *id,
                 struct answer *answer);

#endif
