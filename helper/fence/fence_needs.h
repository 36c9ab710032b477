/* SPDX-License-Identifier: MIT */
/*
 * fence_needs.h - what some profiles need that the fence takes from others.
 */
#ifndef TW_HELPER_FENCE_NEEDS_H
#define TW_HELPER_FENCE_NEEDS_H

#include "helper/base/environment.h"
#include "helper/profile/profile.h"

struct fence_needs {
    bool commands, hooks, state, anywhere, tpm, pkcs11, bearer_file;
};

/* fence_survey: of these; @state: the state directory in any case. */
struct fence_needs fence_survey(const struct profile *const *profiles,
                                size_t count,
                                const struct environment *environment,
                                bool state);

#endif
