/* SPDX-License-Identifier: MIT */
/*
 * jwt_expiry.h - when a token that happens to be a JWT says it ends.
 */
#ifndef TW_HELPER_JWT_EXPIRY_H
#define TW_HELPER_JWT_EXPIRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* jwt_expiry: the exp claim of a signed JWT (RFC 7519 4.1.4), UTC seconds.
 * false: @token is none, or has no exp.  Its signature is not looked at:
 * this is for forgetting a token, never for believing one. */
bool jwt_expiry(const char *token, size_t n, int64_t *out);

#endif
