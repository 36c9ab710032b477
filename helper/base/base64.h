/* SPDX-License-Identifier: MIT */
/*
 * base64.h - base64 straight into a secret buffer (RFC 4648 4 and 5).
 */
#ifndef TW_HELPER_BASE64_H
#define TW_HELPER_BASE64_H

#include "provider/base/secret.h"

/* base64_encode: appends @n bytes encoded, with padding; false when the
 * buffer's maximum is passed. */
bool base64_encode(struct secret *out, const void *bytes, size_t n);

/* base64url_encode: the same in the alphabet of URLs and without padding, as
 * JOSE wants it (RFC 7515 2). */
bool base64url_encode(struct secret *out, const void *bytes, size_t n);

/* base64url_random: of @n random bytes, at most BASE64_RANDOM_MAX; false also
 * when there are none. */
#define BASE64_RANDOM_MAX 32
bool base64url_random(struct secret *out, size_t n);

/* base64url_sha256: of the digest, as PKCE's S256 wants it (RFC 7636 4.2). */
bool base64url_sha256(struct secret *out, const void *bytes, size_t n);

#endif
