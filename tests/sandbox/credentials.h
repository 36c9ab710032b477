/* SPDX-License-Identifier: MIT */
/*
 * credentials.h - what a client says of itself (RFC 6749 2.3.1).
 */
#ifndef TW_SANDBOX_CREDENTIALS_H
#define TW_SANDBOX_CREDENTIALS_H

#include "provider/base/secret.h"
#include "tests/sandbox/form.h"
#include "tests/sandbox/request.h"

struct credentials {
    struct span id, secret; /* absent: not said, or not readable */
    struct secret decoded;  /* what they point into, when it was Basic */
};

#define CREDENTIALS_INIT ((struct credentials){.decoded = {.max = 65536}})
#define AUTO_CREDENTIALS AUTO(credentials_clear) struct credentials

/* credentials_read: from the form, or from a Basic @authorization (NULL:
 * none; another scheme is no client authentication).  @raw: Basic's two parts
 * are not form-urlencoded.  @out borrows from @form. */
enum auth credentials_read(struct credentials *out, const struct form *form,
                           const char *authorization, bool raw);

void credentials_clear(struct credentials *credentials);

#endif
