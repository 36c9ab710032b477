/* SPDX-License-Identifier: MIT */
/*
 * certificate.h - a little certificate authority and what it certified.
 */
#ifndef TW_SANDBOX_CERTIFICATE_H
#define TW_SANDBOX_CERTIFICATE_H

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define CERTIFICATE_PEM_MAX 16384

enum certificate_kind {
    CERTIFICATE_GOOD,
    CERTIFICATE_EXPIRED,    /* since yesterday */
    CERTIFICATE_WRONG_NAME, /* for sandbox.invalid alone */
    CERTIFICATE_NO_NAME,    /* 127.0.0.1 is its common name, no more */
};

struct certificate {
    struct secret ca, server, key; /* PEM; the authority's key is gone */
};

#define CERTIFICATE_INIT                                          \
    ((struct certificate){.ca = {.max = CERTIFICATE_PEM_MAX},     \
                          .server = {.max = CERTIFICATE_PEM_MAX}, \
                          .key = {.max = CERTIFICATE_PEM_MAX}})
#define AUTO_CERTIFICATE AUTO(certificate_clear) struct certificate

/* certificate_make: for 127.0.0.1, ::1 and localhost; @out was initialised.
 * TW_E_SYSTEM when libcrypto fails. */
enum tw_status certificate_make(struct certificate *out,
                                enum certificate_kind kind,
                                struct tw_error *err);

void certificate_clear(struct certificate *certificate);

#endif
