/* SPDX-License-Identifier: MIT */
/*
 * profile_client.h - the keys of a profile about who the client is: each
 * function takes one value into the profile, for the table in profile_keys.c.
 */
#ifndef TW_HELPER_PROFILE_CLIENT_H
#define TW_HELPER_PROFILE_CLIENT_H

#include "helper/profile/profile_reader.h"

typedef enum tw_status profile_key_read(const struct profile_reader *reader,
                                        const struct yaml_node *value);

profile_key_read profile_client_algorithm, profile_client_assertion,
    profile_client_assertion_type, profile_client_audience,
    profile_client_basic_encoding, profile_client_certificate,
    profile_client_certificate_key, profile_client_certificate_passphrase,
    profile_client_id, profile_client_issuer, profile_client_key,
    profile_client_key_certificate, profile_client_key_id,
    profile_client_key_lifetime, profile_client_key_passphrase,
    profile_client_method, profile_client_mtls_aliases, profile_client_secret,
    profile_client_secret_next;

/* profile_add_missing: one more key, after a comma. */
void profile_add_missing(char *list, size_t size, const char *key);

/* profile_client_missing: adds the keys that the profile's method needs and
 * the profile has not. */
void profile_client_missing(const struct profile *profile, char *list,
                            size_t size);

/* profile_client_advice: the rest of a message about them, or "". */
const char *profile_client_advice(const struct profile *profile);

/* profile_client_check: is everything that stands there of use, and does it
 * fit together?  Called when all keys were read. */
enum tw_status profile_client_check(const struct profile_reader *reader);

/* profile_client_algorithm_name: of token_endpoint_auth_signing_alg; NULL for
 * none such, so that 0, 1, ... lists them all. */
const char *profile_client_algorithm_name(size_t index);

#endif
