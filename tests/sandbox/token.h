/* SPDX-License-Identifier: MIT */
/*
 * token.h - a random token.
 */
#ifndef TW_SANDBOX_TOKEN_H
#define TW_SANDBOX_TOKEN_H

#include "provider/base/secret.h"

#define TOKEN_LEN 43 /* base64url characters: 258 bits */

/* token_append: @n random base64url characters; false as secret_append. */
bool token_append(struct secret *out, size_t n);

#endif
