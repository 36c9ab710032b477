/* SPDX-License-Identifier: MIT */
/*
 * scrub.h - foreign text without our secrets in it.
 */
#ifndef TW_HELPER_SCRUB_H
#define TW_HELPER_SCRUB_H

#include "provider/base/secret.h"
#include "provider/base/text.h"

#define SCRUB_MIN 4 /* shorter secrets are in any text */

/* scrub_show: @text as text_printable() shows it, but with "***" for every
 * secret of the NULL-ended @secrets (or NULL): as it is, form-encoded, escaped
 * by backslashes or for HTML, or inside base64 (an echoed Authorization). */
void scrub_show(struct shown *out, const char *text, size_t n,
                const struct secret *const *secrets);

#endif
