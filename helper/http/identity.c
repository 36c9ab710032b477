/* SPDX-License-Identifier: MIT */
/*
 * identity.c - see identity.h.
 *
 * A key in a token is refused: libcurl's TLS signs in OpenSSL's own library
 * context, where the token's provider is not loaded (see key.c), and would
 * take its public half for the whole.
 */
#include "helper/http/identity.h"

#include <stdio.h>

enum tw_status
identity_open(const struct profile *profile,
              const struct secret_context *secrets, struct identity *out,
              struct secret *mark, struct tw_error *err)
{
    const struct profile_identity *source = profile_identity(profile);
    AUTO_IDENTITY identity = {0};
    char label[512], thumbprint[THUMBPRINT_SIZE];
    enum tw_status status;

    (void)snprintf(label, sizeof label, "%s:%u: client_certificate %s",
                   profile->file, source->certificate_line,
                   source->certificate);
    status = certificate_read(source->certificate, label,
                              &identity.certificate, err);
    if (!status)
        status = key_source_open(&source->key, secrets, &identity.key, err);
    if (status)
        return status;
    if (identity.key.library)
        return tw_fail(err, TW_E_CONFIG,
                       "%s: must be a file with the key itself; a key that "
                       "stays in its token cannot be used for TLS here, but "
                       "as assertion_key",
                       identity.key.label);
    if (!certificate_is_of(&identity.certificate, &identity.key))
        return tw_fail(err, TW_E_CONFIG,
                       "%s: certifies another key than "
                       "client_certificate_key",
                       label);
    if (!certificate_thumbprint(&identity.certificate, thumbprint) ||
        !secret_append_text(mark, thumbprint))
        return tw_no_memory(err);
    *out = identity;
    identity = (struct identity){0};
    return TW_OK;
}

void
identity_clear(struct identity *identity)
{
    certificate_clear(&identity->certificate);
    key_clear(&identity->key);
}
