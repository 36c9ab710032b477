/* SPDX-License-Identifier: MIT */
/*
 * key_source.c - see key_source.h.
 */
#include "helper/keys/key_source.h"

#include <stdio.h>

enum tw_status
key_source_open(const struct key_source *source,
                const struct secret_context *context, struct key *out,
                struct tw_error *err)
{
    AUTO_SECRET passphrase = SECRET_INIT(CLIENT_SECRET_MAX);
    char label[384], passphrase_key[64];
    const struct key_place place = {.uri = source->uri,
                                    .label = label,
                                    .passphrase_key = passphrase_key,
                                    .system = context->system};
    enum tw_status status = TW_OK;

    (void)snprintf(label, sizeof label, "%s:%u:%u: %s", source->file,
                   source->line, source->column, source->name);
    (void)snprintf(passphrase_key, sizeof passphrase_key, "%s_passphrase",
                   source->name);
    if (source->passphrase.kind)
        status =
            secret_source_read(&source->passphrase, context, &passphrase, err);
    return status ? status : key_open(&place, &passphrase, out, err);
}
