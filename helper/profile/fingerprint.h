/* SPDX-License-Identifier: MIT */
/*
 * fingerprint.h - did the profile, or its secret, change?
 */
#ifndef TW_HELPER_FINGERPRINT_H
#define TW_HELPER_FINGERPRINT_H

#include "helper/profile/profile.h"

#define FINGERPRINT_SIZE 65 /* hexadecimal SHA-256 and its NUL */
#define SECRET_TAG_SIZE 33
#define TOKEN_HASH_SIZE 65

/* fingerprint_of: everything that decides what token is bought, but the
 * secret: two profiles that differ in it may not share a token. */
bool fingerprint_of(const struct profile *profile,
                    char out[static FINGERPRINT_SIZE]);

/* fingerprint_of_source: the same, of this source of it alone. */
bool fingerprint_of_source(const struct profile *profile,
                           char out[static FINGERPRINT_SIZE]);

/* fingerprint_of_grant: to whom a refresh token of this profile may be sent,
 * and for what: server, client, provider and its options, but for what only a
 * request says.  How the client proves who it is may change without a new
 * login. */
bool fingerprint_of_grant(const struct profile *profile,
                          char out[static FINGERPRINT_SIZE]);

/* fingerprint_of_server: of whom this source buys its tokens, as the profile
 * has it: what one server issued is not shown to another. */
bool fingerprint_of_server(const struct profile *source,
                           char out[static FINGERPRINT_SIZE]);

/* fingerprint_is_of_server: is it @server, as a record has it? */
bool fingerprint_is_of_server(const struct profile *source,
                              const char *server);

/* secret_tag: half a SHA-256 of @salt and the secret, to notice a new secret
 * after a refusal. */
bool secret_tag(const char *salt, const struct secret *secret,
                char out[static SECRET_TAG_SIZE]);

/* token_hash: SHA-256 of these bytes alone, as sha256sum(1) prints it. */
bool token_hash(const char *token, size_t n, char out[static TOKEN_HASH_SIZE]);

#endif
