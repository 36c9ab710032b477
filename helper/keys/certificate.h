/* SPDX-License-Identifier: MIT */
/*
 * certificate.h - a client's certificate, with those that vouch for it, read
 * from a PEM file.
 */
#ifndef TW_HELPER_CERTIFICATE_H
#define TW_HELPER_CERTIFICATE_H

#include "helper/keys/key.h"

#define CERTIFICATE_FILE_MAX 65536
#define CERTIFICATE_CHAIN_MAX 16 /* certificates of one file */
#define THUMBPRINT_SIZE 44       /* base64url of a SHA-256, and its NUL */

struct x509_st;
struct stack_st_X509;

struct certificate {
    struct x509_st *own;         /* the file's first */
    struct stack_st_X509 *chain; /* the others, in their order */
};

/* certificate_read: from a regular file that its owner (we, or root) alone
 * may write; it holds nothing secret, so others may read it, and a link is
 * followed.  @label begins every message.
 * TW_E_CONFIG: there is none, or too many; TW_E_ACCESS, TW_E_SYSTEM. */
enum tw_status certificate_read(const char *path, const char *label,
                                struct certificate *out, struct tw_error *err);

/* certificate_look: the same of owner and mode alone; nothing is read.
 * TW_E_NOT_FOUND, TW_E_ACCESS, TW_E_SYSTEM. */
enum tw_status certificate_look(const char *path, const char *label,
                                struct tw_error *err);

/* certificate_is_bundle: does @pem hold certificates, and can each be read? */
bool certificate_is_bundle(const struct secret *pem);

/* certificate_is_of: is @key the private half of what it certifies? */
bool certificate_is_of(const struct certificate *certificate,
                       const struct key *key);

/* certificate_thumbprint: as "x5t#S256" has it (RFC 7515 4.1.8). */
bool certificate_thumbprint(const struct certificate *certificate,
                            char out[static THUMBPRINT_SIZE]);

void certificate_clear(struct certificate *certificate);

#define AUTO_CERTIFICATE AUTO(certificate_clear) struct certificate

#endif
