/* SPDX-License-Identifier: MIT */
/*
 * explain.h - a refusal, told so that its reader can act: what the server
 * said, the profile's line that matters, the likely causes.
 */
#ifndef TW_HELPER_EXPLAIN_H
#define TW_HELPER_EXPLAIN_H

#include "helper/exchange/client_auth.h"
#include "helper/exchange/reply.h"
#include "helper/profile/profile.h"

/* explain_reply: fills in @err for any class but REPLY_TOKEN.  @url: who was
 * asked; another option's than token_endpoint is told as that.  @proof: what
 * the client was proved by, or NULL. */
void explain_reply(const struct profile *profile, const char *url,
                   const struct reply *reply, const struct client_proof *proof,
                   struct tw_error *err);

/* explain_code: what @error, a code of OAuth's, likely comes from. */
const char *explain_code(const char *error);

/* explain_unsent: @err says why a request for a token did not even begin; it
 * then names the profile's line, too. */
void explain_unsent(const struct profile *profile, const char *url,
                    struct tw_error *err);

/* explain_login: the same failure, but it takes a person to mend it. */
void explain_login(const struct profile *profile, bool system,
                   struct tw_error *err);

/* explain_system_option: what stands behind "tokenward login", for a profile
 * of the person's own or of the system's. */
const char *explain_system_option(bool system);

#endif
