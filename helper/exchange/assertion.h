/* SPDX-License-Identifier: MIT */
/*
 * assertion.h - claims signed with a profile's assertion_key (RFC 7523): who
 * the client is, or whatever a provider's module composed.
 */
#ifndef TW_HELPER_ASSERTION_H
#define TW_HELPER_ASSERTION_H

#include "helper/profile/profile.h"

#define ASSERTION_TYPE_JWT \
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* assertion_sign: signs @claims, a JSON object, as jwt_sign() does, with the
 * profile's algorithm, key id and thumbprint.  The key is opened now, and
 * closed before this returns.  @mark (may be NULL): what tells this key from
 * another one, and no secret, is appended to it.
 * TW_E_CONFIG: the profile has no assertion_key, or as key_open(),
 * certificate_read() and jwt_sign(). */
enum tw_status assertion_sign(const struct profile *profile,
                              const struct secret_context *secrets,
                              const char *claims, struct secret *out,
                              struct secret *mark, struct tw_error *err);

/* assertion_claims: who the client is, and for whom (RFC 7523 3): iss, sub
 * and aud.  False: they pass @out's maximum. */
bool assertion_claims(const struct profile *profile, struct secret *out);

#endif
