/* SPDX-License-Identifier: MIT */
/*
 * reply_expiry.h - how long a token lives, in every form that servers say it.
 */
#ifndef TW_HELPER_REPLY_EXPIRY_H
#define TW_HELPER_REPLY_EXPIRY_H

#include "helper/exchange/reply.h"

/* reply_expiry: sets @out->lifetime, whose token is there already, to
 * TIME_MAX_S at most.
 * @asked: UTC seconds before the request was sent; 0: not known, then what is
 * said as a point in time counts as not said.
 *   the member that the profile names, else
 *   expires_in (RFC 6749 5.1), else
 *   exp of a token that is a JWT: unverified, so never for more than that,
 *   else LIFETIME_UNKNOWN.
 * false: what is said is no lifetime, or over. */
bool reply_expiry(const struct reply_rules *rules, const struct json *json,
                  int64_t asked, struct reply *out);

#endif
