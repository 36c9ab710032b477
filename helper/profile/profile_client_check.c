/* SPDX-License-Identifier: MIT */
/*
 * profile_client_check.c - what must stand together to say who the client is,
 * and what is of no use.
 *
 * A key that its method never reads is refused: whoever wrote it believes
 * that it protects something.
 */
#include <stdio.h>
#include <string.h>

#include "helper/exchange/client_auth.h"
#include "helper/profile/profile_client.h"
#include "helper/profile/profile_keys.h"
#include "helper/text/url.h"

void
profile_add_missing(char *list, size_t size, const char *key)
{
    size_t used = strlen(list);

    (void)snprintf(list + used, size - used, "%s%s", used ? ", " : "", key);
}

/* A part of a profile's identity, and the methods that want it. */
struct part {
    const char *key;
    unsigned need; /* of AUTH_NEEDS_... */
    bool (*is_there)(const struct profile *profile);
};

static bool
has_secret(const struct profile *profile)
{
    return profile->client_secret.kind != SECRET_NONE;
}

/* Modules have claims of theirs signed with it, whatever the method. */
static bool
has_key(const struct profile *profile)
{
    return profile_assertion(profile)->key.uri != NULL;
}

static bool
has_assertion(const struct profile *profile)
{
    return profile_assertion(profile)->given.kind != SECRET_NONE;
}

/* Some servers want one besides another proof, and bind tokens to it. */
static bool
has_certificate(const struct profile *profile)
{
    return profile_identity(profile)->certificate != NULL;
}

static const struct part PARTS[] = {
    {"client_secret", AUTH_NEEDS_SECRET, has_secret},
    {"assertion_key", AUTH_NEEDS_KEY, has_key},
    {"client_assertion", AUTH_NEEDS_ASSERTION, has_assertion},
    {"client_certificate", AUTH_NEEDS_CERTIFICATE, has_certificate},
};

#define PART_COUNT (sizeof PARTS / sizeof *PARTS)

static bool
is_client(const struct profile *profile)
{
    return (profile->module->provider.needs & TW_NEEDS_CLIENT) ||
           profile->client_id;
}

void
profile_client_missing(const struct profile *profile, char *list, size_t size)
{
    unsigned needs = client_auth_needs(profile->auth_method);

    for (size_t i = 0; is_client(profile) && i < PART_COUNT; i++) {
        if ((needs & PARTS[i].need) && !PARTS[i].is_there(profile))
            profile_add_missing(list, size, PARTS[i].key);
    }
}

const char *
profile_client_advice(const struct profile *profile)
{
    char missing[128] = "";

    profile_client_missing(profile, missing, sizeof missing);
    if (!missing[0])
        return "";
    if (profile->auth_method == AUTH_CLIENT_SECRET_POST && has_key(profile))
        return "\nor is it token_endpoint_auth_method: private_key_jwt?";
    return profile->auth_method == AUTH_CLIENT_SECRET_POST
               ? ""
               : "\ntoken_endpoint_auth_method says that the client proves "
                 "itself with it";
}

static const char *
another_method(const struct profile *profile, char text[static 96])
{
    (void)snprintf(text, 96, "with token_endpoint_auth_method: %s",
                   client_auth_name(profile->auth_method));
    return text;
}

/* A method that needs @need, of somebody who is a client. */
static const char *
method_problem(const struct profile *profile, unsigned need,
               char text[static 96])
{
    if (!is_client(profile))
        return "without client_id";
    if (client_auth_needs(profile->auth_method) & need)
        return NULL;
    return another_method(profile, text);
}

/* An issuer may say that Basic is what it takes. */
static const char *
basic_problem(const struct profile *profile, char text[static 96])
{
    if (!is_client(profile))
        return "without client_id";
    if (profile->auth_method == AUTH_CLIENT_SECRET_BASIC ||
        (profile->issuer && !profile->auth_method_chosen))
        return NULL;
    return another_method(profile, text);
}

/* Why a key of that use is of none, or NULL. */
static const char *
use_problem(const struct profile *profile, enum key_use use,
            char text[static 96])
{
    switch (use) {
    case KEY_ALWAYS:
        break;
    case KEY_WITH_ASSERTION:
        return has_assertion(profile) ? NULL : "without client_assertion";
    case KEY_WITH_ASSERTION_METHOD:
        return method_problem(profile, AUTH_NEEDS_ASSERTION, text);
    case KEY_WITH_BASIC:
        return basic_problem(profile, text);
    case KEY_WITH_CERTIFICATE:
        return has_certificate(profile) ? NULL : "without client_certificate";
    case KEY_WITH_KEY:
        return has_key(profile) ? NULL : "without assertion_key";
    case KEY_WITH_SECRET:
        return has_secret(profile) ? NULL : "without client_secret";
    case KEY_WITH_SECRET_METHOD:
        return method_problem(profile, AUTH_NEEDS_SECRET, text);
    case KEY_WITH_SIGNATURE:
        return has_key(profile) ||
                       profile->auth_method == AUTH_CLIENT_SECRET_JWT
                   ? NULL
                   : "where nothing is signed; add assertion_key";
    case KEY_WITH_SIGNED_CLIENT:
        return profile->auth_method == AUTH_CLIENT_SECRET_JWT
                   ? NULL
                   : method_problem(profile, AUTH_NEEDS_KEY, text);
    }
    return NULL;
}

static enum tw_status
check_uses(const struct profile_reader *reader)
{
    for (size_t i = 0; i < reader->value_count; i++) {
        const struct profile_value *value = &reader->values[i];
        char text[96];
        const char *why =
            value->key ? use_problem(reader->profile, value->key->use, text)
                       : NULL;

        if (why)
            return profile_refuse(reader, value->node->key,
                                  "%s is of no use %s", value->key->name, why);
    }
    return TW_OK;
}

static enum tw_status
check_algorithm(const struct profile_reader *reader)
{
    const struct profile *profile = reader->profile;
    enum jwt_algorithm algorithm = profile_assertion(profile)->algorithm;
    bool by_secret = profile->auth_method == AUTH_CLIENT_SECRET_JWT;

    if (algorithm == JWT_DEFAULT || (algorithm == JWT_HS256) == by_secret)
        return TW_OK;
    return profile_refuse(
        reader, yaml_child(reader->entry, "token_endpoint_auth_signing_alg"),
        "token_endpoint_auth_signing_alg %s",
        by_secret ? "must be HS256 with client_secret_jwt"
                  : "HS256 is client_secret_jwt's alone");
}

/* One that is asked for its endpoints, and not just named, is asked like
 * these. */
static enum tw_status
check_issuer(const struct profile_reader *reader)
{
    const struct profile *profile = reader->profile;
    const char *problem = NULL;

    if ((profile->module->provider.needs & TW_NEEDS_ENDPOINT) &&
        !profile->token_endpoint && profile->issuer)
        problem =
            url_endpoint_problem(profile->issuer, strlen(profile->issuer),
                                 profile->allow_loopback_http);
    return problem
               ? profile_refuse(reader, yaml_child(reader->entry, "issuer"),
                                "issuer %s", problem)
               : TW_OK;
}

enum tw_status
profile_client_check(const struct profile_reader *reader)
{
    const struct profile *profile = reader->profile;
    enum tw_status status = check_uses(reader);

    if (!status && has_certificate(profile) &&
        !profile_identity(profile)->key.uri)
        return profile_refuse(reader,
                              yaml_child(reader->entry, "client_certificate"),
                              "client_certificate needs "
                              "client_certificate_key");
    if (!status)
        status = check_algorithm(reader);
    if (!status)
        status = check_issuer(reader);
    if (status)
        return status;
    if (profile_assertion(profile)->audience_kind == AUDIENCE_ISSUER &&
        !profile->issuer)
        return profile_refuse(reader,
                              yaml_child(reader->entry, "assertion_audience"),
                              "assertion_audience: issuer needs issuer");
    if (profile->auth_method == AUTH_CLIENT_SECRET_BASIC &&
        profile->basic_encoding == BASIC_RAW && profile->client_id &&
        strchr(profile->client_id, ':'))
        return profile_refuse(reader, yaml_child(reader->entry, "client_id"),
                              "client_id holds a ':', which basic_encoding: "
                              "raw can't send; use form");
    return TW_OK;
}
