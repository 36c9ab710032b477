/* SPDX-License-Identifier: MIT */
/*
 * profile_client.c - see profile_client.h.
 */
#include "helper/profile/profile_client.h"

#include <string.h>

#include "helper/exchange/client_auth.h"
#include "helper/keys/jwt.h"
#include "helper/text/url.h"

enum tw_status
profile_client_id(const struct profile_reader *reader,
                  const struct yaml_node *value)
{
    reader->profile->client_id_line = value->line;
    return profile_value_text(reader, value->key->text, value,
                              &reader->profile->client_id);
}

enum tw_status
profile_client_secret(const struct profile_reader *reader,
                      const struct yaml_node *value)
{
    reader->profile->client_secret_line = value->line;
    return profile_read_secret(reader, value->key->text, value,
                               &reader->profile->client_secret);
}

enum tw_status
profile_client_secret_next(const struct profile_reader *reader,
                           const struct yaml_node *value)
{
    struct secret_source *next =
        arena_take(reader->context->arena, sizeof *next);

    if (!next)
        return tw_no_memory(reader->err);
    reader->profile->client_secret_next = next;
    return profile_read_secret(reader, value->key->text, value, next);
}

enum tw_status
profile_client_basic_encoding(const struct profile_reader *reader,
                              const struct yaml_node *value)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->profile->basic_encoding = (enum basic_encoding)chosen;
    return status;
}

enum tw_status
profile_client_method(const struct profile_reader *reader,
                      const struct yaml_node *value)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->profile->auth_method = (enum auth_method)chosen;
    reader->profile->auth_method_chosen = true;
    return status;
}

/* What may be chosen, of all there are. */
static const enum jwt_algorithm ALGORITHMS[] = {
    JWT_EDDSA, JWT_ES256, JWT_HS256, JWT_PS256, JWT_RS256};

const char *
profile_client_algorithm_name(size_t index)
{
    return index < sizeof ALGORITHMS / sizeof *ALGORITHMS
               ? jwt_algorithm_name(ALGORITHMS[index])
               : NULL;
}

enum tw_status
profile_client_algorithm(const struct profile_reader *reader,
                         const struct yaml_node *value)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->assertion->algorithm = ALGORITHMS[chosen];
    return status;
}

/* A path is made absolute; a URI stays as it is. */
static enum tw_status
read_key(const struct profile_reader *reader, const char *name,
         const struct yaml_node *value, struct key_source *out)
{
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, name, value, &n);
    const char *problem;

    if (status)
        return status;
    problem = key_is_uri(value->text) ? key_uri_problem(value->text) : NULL;
    if (problem)
        return profile_refuse(reader, value, "%s %s", name, problem);
    out->name = name;
    out->file = reader->context->file;
    out->line = value->line;
    out->column = value->column;
    return key_is_uri(value->text)
               ? profile_value_text(reader, name, value, &out->uri)
               : profile_value_path(reader, name, value, &out->uri);
}

enum tw_status
profile_client_key(const struct profile_reader *reader,
                   const struct yaml_node *value)
{
    return read_key(reader, "assertion_key", value, &reader->assertion->key);
}

enum tw_status
profile_client_key_passphrase(const struct profile_reader *reader,
                              const struct yaml_node *value)
{
    return profile_read_secret(reader, value->key->text, value,
                               &reader->assertion->key.passphrase);
}

enum tw_status
profile_client_key_id(const struct profile_reader *reader,
                      const struct yaml_node *value)
{
    return profile_value_text(reader, value->key->text, value,
                              &reader->assertion->key_id);
}

enum tw_status
profile_client_key_certificate(const struct profile_reader *reader,
                               const struct yaml_node *value)
{
    reader->assertion->certificate_line = value->line;
    return profile_value_path(reader, value->key->text, value,
                              &reader->assertion->certificate);
}

enum tw_status
profile_client_key_lifetime(const struct profile_reader *reader,
                            const struct yaml_node *value)
{
    return profile_key_seconds(reader, value, &reader->assertion->lifetime_s);
}

enum tw_status
profile_client_audience(const struct profile_reader *reader,
                        const struct yaml_node *value)
{
    struct profile_assertion *assertion = reader->assertion;
    enum tw_status status = profile_value_text(reader, value->key->text, value,
                                               &assertion->audience);

    assertion->audience_line = value->line;
    if (status)
        return status;
    if (strcmp(assertion->audience, "issuer") == 0)
        assertion->audience_kind = AUDIENCE_ISSUER;
    else if (strcmp(assertion->audience, "token_endpoint") == 0)
        assertion->audience_kind = AUDIENCE_TOKEN_ENDPOINT;
    else
        assertion->audience_kind = AUDIENCE_TEXT;
    return TW_OK;
}

enum tw_status
profile_client_certificate(const struct profile_reader *reader,
                           const struct yaml_node *value)
{
    reader->identity->certificate_line = value->line;
    return profile_value_path(reader, value->key->text, value,
                              &reader->identity->certificate);
}

enum tw_status
profile_client_certificate_key(const struct profile_reader *reader,
                               const struct yaml_node *value)
{
    return read_key(reader, "client_certificate_key", value,
                    &reader->identity->key);
}

enum tw_status
profile_client_certificate_passphrase(const struct profile_reader *reader,
                                      const struct yaml_node *value)
{
    return profile_read_secret(reader, value->key->text, value,
                               &reader->identity->key.passphrase);
}

enum tw_status
profile_client_mtls_aliases(const struct profile_reader *reader,
                            const struct yaml_node *value)
{
    struct profile *profile = reader->profile;
    const struct yaml_node *only = value->child;
    const char *problem;
    size_t n = 0;
    enum tw_status status;

    if (value->kind != YAML_MAP || !only || only->next ||
        strcmp(only->key->text, "token_endpoint") != 0)
        return profile_refuse(reader, value,
                              "mtls_endpoint_aliases must be a map, "
                              "{token_endpoint: URL}");
    status = profile_value_line(reader, "token_endpoint", only, &n);
    if (status)
        return status;
    problem =
        url_endpoint_problem(only->text, n, profile->allow_loopback_http);
    if (problem)
        return profile_refuse(
            reader, only, "mtls_endpoint_aliases: token_endpoint %s", problem);
    profile->mtls_token_endpoint_line = only->line;
    return profile_value_text(reader, "token_endpoint", only,
                              &profile->mtls_token_endpoint);
}

enum tw_status
profile_client_assertion(const struct profile_reader *reader,
                         const struct yaml_node *value)
{
    return profile_read_issued(reader, value->key->text, value,
                               &reader->assertion->given);
}

static enum tw_status
read_url(const struct profile_reader *reader, const struct yaml_node *value,
         char **out)
{
    size_t n = 0;
    const char *problem;
    enum tw_status status =
        profile_value_line(reader, value->key->text, value, &n);

    if (status)
        return status;
    problem = url_absolute_problem(value->text, n);
    if (problem)
        return profile_refuse(reader, value, "%s %s", value->key->text,
                              problem);
    return profile_value_text(reader, value->key->text, value, out);
}

enum tw_status
profile_client_assertion_type(const struct profile_reader *reader,
                              const struct yaml_node *value)
{
    return read_url(reader, value, &reader->assertion->type);
}

/* Compared to the letter with what the server says of itself. */
enum tw_status
profile_client_issuer(const struct profile_reader *reader,
                      const struct yaml_node *value)
{
    enum tw_status status = read_url(reader, value, &reader->profile->issuer);

    if (!status && strchr(reader->profile->issuer, '?'))
        return profile_refuse(reader, value,
                              "%s must not have a query (RFC 8414 2)",
                              value->key->text);
    reader->profile->issuer_line = value->line;
    return status;
}
