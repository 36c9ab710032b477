/* SPDX-License-Identifier: MIT */
/*
 * jwt.h - claims come in, a signed compact JWT goes out (RFC 7515, RFC 7519).
 */
#ifndef TW_HELPER_JWT_H
#define TW_HELPER_JWT_H

#include <stdint.h>

#include "helper/keys/jwt_signature.h"

#define JWT_LIFETIME_S 60 /* what an assertion needs: to arrive */
#define JWT_LIFETIME_MAX_S 3600
#define JWT_MAX 32768 /* bytes of the whole */

/* Who signs, and what the header says of it. */
struct jwt_signer {
    enum jwt_algorithm algorithm; /* by the key's kind when it is DEFAULT */
    const struct key *key;        /* NULL for HS256 */
    const struct secret *secret;  /* for HS256 */
    const char *kid;              /* or NULL */
    const char *thumbprint;       /* "x5t#S256", or NULL */
};

/* jwt_sign: signs @claims, the text of a JSON object, to which iat, exp
 * (@lifetime seconds after @now) and jti (128 random bits) are added where it
 * has none of its own.  @out's maximum is a limit, too.
 * TW_E_CONFIG: key and algorithm do not fit; TW_E_MODULE: @claims is no JSON
 * object, or too large; TW_E_SYSTEM. */
enum tw_status jwt_sign(const struct jwt_signer *signer, const char *claims,
                        int64_t now, int64_t lifetime, struct secret *out,
                        struct tw_error *err);

#endif
