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

#include "helper/client_auth.h"
#include "helper/profile_client.h"

void
profile_add_missing(char *list, size_t size, const char *key)
{
    size_t used = strlen(list);

    (void)snprintf(list + used, size - used, "%s%s", used ? ", " : "", key);
}

/* A part of a profile's identity, and the methods that want it. */
struct part {
    const char *key;
    unsigned need;  /* of AUTH_NEEDS_... */
    bool is_shared; /* of use without the method, too */
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
    {"client_secret", AUTH_NEEDS_SECRET, false, has_secret},
    {"assertion_key", AUTH_NEEDS_KEY, true, has_key},
    {"client_assertion", AUTH_NEEDS_ASSERTION, false, has_assertion},
    {"client_certificate", AUTH_NEEDS_CERTIFICATE, true, has_certificate},
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

static const struct yaml_node *
node_of(const struct profile_reader *reader, const char *key)
{
    const struct yaml_node *node = reader->entry->child;

    while (node && strcmp(node->key->text, key) != 0)
        node = node->next;
    return node;
}

static enum tw_status
refuse_useless(const struct profile_reader *reader, const char *key,
               const char *why)
{
    const struct yaml_node *node = node_of(reader, key);

    return node ? profile_refuse(reader, node->key, "%s is of no use %s", key,
                                 why)
                : TW_OK;
}

static enum tw_status
check_parts(const struct profile_reader *reader)
{
    const struct profile *profile = reader->profile;
    unsigned needs = client_auth_needs(profile->auth_method);
    enum tw_status status = TW_OK;
    char why[96];

    (void)snprintf(why, sizeof why, "with token_endpoint_auth_method: %s",
                   client_auth_name(profile->auth_method));
    for (size_t i = 0; i < PART_COUNT && !status; i++) {
        if (!is_client(profile) && !PARTS[i].is_shared)
            status = refuse_useless(reader, PARTS[i].key, "without client_id");
        else if (!(needs & PARTS[i].need) && !PARTS[i].is_shared)
            status = refuse_useless(reader, PARTS[i].key, why);
    }
    if (!status && !has_secret(profile))
        status = refuse_useless(reader, "client_secret_next",
                                "without client_secret");
    return status;
}

/* Keys that say how to sign, where nothing is signed. */
static enum tw_status
check_signing(const struct profile_reader *reader)
{
    static const char *const OF_A_KEY[] = {"assertion_certificate",
                                           "assertion_key_passphrase"};
    static const char *const OF_A_SIGNATURE[] = {
        "assertion_audience", "assertion_key_id", "assertion_lifetime",
        "token_endpoint_auth_signing_alg"};
    const struct profile *profile = reader->profile;
    bool by_secret = profile->auth_method == AUTH_CLIENT_SECRET_JWT;
    enum tw_status status = TW_OK;

    for (size_t i = 0; !has_key(profile) && !status &&
                       i < sizeof OF_A_KEY / sizeof *OF_A_KEY;
         i++)
        status = refuse_useless(reader, OF_A_KEY[i], "without assertion_key");
    for (size_t i = 0; !has_key(profile) && !by_secret && !status &&
                       i < sizeof OF_A_SIGNATURE / sizeof *OF_A_SIGNATURE;
         i++)
        status = refuse_useless(reader, OF_A_SIGNATURE[i],
                                "where nothing is signed; add assertion_key");
    if (!status && !has_assertion(profile))
        status = refuse_useless(reader, "client_assertion_type",
                                "without client_assertion");
    return status;
}

static enum tw_status
check_identity(const struct profile_reader *reader)
{
    static const char *const OF_ONE[] = {"client_certificate_key",
                                         "client_certificate_key_passphrase",
                                         "mtls_endpoint_aliases"};
    const struct profile *profile = reader->profile;
    enum tw_status status = TW_OK;

    if (has_certificate(profile) && !profile_identity(profile)->key.uri)
        return profile_refuse(reader, node_of(reader, "client_certificate"),
                              "client_certificate needs "
                              "client_certificate_key");
    for (size_t i = 0; !has_certificate(profile) && !status &&
                       i < sizeof OF_ONE / sizeof *OF_ONE;
         i++)
        status =
            refuse_useless(reader, OF_ONE[i], "without client_certificate");
    return status;
}

static enum tw_status
check_algorithm(const struct profile_reader *reader)
{
    const struct profile *profile = reader->profile;
    const struct yaml_node *node =
        node_of(reader, "token_endpoint_auth_signing_alg");
    bool by_secret = profile->auth_method == AUTH_CLIENT_SECRET_JWT;

    if (!node ||
        (profile_assertion(profile)->algorithm == JWT_HS256) == by_secret)
        return TW_OK;
    return profile_refuse(reader, node, "token_endpoint_auth_signing_alg %s",
                          by_secret ? "must be HS256 with client_secret_jwt"
                                    : "HS256 is client_secret_jwt's alone");
}

enum tw_status
profile_client_check(const struct profile_reader *reader)
{
    const struct profile *profile = reader->profile;
    enum tw_status status = check_parts(reader);

    if (!status)
        status = check_signing(reader);
    if (!status)
        status = check_identity(reader);
    if (!status)
        status = check_algorithm(reader);
    if (status)
        return status;
    if (profile_assertion(profile)->audience_kind == AUDIENCE_ISSUER &&
        !profile->issuer)
        return profile_refuse(reader, node_of(reader, "assertion_audience"),
                              "assertion_audience: issuer needs issuer");
    if (profile->auth_method == AUTH_CLIENT_SECRET_BASIC &&
        profile->basic_encoding == BASIC_RAW && profile->client_id &&
        strchr(profile->client_id, ':'))
        return profile_refuse(reader, reader->entry->key,
                              "client_id holds a ':', which basic_encoding: "
                              "raw can't send; use form");
    return TW_OK;
}
