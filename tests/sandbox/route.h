/* SPDX-License-Identifier: MIT */
/*
 * route.h - which path leads where.
 */
#ifndef TW_SANDBOX_ROUTE_H
#define TW_SANDBOX_ROUTE_H

#include "tests/sandbox/request.h"
#include "tests/sandbox/sandbox.h"

/* route_answer: the whole way from a request that was read to its answer.
 * @m is filled in and must outlive @answer, which borrows from it. */
void route_answer(const struct sandbox *sandbox, struct request *request,
                  struct misbehaviour *m, struct answer *answer);

#endif
