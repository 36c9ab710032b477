/* SPDX-License-Identifier: MIT */
/*
 * revoke.h - tell the server that a token is not wanted any more (RFC 7009).
 */
#ifndef TW_HELPER_REVOKE_H
#define TW_HELPER_REVOKE_H

#include "helper/exchange/exchange.h"

enum revoked_kind { REVOKE_REFRESH_TOKEN = 0, REVOKE_ACCESS_TOKEN };

struct revocation;

/* @result: what came of it.  The revocation may be freed from here. */
typedef void revoke_done(void *arg, const struct tw_error *result);

/* revoke_start: sends @token to the profile's revocation_endpoint, with the
 * client's authentication; once more with client_secret_next if the first
 * secret is refused.  @done is called once, by the engine; a token that is no
 * good any more is no failure, nor is a server that cannot revoke access
 * tokens (unsupported_token_type): else TW_E_RETRY, not now; TW_E_DENIED;
 * TW_E_PROTOCOL; TW_E_CONFIG.  Borrowed until then: all that @context points
 * to, and @token.
 * Fails, and calls nobody, as secret_source_read() and http_post() do. */
enum tw_status revoke_start(const struct exchange_context *context,
                            const struct secret *token, enum revoked_kind kind,
                            revoke_done *done, void *arg,
                            struct revocation **out, struct tw_error *err);

/* revoke_free: not while the engine is at it. */
void revoke_free(struct revocation *revocation);

/* revoke_token: the same, and waits until the context's deadline. */
enum tw_status revoke_token(const struct exchange_context *context,
                            const struct secret *token, enum revoked_kind kind,
                            struct tw_error *err);

#endif
