/* SPDX-License-Identifier: MIT */
/*
 * extras.h - what the profile adds to one request: its params and headers,
 * with the values as they are now.
 */
#ifndef TW_HELPER_EXTRAS_H
#define TW_HELPER_EXTRAS_H

#include "helper/profile/profile.h"

#define EXTRAS_FIELDS_MAX (PROFILE_PARAMS_MAX + PROFILE_HEADERS_MAX)

struct extras {
    struct secret headers[PROFILE_HEADERS_MAX]; /* whole lines, without CRLF */
    size_t header_count;
    struct secret hidden[EXTRAS_FIELDS_MAX]; /* values that are secrets */
    size_t hidden_count;
};

/* extras_write: appends @profile's params to @form, behind what the provider
 * put there, and fills in @out (cleared first).  TW_E_CONFIG: a parameter
 * that the provider's @action has already, or a value that no header may
 * have; TW_E_ACCESS and TW_E_SYSTEM as of secret_source_read(). */
enum tw_status extras_write(const struct profile *profile,
                            const struct secret_context *secrets,
                            const struct tw_action *action,
                            struct secret *form, struct extras *out,
                            struct tw_error *err);

/* extras_field: appends the value that is sent for the provider's field
 * @name: the profile's grant_type in place of its own, but for refresh_token;
 * scopes separated as the profile has it.  False when @out is full. */
bool extras_field(const struct profile *profile, const char *name,
                  const char *value, struct secret *out);

void extras_clear(struct extras *extras);

#endif
