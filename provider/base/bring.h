/* SPDX-License-Identifier: MIT */
/*
 * bring.h - has a token brought, or dropped: by the resident helper if it is
 * there, else by a helper that is started for it.  Whoever it is that brings
 * it, and however many: they are waited for until the monotonic @until_ms.
 */
#ifndef TW_BASE_BRING_H
#define TW_BASE_BRING_H

#include "provider/base/runtime.h"

/* bring_token: a good one of the caller's own @profile. */
enum tw_status bring_token(const struct runtime *runtime, const char *profile,
                           int64_t min_valid, int64_t until_ms,
                           struct tw_error *err);

/* bring_ahead: the same, and nobody waits for it. */
void bring_ahead(const struct runtime *runtime, const char *profile);

/* bring_system_token: of the system's @profile.  TW_E_NOT_FOUND when the
 * system's resident helper is not there, or knows no such profile. */
enum tw_status bring_system_token(const struct runtime *runtime,
                                  const char *profile, int64_t min_valid,
                                  int64_t until_ms, struct tw_error *err);

/* bring_system_call: rings the system's resident helper, as doorbell_call()
 * does: to hear at, or -1. */
int bring_system_call(const struct runtime *runtime, const char *command,
                      const char *profile);

/* bring_rejection: drops @generation, of the caller's own or the @system's
 * @profile, where the caller must be one of its readers. */
enum tw_status bring_rejection(const struct runtime *runtime, bool system,
                               const char *profile, int64_t generation,
                               int64_t until_ms, struct tw_error *err);

#endif
