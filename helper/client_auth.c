/* SPDX-License-Identifier: MIT */
/*
 * client_auth.c - client_secret_post and client_secret_basic; see
 * client_auth.h.  Identifier and secret are form-encoded before they are
 * joined and made base64 (RFC 6749 2.3.1), unless the server decodes nothing.
 */
#include "helper/client_auth.h"

#include <string.h>

#include "helper/base64.h"
#include "helper/form.h"

#define PAIR_MAX (AUTHORIZATION_MAX / 2)

static enum tw_status
too_long(const struct profile *profile, struct tw_error *err)
{
    return tw_fail(err, TW_E_CONFIG,
                   "%s:%u: profile '%s': client_id and secret are too long",
                   profile->file, profile->client_id_line, profile->name);
}

static enum tw_status
apply_post(const struct profile *profile, const struct secret *client_secret,
           struct secret *form, struct tw_error *err)
{
    if (form_field(form, "client_id", profile->client_id,
                   strlen(profile->client_id)) &&
        form_field(form, "client_secret", secret_text(client_secret),
                   client_secret->len))
        return TW_OK;
    return too_long(profile, err);
}

static bool
add_part(enum basic_encoding encoding, struct secret *pair, const char *text,
         size_t n)
{
    return encoding == BASIC_RAW ? secret_append(pair, text, n)
                                 : form_encode(pair, text, n);
}

static enum tw_status
apply_basic(const struct profile *profile, const struct secret *client_secret,
            struct secret *authorization, struct tw_error *err)
{
    AUTO_SECRET pair = SECRET_INIT(PAIR_MAX);

    /* The first colon ends the identifier (RFC 7617 2). */
    if (profile->basic_encoding == BASIC_RAW &&
        strchr(profile->client_id, ':'))
        return tw_fail(err, TW_E_CONFIG,
                       "%s:%u: profile '%s': client_id holds a colon, which "
                       "basic_encoding: raw cannot carry",
                       profile->file, profile->client_id_line, profile->name);
    secret_clear(authorization);
    if (add_part(profile->basic_encoding, &pair, profile->client_id,
                 strlen(profile->client_id)) &&
        secret_append(&pair, ":", 1) &&
        add_part(profile->basic_encoding, &pair, secret_text(client_secret),
                 client_secret->len) &&
        secret_append_text(authorization, "Authorization: Basic ") &&
        base64_encode(authorization, secret_text(&pair), pair.len))
        return TW_OK;
    return too_long(profile, err);
}

enum tw_status
client_auth_apply(const struct profile *profile,
                  const struct secret *client_secret, struct secret *form,
                  struct secret *authorization, struct tw_error *err)
{
    if (profile->auth_method == AUTH_CLIENT_SECRET_BASIC)
        return apply_basic(profile, client_secret, authorization, err);
    return apply_post(profile, client_secret, form, err);
}
