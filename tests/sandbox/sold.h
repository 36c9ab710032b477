/* SPDX-License-Identifier: MIT */
/*
 * sold.h - the access tokens that were sold last: who brings one to be
 * exchanged must have bought it here.  Safe to use from any thread.
 */
#ifndef TW_SANDBOX_SOLD_H
#define TW_SANDBOX_SOLD_H

#include "provider/base/error.h"
#include "tests/sandbox/span.h"

#define SOLD_MAX 8192     /* tokens; the oldest is forgotten */
#define SOLD_TOKEN_MAX 64 /* bytes of one; longer ones are not kept */

struct sold;

enum tw_status sold_new(struct sold **out, struct tw_error *err);
void sold_free(struct sold *sold);

void sold_add(struct sold *sold, struct span token);
bool sold_has(struct sold *sold, struct span token);

#endif
