/* SPDX-License-Identifier: MIT */
/*
 * client_auth_secret.c - client_secret_post and client_secret_basic.
 * Identifier and secret are form-encoded before they are joined and made
 * base64 (RFC 6749 2.3.1), unless the server decodes nothing.  Never both
 * ways at once.
 */
#include <string.h>

#include "helper/base/base64.h"
#include "helper/exchange/client_auth_method.h"
#include "helper/text/form.h"

#define PAIR_MAX (AUTHORIZATION_MAX / 2)

static bool
has_blank_around(const struct secret *secret)
{
    const char *text = secret_text(secret);

    return secret->len && (strchr(" \t", text[0]) != NULL ||
                           strchr(" \t", text[secret->len - 1]) != NULL);
}

enum tw_status
client_auth_read_secret(const struct client_auth *auth)
{
    struct client_proof *proof = auth->proof;
    AUTO_SECRET secret = SECRET_INIT(CLIENT_SECRET_MAX);
    const struct secret_source *source =
        auth->which == AUTH_SECRET_NEXT ? profile_secret_next(auth->profile)
                                        : &auth->profile->client_secret;
    enum tw_status status =
        secret_source_read(source, auth->secrets, &secret, auth->err);

    if (status)
        return status;
    if (!secret_append(&proof->mark, secret_text(&secret), secret.len))
        return tw_no_memory(auth->err);
    proof->has_blank = has_blank_around(&secret);
    secret_take(&proof->sent, &secret);
    return TW_OK;
}

enum tw_status
client_auth_post(const struct client_auth *auth)
{
    const struct secret *secret = &auth->proof->sent;
    enum tw_status status = client_auth_read_secret(auth);

    if (!status)
        status = client_auth_id(auth);
    if (status)
        return status;
    return form_field(auth->form, "client_secret", secret_text(secret),
                      secret->len)
               ? TW_OK
               : client_auth_too_long(auth);
}

static bool
add_part(enum basic_encoding encoding, struct secret *pair, const char *text,
         size_t n)
{
    return encoding == BASIC_RAW ? secret_append(pair, text, n)
                                 : form_encode(pair, text, n);
}

enum tw_status
client_auth_basic(const struct client_auth *auth)
{
    AUTO_SECRET pair = SECRET_INIT(PAIR_MAX);
    const struct profile *profile = auth->profile;
    const struct secret *secret = &auth->proof->sent;
    struct secret *header = &auth->proof->authorization;
    enum tw_status status = client_auth_read_secret(auth);

    if (status)
        return status;
    /* The first colon ends the identifier (RFC 7617 2). */
    if (profile->basic_encoding == BASIC_RAW &&
        strchr(profile->client_id, ':'))
        return tw_fail(auth->err, TW_E_CONFIG,
                       "%s:%u: profile '%s': client_id holds a colon, which "
                       "basic_encoding: raw cannot carry",
                       profile->file, profile->client_id_line, profile->name);
    if (add_part(profile->basic_encoding, &pair, profile->client_id,
                 strlen(profile->client_id)) &&
        secret_append(&pair, ":", 1) &&
        add_part(profile->basic_encoding, &pair, secret_text(secret),
                 secret->len) &&
        secret_append_text(header, "Authorization: Basic ") &&
        base64_encode(header, secret_text(&pair), pair.len))
        return TW_OK;
    return client_auth_too_long(auth);
}
