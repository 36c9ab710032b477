/* SPDX-License-Identifier: MIT */
/*
 * reply_answer.h - answers that are no token endpoint's token answer.
 */
#ifndef TW_HELPER_REPLY_ANSWER_H
#define TW_HELPER_REPLY_ANSWER_H

#include "helper/exchange/reply.h"

/* reply_read_answer: as reply_read(), where no token was asked for: a 2xx
 * with a JSON object that is no error, or with nothing at all, is
 * REPLY_ANSWER (RFC 8628 3.2, RFC 7009 2.2). */
void reply_read_answer(const struct http_reply *http,
                       const struct secret *const *scrub, struct reply *out);

/* reply_read_text: what a command printed or a file held.  Text that begins
 * with '{' is read like a token endpoint's answer by @rules, a lifetime from
 * @written (UTC seconds) on and not cut; anything else is the bare token, of a
 * lifetime that is not known, or REPLY_MALFORMED_RESPONSE. */
void reply_read_text(const struct reply_rules *rules, int64_t written,
                     const struct secret *text, struct reply *out);

#endif
