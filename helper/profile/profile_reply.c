/* SPDX-License-Identifier: MIT */
/*
 * profile_reply.c - the keys that let an answer be further from RFC 6749:
 * each for servers that are known to answer so, and for these alone.
 */
#include <string.h>

#include "helper/profile/profile_reader.h"
#include "provider/base/text.h"

#define MEMBER_MAX 64 /* bytes of a member's name */

enum tw_status
profile_read_expires_member(const struct profile_reader *reader,
                            const struct yaml_node *value)
{
    return profile_value_word(
        reader, value,
        "the name of a member of the answer, like expires_at: ", MEMBER_MAX,
        &reader->profile->reply.expires_member);
}

enum tw_status
profile_read_reply_format(const struct profile_reader *reader,
                          const struct yaml_node *value)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->profile->reply.form = chosen == 1;
    return status;
}

enum tw_status
profile_read_success_status(const struct profile_reader *reader,
                            const struct yaml_node *value)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->profile->reply.success_status = 200 + (int)chosen;
    return status;
}

enum tw_status
profile_read_token_type(const struct profile_reader *reader,
                        const struct yaml_node *value)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->profile->reply.bearer = true;
    return status;
}

enum tw_status
profile_read_zero_lifetime(const struct profile_reader *reader,
                           const struct yaml_node *value)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->profile->reply.zero_lifetime = chosen == 1;
    return status;
}
