/* SPDX-License-Identifier: MIT */
/*
 * refusal.h - a refusal holds for what was refused: not for another secret.
 */
#ifndef TW_HELPER_REFUSAL_H
#define TW_HELPER_REFUSAL_H

#include "helper/profile/profile.h"
#include "provider/base/backoff.h"

/* refusal_is_over: does @note tell of a refusal, and would something else be
 * sent now: signed by another key, or with another secret?  The secrets are
 * read for that; one that cannot be read is something else. */
bool refusal_is_over(const struct backoff *note, const struct profile *profile,
                     const struct secret_context *secrets);

#endif
