/* SPDX-License-Identifier: MIT */
/*
 * profile_login.c - login, lifetime, revoke_on_logout and wlcg_discovery are
 * taken into the profile: what a token has to do with a person's sessions.
 */
#include "helper/profile/profile_reader.h"

enum tw_status
profile_login_lifetime(const struct profile_reader *reader,
                       const struct yaml_node *value)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->profile->login_lifetime = (enum login_lifetime)chosen;
    return status;
}

static enum tw_status
read_flag(const struct profile_reader *reader, const struct yaml_node *value,
          bool *out)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        *out = chosen == 1;
    return status;
}

enum tw_status
profile_login_login(const struct profile_reader *reader,
                    const struct yaml_node *value)
{
    return read_flag(reader, value, &reader->profile->login);
}

enum tw_status
profile_login_revoke_on_logout(const struct profile_reader *reader,
                               const struct yaml_node *value)
{
    return read_flag(reader, value, &reader->profile->revoke_on_logout);
}

enum tw_status
profile_login_wlcg_discovery(const struct profile_reader *reader,
                             const struct yaml_node *value)
{
    struct profile *profile = reader->profile;

    if (reader->context->system)
        return profile_refuse(reader, value,
                              "wlcg_discovery: the file is in a user's "
                              "runtime directory; put the profile into "
                              "~/.config/tokenward");
    if (reader->context->specifier)
        return profile_refuse(reader, value,
                              "wlcg_discovery is not for a template: one "
                              "token fits into the file");
    profile->wlcg_discovery_line = value->line;
    profile->wlcg_discovery_column = value->column;
    return read_flag(reader, value, &profile->wlcg_discovery);
}
