/* SPDX-License-Identifier: MIT */
/*
 * jwt_signature.h - the signature algorithms of RFC 7518 and RFC 8037 that
 * authorization servers are known to take.
 */
#ifndef TW_HELPER_JWT_SIGNATURE_H
#define TW_HELPER_JWT_SIGNATURE_H

#include "helper/keys/key.h"

#define JWT_SIGNATURE_MAX 2048 /* bytes: RSA with 16384 bits */
#define JWT_SECRET_MIN 32      /* bytes, of HS256 (RFC 7518 3.2) */
#define JWT_RSA_MIN 2048       /* bits (RFC 7518 3.3) */

enum jwt_algorithm {
    JWT_DEFAULT = 0, /* the key's kind says which */
    JWT_EDDSA,
    JWT_ES256,
    JWT_HS256,
    JWT_PS256,
    JWT_RS256,
};

/* jwt_algorithm_name: "RS256"; "" for the default. */
const char *jwt_algorithm_name(enum jwt_algorithm algorithm);

/* jwt_algorithm_choose: puts the key's own in the place of JWT_DEFAULT (RSA:
 * RS256), and checks that @key fits.  TW_E_CONFIG names the key, and what
 * would fit. */
enum tw_status jwt_algorithm_choose(const struct key *key,
                                    enum jwt_algorithm *algorithm,
                                    struct tw_error *err);

/* jwt_signature_make: of @text, as JWS wants its bytes.  @secret is HS256's,
 * @key all the others', which fit as above.  TW_E_CONFIG: the secret is too
 * short; TW_E_SYSTEM: the library or the token did not sign. */
enum tw_status jwt_signature_make(enum jwt_algorithm algorithm,
                                  const struct key *key,
                                  const struct secret *secret,
                                  const struct secret *text,
                                  struct secret *out, struct tw_error *err);

#endif
