/* SPDX-License-Identifier: MIT */
/*
 * authorize.h - the authorization endpoint (RFC 6749 3.1), where a person's
 * browser asks for a code and is sent back to the client.
 */
#ifndef TW_SANDBOX_AUTHORIZE_H
#define TW_SANDBOX_AUTHORIZE_H

#include "tests/sandbox/answer.h"
#include "tests/sandbox/misbehave.h"
#include "tests/sandbox/request.h"
#include "tests/sandbox/sandbox.h"

#define AUTHORIZE_PATH "/oauth/v1/authorize"

/* authorize_answer: @request's path ends with AUTHORIZE_PATH. */
void authorize_answer(const struct sandbox *sandbox, struct request *request,
                      const struct misbehaviour *m, struct answer *answer);

#endif
