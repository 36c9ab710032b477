/* SPDX-License-Identifier: MIT */
/*
 * challenge.h - who asked for a code is who brings it (RFC 7636, S256 alone).
 */
#ifndef TW_SANDBOX_CHALLENGE_H
#define TW_SANDBOX_CHALLENGE_H

#include "tests/sandbox/span.h"

#define CHALLENGE_LEN 43 /* a SHA-256 in base64url */

bool challenge_is_well_formed(struct span challenge);

/* challenge_is_met: @challenge was made of @verifier. */
bool challenge_is_met(struct span challenge, struct span verifier);

#endif
