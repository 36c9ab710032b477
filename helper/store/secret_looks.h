/* SPDX-License-Identifier: MIT */
/*
 * secret_looks.h - has a secret changed?  Told without reading it.
 */
#ifndef TW_HELPER_SECRET_LOOKS_H
#define TW_HELPER_SECRET_LOOKS_H

#include "helper/profile/profile.h"

#define LOOKS_MAX (1024 * 1024) /* more than may be sent */

/* secret_looks: appends to @out (of at least LOOKS_MAX bytes) what becomes
 * another when a secret does that @source sends beside the client's proof: of
 * its options, params and headers, and its keys and certificates; and when the
 * authorities do that it believes.  No file is read and no command is run;
 * what a command prints looks always the same.  @out may hold secrets then.
 * False: it has no room, or there is no memory.
 */
bool secret_looks(const struct profile *source,
                  const struct secret_context *context, struct secret *out);

#endif
