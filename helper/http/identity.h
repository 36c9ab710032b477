/* SPDX-License-Identifier: MIT */
/*
 * identity.h - what a client shows in a TLS handshake (RFC 8705): its
 * certificate, and that it owns the key.
 */
#ifndef TW_HELPER_IDENTITY_H
#define TW_HELPER_IDENTITY_H

#include "helper/keys/certificate.h"
#include "helper/profile/profile.h"

struct identity {
    struct certificate certificate;
    struct key key;
};

/* identity_open: of a profile that has a client_certificate, both files
 * anew.  What tells it from another is appended to @mark.
 * TW_E_CONFIG: the two do not belong together, or as certificate_read() and
 * key_source_open(). */
enum tw_status identity_open(const struct profile *profile,
                             const struct secret_context *secrets,
                             struct identity *out, struct secret *mark,
                             struct tw_error *err);

void identity_clear(struct identity *identity);

#define AUTO_IDENTITY AUTO(identity_clear) struct identity

#endif
