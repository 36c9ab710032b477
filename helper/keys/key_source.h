/* SPDX-License-Identifier: MIT */
/*
 * key_source.h - where a profile's private key is, and what unlocks it.
 */
#ifndef TW_HELPER_KEY_SOURCE_H
#define TW_HELPER_KEY_SOURCE_H

#include "helper/keys/key.h"
#include "helper/keys/secret_source.h"

struct key_source {
    char *uri; /* NULL: none; else as key_open() takes it */
    struct secret_source passphrase;
    const char *name; /* the profile's key for it, static */
    const char *file; /* its place, borrowed from the profile */
    uint32_t line, column;
};

/* key_source_open: reads the passphrase, then opens the key, both anew.
 * Statuses of secret_source_read() and key_open(). */
enum tw_status key_source_open(const struct key_source *source,
                               const struct secret_context *context,
                               struct key *out, struct tw_error *err);

#endif
