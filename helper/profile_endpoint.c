/* SPDX-License-Identifier: MIT */
/*
 * profile_endpoint.c - token_endpoint and revocation_endpoint are taken into
 * the profile: https, or http to this host where that was allowed.
 */
#include "helper/profile_reader.h"
#include "helper/url.h"

static enum tw_status
read_endpoint(const struct profile_reader *reader,
              const struct yaml_node *value, uint32_t *line, char **out)
{
    const char *key = value->key->text, *problem;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, value, &n);

    if (status)
        return status;
    problem = url_endpoint_problem(value->text, n,
                                   reader->profile->allow_loopback_http);
    if (problem)
        return profile_refuse(reader, value, "%s %s", key, problem);
    *line = value->line;
    return profile_value_text(reader, key, value, out);
}

enum tw_status
profile_endpoint_revocation(const struct profile_reader *reader,
                            const struct yaml_node *value)
{
    return read_endpoint(reader, value,
                         &reader->profile->revocation_endpoint_line,
                         &reader->profile->revocation_endpoint);
}

enum tw_status
profile_endpoint_token(const struct profile_reader *reader,
                       const struct yaml_node *value)
{
    return read_endpoint(reader, value, &reader->profile->token_endpoint_line,
                         &reader->profile->token_endpoint);
}
