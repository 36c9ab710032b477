/* SPDX-License-Identifier: MIT */
/*
 * client_auth_jwt.c - assertions as client authentication (RFC 7523 2.2): one
 * signed here with the secret or a key, or one that a platform issued and
 * writes to a file.
 */
#include <string.h>

#include "helper/exchange/assertion.h"
#include "helper/exchange/client_auth_method.h"
#include "helper/keys/jwt.h"
#include "helper/text/form.h"
#include "provider/base/clock.h"

static enum tw_status
put_assertion(const struct client_auth *auth, const char *type)
{
    const struct secret *assertion = &auth->proof->sent;
    enum tw_status status = client_auth_id(auth);

    auth->proof->is_once = true;
    if (status)
        return status;
    return form_field(auth->form, "client_assertion_type", type,
                      strlen(type)) &&
                   form_field(auth->form, "client_assertion",
                              secret_text(assertion), assertion->len)
               ? TW_OK
               : client_auth_too_long(auth);
}

/* RFC 7518 3.2: a shorter one could be guessed from what it signs. */
static enum tw_status
refuse_short(const struct client_auth *auth)
{
    const struct profile *profile = auth->profile;
    char place[512];

    secret_source_place(auth->which == AUTH_SECRET_NEXT
                            ? profile_secret_next(profile)
                            : &profile->client_secret,
                        place, sizeof place);
    return tw_fail(auth->err, TW_E_CONFIG,
                   "%s: is too short: client_secret_jwt needs %d bytes or "
                   "more",
                   place, JWT_SECRET_MIN);
}

enum tw_status
client_auth_secret_jwt(const struct client_auth *auth)
{
    AUTO_SECRET claims = SECRET_INIT(JWT_MAX);
    AUTO_SECRET secret = SECRET_INIT(CLIENT_SECRET_MAX);
    const struct jwt_signer signer = {
        .algorithm = JWT_HS256,
        .secret = &secret,
        .kid = profile_assertion(auth->profile)->key_id,
    };
    enum tw_status status = client_auth_read_secret(auth);

    if (status)
        return status;
    secret_take(&secret, &auth->proof->sent); /* it is not sent itself */
    auth->proof->sent.max = JWT_MAX;
    if (secret.len < JWT_SECRET_MIN)
        return refuse_short(auth);
    if (!assertion_claims(auth->profile, &claims))
        return client_auth_too_long(auth);
    status = jwt_sign(&signer, secret_text(&claims), clock_now().wall,
                      profile_assertion(auth->profile)->lifetime_s,
                      &auth->proof->sent, auth->err);
    return status ? status : put_assertion(auth, ASSERTION_TYPE_JWT);
}

enum tw_status
client_auth_key_jwt(const struct client_auth *auth)
{
    AUTO_SECRET claims = SECRET_INIT(JWT_MAX);
    enum tw_status status;

    if (!assertion_claims(auth->profile, &claims))
        return client_auth_too_long(auth);
    status = assertion_sign(auth->profile, auth->secrets, secret_text(&claims),
                            &auth->proof->sent, &auth->proof->mark, auth->err);
    return status ? status : put_assertion(auth, ASSERTION_TYPE_JWT);
}

enum tw_status
client_auth_assertion(const struct client_auth *auth)
{
    const struct profile_assertion *assertion =
        profile_assertion(auth->profile);
    struct client_proof *proof = auth->proof;
    enum tw_status status = secret_source_read(
        &assertion->given, auth->secrets, &proof->sent, auth->err);

    if (status)
        return status;
    if (!secret_append(&proof->mark, secret_text(&proof->sent),
                       proof->sent.len))
        return tw_no_memory(auth->err);
    return put_assertion(auth, assertion->type ? assertion->type
                                               : ASSERTION_TYPE_JWT);
}
