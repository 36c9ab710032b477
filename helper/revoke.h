/* SPDX-License-Identifier: MIT */
/*
 * revoke.h - tell the server that a token is not wanted any more (RFC 7009).
 */
#ifndef TW_HELPER_REVOKE_H
#define TW_HELPER_REVOKE_H

#include "helper/exchange.h"

enum revoked_kind { REVOKE_REFRESH_TOKEN = 0, REVOKE_ACCESS_TOKEN };

/* revoke_token: sends @token to the profile's revocation_endpoint, with the
 * client's authentication, and waits for the answer; once more with
 * client_secret_next if the first secret is refused.  A token that is no good
 * any more is no failure, nor is a server that cannot revoke access tokens
 * (unsupported_token_type).  TW_E_RETRY: not now; TW_E_DENIED; TW_E_PROTOCOL;
 * TW_E_CONFIG. */
enum tw_status revoke_token(const struct exchange_context *context,
                            const struct secret *token, enum revoked_kind kind,
                            struct tw_error *err);

#endif
