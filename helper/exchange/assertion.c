/* SPDX-License-Identifier: MIT */
/*
 * assertion.c - see assertion.h.
 *
 * The audience is one text: where the issuer is known it is the issuer, which
 * no other server can claim to be (CVE-2025-27370), else the endpoint.
 */
#include "helper/exchange/assertion.h"

#include <stdio.h>

#include "helper/keys/certificate.h"
#include "helper/keys/jwt.h"
#include "provider/base/clock.h"
#include "provider/base/json_text.h"

static const char *
audience_of(const struct profile *profile)
{
    const struct profile_assertion *assertion = profile_assertion(profile);
    const char *endpoint = profile->token_endpoint;

    if (!endpoint)
        endpoint = ""; /* the issuer was not asked yet; nothing is sent */
    switch (assertion->audience_kind) {
    case AUDIENCE_TEXT:
        return assertion->audience;
    case AUDIENCE_TOKEN_ENDPOINT:
        return endpoint;
    case AUDIENCE_ISSUER:
        return profile->issuer;
    case AUDIENCE_DEFAULT:
        break;
    }
    return profile->issuer ? profile->issuer : endpoint;
}

bool
assertion_claims(const struct profile *profile, struct secret *out)
{
    return secret_append(out, "{", 1) &&
           json_put_text_member(out, "iss", profile->client_id) &&
           json_put_text_member(out, "sub", profile->client_id) &&
           json_put_text_member(out, "aud", audience_of(profile)) &&
           secret_append(out, "}", 1);
}

static enum tw_status
read_thumbprint(const struct profile *profile, const struct key *key,
                char out[static THUMBPRINT_SIZE], struct tw_error *err)
{
    const struct key_source *source = &profile_assertion(profile)->key;
    AUTO_CERTIFICATE certificate = {0};
    char label[512];
    enum tw_status status;

    (void)snprintf(label, sizeof label, "%s:%u: assertion_certificate %s",
                   source->file, profile_assertion(profile)->certificate_line,
                   profile_assertion(profile)->certificate);
    status = certificate_read(profile_assertion(profile)->certificate, label,
                              &certificate, err);
    if (status)
        return status;
    if (!certificate_is_of(&certificate, key))
        return tw_fail(err, TW_E_CONFIG,
                       "%s: certifies another key than assertion_key", label);
    return certificate_thumbprint(&certificate, out)
               ? TW_OK
               : tw_fail(err, TW_E_SYSTEM, "SHA-256 is not available");
}

enum tw_status
assertion_sign(const struct profile *profile,
               const struct secret_context *secrets, const char *claims,
               struct secret *out, struct secret *mark, struct tw_error *err)
{
    const struct profile_assertion *assertion = profile_assertion(profile);
    char thumbprint[THUMBPRINT_SIZE];
    AUTO_KEY key = {0};
    struct jwt_signer signer = {.algorithm = assertion->algorithm,
                                .key = &key,
                                .kid = assertion->key_id};
    enum tw_status status;

    if (!assertion->key.uri)
        return tw_fail(err, TW_E_CONFIG,
                       "%s:%u: profile '%s': missing: assertion_key (what is "
                       "sent must be signed)",
                       profile->file, profile->line, profile->name);
    status = key_source_open(&assertion->key, secrets, &key, err);
    if (!status && assertion->certificate) {
        signer.thumbprint = thumbprint;
        status = read_thumbprint(profile, &key, thumbprint, err);
    }
    if (!status && mark && !key_mark(&key, mark))
        status = tw_no_memory(err);
    return status ? status
                  : jwt_sign(&signer, claims, clock_now().wall,
                             assertion->lifetime_s, out, err);
}
