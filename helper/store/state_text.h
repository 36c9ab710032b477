/* SPDX-License-Identifier: MIT */
/*
 * state_text.h - what stands in the file of a kept refresh token.
 *
 * "refresh_token" is the last line, and a file without the LF that ends it is
 * none: so a part of one is never taken for a whole one.
 */
#ifndef TW_HELPER_STATE_TEXT_H
#define TW_HELPER_STATE_TEXT_H

#include <stdbool.h>

#include "provider/base/secret.h"
#include "provider/base/text.h"

#define STATE_TEXT_KEY "tokenward-state" /* of the first line */
#define STATE_TEXT_VERSION 1
#define STATE_TEXT_MAX (TOKEN_MAX + 1024) /* bytes of a file */

struct state_text {
    const char *profile, *fingerprint, *token;
};

/* state_text_read: @text is cut in place, to its length, and the texts of @out
 * point into it.  False unless it is whole. */
bool state_text_read(struct secret *text, struct state_text *out);

/* state_text_write: appends it.  False: it is too long. */
bool state_text_write(const struct state_text *kept, struct secret *out);

#endif
