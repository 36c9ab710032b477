/* SPDX-License-Identifier: MIT */
/*
 * purchase.h - a form that a client posts, and the checks that each of the
 * endpoints begins with.
 */
#ifndef TW_SANDBOX_PURCHASE_H
#define TW_SANDBOX_PURCHASE_H

#include "tests/sandbox/answer.h"
#include "tests/sandbox/credentials.h"
#include "tests/sandbox/misbehave.h"
#include "tests/sandbox/request.h"
#include "tests/sandbox/sandbox.h"

struct purchase {
    const struct sandbox *sandbox;
    struct request *request;
    const struct misbehaviour *misbehaviour;
    /* The rest is filled in by purchase_serve(). */
    bool is_form; /* the body could be taken apart */
    struct form form;
    struct credentials credentials;
    const struct client *client; /* by purchase_check_client */
};

/* A check answers and says false when something is wrong. */
typedef bool purchase_check(struct purchase *purchase, struct answer *answer);

purchase_check purchase_check_method;
purchase_check purchase_check_size;
purchase_check purchase_check_type;
purchase_check purchase_check_form; /* nothing that counts comes twice */
purchase_check purchase_check_one_authentication;
purchase_check purchase_check_client;
purchase_check purchase_check_granted; /* each word of scope, if any */

/* purchase_serve: unless the misbehaviour answers already, the NULL-ended
 * @checks one after the other; when all is well, @deal answers. */
void purchase_serve(const struct purchase *purchase,
                    purchase_check *const checks[],
                    void (*deal)(struct purchase *, struct answer *),
                    struct answer *answer);

#endif
