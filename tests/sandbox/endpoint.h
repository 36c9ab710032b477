/* SPDX-License-Identifier: MIT */
/*
 * endpoint.h - the token endpoint, as AstraPay documents its own.
 */
#ifndef TW_SANDBOX_ENDPOINT_H
#define TW_SANDBOX_ENDPOINT_H

#include "tests/sandbox/request.h"
#include "tests/sandbox/sandbox.h"

/* endpoint_answer: a token, or one error.  The body of @request is taken
 * apart in place, and its auth is set. */
void endpoint_answer(const struct sandbox *sandbox, struct request *request,
                     const struct misbehaviour *m, struct answer *answer);

#endif
