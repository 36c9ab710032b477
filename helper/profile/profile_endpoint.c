/* SPDX-License-Identifier: MIT */
/*
 * profile_endpoint.c - the URL of an endpoint is taken into the profile:
 * https, or http to this host where that was allowed.
 */
#include "helper/profile/profile_reader.h"
#include "helper/text/url.h"

enum tw_status
profile_endpoint_read(const struct profile_reader *reader,
                      const struct yaml_node *value, char **out)
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
    return profile_value_text(reader, key, value, out);
}

enum tw_status
profile_endpoint_revocation(const struct profile_reader *reader,
                            const struct yaml_node *value)
{
    struct profile *profile = reader->profile;

    profile->revocation_endpoint_line = value->line;
    return profile_endpoint_read(reader, value, &profile->revocation_endpoint);
}

enum tw_status
profile_endpoint_token(const struct profile_reader *reader,
                       const struct yaml_node *value)
{
    struct profile *profile = reader->profile;

    profile->token_endpoint_line = value->line;
    return profile_endpoint_read(reader, value, &profile->token_endpoint);
}
