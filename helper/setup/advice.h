/* SPDX-License-Identifier: MIT */
/*
 * advice.h - what is legal in a profile and yet unwise, or known to fail.
 */
#ifndef TW_HELPER_ADVICE_H
#define TW_HELPER_ADVICE_H

#include "helper/base/environment.h"
#include "helper/profile/profile.h"

/* advise: calls @tell for each thing there is to say of @profile and its
 * sources, "FILE:LINE: profile 'NAME': ..." with a hint.  Looks at files'
 * modes, and whether a secret's holds one; asks nobody. */
void advise(const struct profile *profile,
            const struct environment *environment, bool system,
            void (*tell)(void *arg, const struct tw_error *advice), void *arg);

#endif
