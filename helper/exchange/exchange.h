/* SPDX-License-Identifier: MIT */
/*
 * exchange.h - one profile's way from "no token" to a token or a failure:
 * the provider says what to do, the helper does it.
 */
#ifndef TW_HELPER_EXCHANGE_H
#define TW_HELPER_EXCHANGE_H

#include "helper/exchange/keeper.h"
#include "helper/exchange/reply.h"
#include "helper/http/http.h"
#include "helper/person/person.h"
#include "helper/profile/profile.h"
#include "provider/base/clock.h"
#include "provider/base/mark.h"

#define EXCHANGE_STEPS_MAX 64        /* requests and waits of one exchange */
#define EXCHANGE_STEPS_TOLD_MAX 8192 /* while a person takes their time */

struct exchange;

/* What came of it. */
struct outcome {
    struct tw_error err; /* TW_OK: reply holds a token */
    struct reply reply;  /* the last answer */
    struct now asked;    /* before its request was sent */
    bool sent;           /* an endpoint was asked at all */
    const char *watched; /* the file the token was read from, or NULL */
    struct mark watched_mark;
    struct tw_error unkept; /* why the next refresh token is not kept */
    bool by_next;           /* it was client_secret_next that did it */
    struct secret mark;     /* of all secrets that were used last */
};

typedef void exchange_done(void *arg, struct outcome *outcome);

/* exchange_start: begins.  @done is called once, from here or from
 * exchange_turn()'s caller's http_run(); @outcome is cleared after it.
 * Borrowed until then: all but @err.  Reads the secrets now.  Whether somebody
 * has to be there is asked before, by exchange_lacks_person(). */
struct exchange_context {
    struct http *http;
    const struct profile *profile;
    struct secret_context secrets;
    struct keeper *keeper; /* NULL: the provider keeps no refresh token */
    const struct person *person; /* NULL: nobody is there */
    int64_t deadline_ms;         /* monotonic */
};
enum tw_status exchange_start(const struct exchange_context *context,
                              exchange_done *done, void *arg,
                              struct exchange **out, struct tw_error *err);

/* exchange_wake_ms: when exchange_turn() wants to be called; INT64_MAX:
 * never. */
int64_t exchange_wake_ms(const struct exchange *exchange);
/* exchange_is_due: would it do anything by now? */
bool exchange_is_due(const struct exchange *exchange, int64_t now_ms);
/* exchange_error: of the last request, if it has failed and another follows;
 * else TW_OK. */
const struct tw_error *exchange_error(const struct exchange *exchange);
void exchange_turn(struct exchange *exchange, int64_t now_ms);

void exchange_free(struct exchange *exchange);

#endif
