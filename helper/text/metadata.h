/* SPDX-License-Identifier: MIT */
/*
 * metadata.h - what an authorization server says of itself (RFC 8414 2,
 * OpenID Connect Discovery 3): no more of it than we use.
 */
#ifndef TW_HELPER_METADATA_H
#define TW_HELPER_METADATA_H

#include <stdbool.h>
#include <stdint.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define METADATA_MAX 65536 /* bytes of a document */
#define METADATA_KEPT_MAX 24576
#define METADATA_METHODS_MAX 512

struct metadata {
    char *token_endpoint; /* the one that must be there */
    char *authorization_endpoint, *device_authorization_endpoint,
        *revocation_endpoint;  /* or NULL */
    char *mtls_token_endpoint; /* of clients with a certificate, or NULL */
    char *mtls_device_authorization_endpoint, *mtls_revocation_endpoint;
    bool names_issuer; /* in the answer to a login (RFC 9207 3) */
    char auth_methods[METADATA_METHODS_MAX]; /* words; "" when not said */
};

/* Whose they must be, and what their endpoints may be. */
struct metadata_rule {
    const char *issuer;
    const char
        *ca_file; /* who is trusted to speak for it; NULL: the system's */
    bool allow_loopback;
};

/* metadata_read: of a JSON document.  TW_E_PROTOCOL: no JSON object, another
 * issuer, a token endpoint that is none; the message is the rest of a sentence
 * that begins with the document's URL. */
enum tw_status metadata_read(const struct metadata_rule *rule,
                             const char *text, size_t n, struct metadata *out,
                             struct tw_error *err);

/* metadata_parse, metadata_format: as they are kept between runs.  False for
 * anything that is none, another issuer's, or said by whom another ca_file
 * trusts. */
bool metadata_parse(const struct metadata_rule *rule, char *text, size_t n,
                    int64_t *fetched_at, struct metadata *out);
bool metadata_format(const struct metadata_rule *rule,
                     const struct metadata *metadata, int64_t fetched_at,
                     struct secret *out);

/* metadata_has_method: is @method listed? */
bool metadata_has_method(const struct metadata *metadata, const char *method);

/* metadata_other_host: is @url not at the issuer's host? */
bool metadata_other_host(const struct metadata_rule *rule, const char *url);

void metadata_clear(struct metadata *metadata);

#endif
