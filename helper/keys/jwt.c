/* SPDX-License-Identifier: MIT */
/*
 * jwt.c - header and claims are composed, joined and signed; see jwt.h.
 *
 * What is signed is the very text that was checked: the claims are not taken
 * apart and written anew, which could change a number or a character.
 */
#include "helper/keys/jwt.h"

#include <string.h>

#include "helper/base/base64.h"
#include "helper/text/json.h"
#include "provider/base/json_text.h"

#define HEADER_MAX 4096
#define ID_BYTES 16

static void
auto_json(struct json **json)
{
    json_free(*json);
}

static enum tw_status
too_large(struct tw_error *err)
{
    return TW_FAIL_ROOM(err, TW_E_MODULE,
                        "the claims to be signed are too large");
}

static enum tw_status
put_header(const struct jwt_signer *signer, enum jwt_algorithm algorithm,
           struct secret *out, struct tw_error *err)
{
    AUTO_SECRET header = SECRET_INIT(HEADER_MAX);

    if (secret_append(&header, "{", 1) &&
        json_put_text_member(&header, "alg", jwt_algorithm_name(algorithm)) &&
        json_put_text_member(&header, "typ", "JWT") &&
        (!signer->kid || json_put_text_member(&header, "kid", signer->kid)) &&
        (!signer->thumbprint ||
         json_put_text_member(&header, "x5t#S256", signer->thumbprint)) &&
        secret_append(&header, "}", 1) &&
        base64url_encode(out, secret_text(&header), header.len))
        return TW_OK;
    return TW_FAIL_ROOM(err, TW_E_CONFIG, "the header of a JWT is too large");
}

static bool
put_id(struct secret *claims)
{
    AUTO_SECRET id = SECRET_INIT(2 * ID_BYTES);

    return base64url_random(&id, ID_BYTES) &&
           json_put_text_member(claims, "jti", secret_text(&id));
}

/* What is missing goes in front; the rest follows as it was given. */
static bool
put_claims(const struct json *given, const char *text, int64_t now,
           int64_t lifetime, struct secret *claims)
{
    const char *members = strchr(text, '{') + 1;

    if (!secret_append(claims, "{", 1) ||
        (json_kind(given, "iat") == JSON_ABSENT &&
         !json_put_number_member(claims, "iat", now)) ||
        (json_kind(given, "exp") == JSON_ABSENT &&
         !json_put_number_member(claims, "exp", now + lifetime)) ||
        (json_kind(given, "jti") == JSON_ABSENT && !put_id(claims)))
        return false;
    members += strspn(members, " \t\r\n");
    return (claims->len == 1 || *members == '}' ||
            secret_append(claims, ",", 1)) &&
           secret_append_text(claims, members);
}

enum tw_status
jwt_sign(const struct jwt_signer *signer, const char *claims, int64_t now,
         int64_t lifetime, struct secret *out, struct tw_error *err)
{
    AUTO_SECRET whole = SECRET_INIT(JWT_MAX), jwt = SECRET_INIT(JWT_MAX);
    AUTO_SECRET signature = SECRET_INIT(JWT_SIGNATURE_MAX);
    AUTO(auto_json) struct json *given = json_read(claims, strlen(claims));
    enum jwt_algorithm algorithm = signer->algorithm;
    enum tw_status status;

    if (!given)
        return tw_fail(err, TW_E_MODULE,
                       "the claims to be signed are no JSON object");
    if (!put_claims(given, claims, now, lifetime, &whole))
        return too_large(err);
    status = jwt_algorithm_choose(signer->key, &algorithm, err);
    if (!status)
        status = put_header(signer, algorithm, &jwt, err);
    if (status)
        return status;
    if (!secret_append(&jwt, ".", 1) ||
        !base64url_encode(&jwt, secret_text(&whole), whole.len))
        return too_large(err);
    status = jwt_signature_make(algorithm, signer->key, signer->secret, &jwt,
                                &signature, err);
    if (status)
        return status;
    if (!secret_append(&jwt, ".", 1) ||
        !base64url_encode(&jwt, secret_text(&signature), signature.len) ||
        jwt.len > out->max)
        return too_large(err);
    jwt.max = out->max;
    secret_take(out, &jwt);
    return TW_OK;
}
