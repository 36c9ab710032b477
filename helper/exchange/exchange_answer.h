/* SPDX-License-Identifier: MIT */
/*
 * exchange_answer.h - what an endpoint answered to one form of an exchange.
 */
#ifndef TW_HELPER_EXCHANGE_ANSWER_H
#define TW_HELPER_EXCHANGE_ANSWER_H

#include "helper/exchange/exchange_form.h"

/* A form that was sent, and how. */
struct exchange_sent {
    const struct exchange_form *form;
    const char *url;
    uint32_t flags; /* TW_POST_... */
    bool is_again;  /* the same was sent before, by another secret */
    const struct tw_error *no_next; /* why it could not be sent by that */
};

/* exchange_answer_read: @http becomes @out's reply, read by the profile's
 * rules.  A next refresh token in it is kept before anything else; how all
 * looked that was sent is noted, behind that of the first time. */
void exchange_answer_read(const struct exchange_context *context,
                          const struct exchange_sent *sent,
                          const struct http_reply *http, struct outcome *out);

/* exchange_answer_explain: why it is no token becomes @out's error; a refresh
 * token that was refused is dropped. */
void exchange_answer_explain(const struct exchange_context *context,
                             const struct exchange_sent *sent,
                             struct outcome *out);

/* exchange_answer_outlast: after the failure @before, nothing else can be sent
 * for the reason in @err, which it returns.  A refusal that takes a person to
 * mend stays what is told, and that is a hint beside it. */
enum tw_status exchange_answer_outlast(const struct tw_error *before,
                                       struct tw_error *err);

/* exchange_answer_refuses: is it an error of RFC 6749 5.2, which a module may
 * know what to do about? */
bool exchange_answer_refuses(const struct reply *reply);

#endif
