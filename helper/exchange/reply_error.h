/* SPDX-License-Identifier: MIT */
/*
 * reply_error.h - what an answer that is no token says, and means.
 */
#ifndef TW_HELPER_REPLY_ERROR_H
#define TW_HELPER_REPLY_ERROR_H

#include "helper/exchange/reply.h"

/* reply_error_of_json: fills in class, error and description from the "error"
 * member; false when there is none that is a string with something in it. */
bool reply_error_of_json(const struct json *json,
                         const struct secret *const *scrub, struct reply *out);

/* reply_error_of_text: the same from a body that is no JSON, by a bounded
 * search for a registered code; false when there is none. */
bool reply_error_of_text(const struct secret *body,
                         const struct secret *const *scrub, struct reply *out);

/* reply_error_of_status: what the HTTP status alone says. */
void reply_error_of_status(const struct http_reply *http,
                           const struct secret *const *scrub,
                           struct reply *out);

#endif
