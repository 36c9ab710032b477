/* SPDX-License-Identifier: MIT */
/*
 * client_key.h - a client's public key, or its certificate, from a PEM file.
 */
#ifndef TW_SANDBOX_CLIENT_KEY_H
#define TW_SANDBOX_CLIENT_KEY_H

#include "provider/base/error.h"

#define CERTIFICATE_SHA256 32

struct evp_pkey_st;

/* client_key_read: PEM of a public key.  TW_E_ACCESS, TW_E_USAGE. */
enum tw_status client_key_read(const char *path, struct evp_pkey_st **out,
                               struct tw_error *err);
void client_key_free(struct evp_pkey_st *key);

/* client_certificate_read: the SHA-256 of the one in this PEM file. */
enum tw_status
client_certificate_read(const char *path,
                        unsigned char out[static CERTIFICATE_SHA256],
                        struct tw_error *err);

#endif
