/* SPDX-License-Identifier: MIT */
/*
 * profile_match.c - match: the URLs that a profile's token is for are taken
 * into the profile, normalised.
 */
#include <string.h>

#include "helper/profile/profile_reader.h"
#include "helper/text/url.h"

static enum tw_status
read_one_match(const struct profile_reader *reader,
               const struct yaml_node *item, struct profile_match *out)
{
    struct arena *arena = reader->context->arena;
    struct url_match match;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, "match", item, &n);
    const char *problem;

    if (status)
        return status;
    problem = url_match_problem(item->text, n, &match);
    if (problem)
        return profile_refuse(reader, item, "match %s", problem);
    if (profile_match(reader->profile, match.host, match.path))
        return profile_refuse(reader, item,
                              "match has the same URL twice; remove one");
    out->line = item->line;
    out->column = item->column;
    out->host = arena_text(arena, match.host, strlen(match.host));
    out->path = arena_text(arena, match.path, strlen(match.path));
    return out->host && out->path ? TW_OK : tw_no_memory(reader->err);
}

enum tw_status
profile_read_match(const struct profile_reader *reader,
                   const struct yaml_node *value)
{
    struct profile *profile = reader->profile;
    const struct yaml_node *item = NULL;
    size_t count = 0;
    enum tw_status status = profile_value_list(
        reader, value->key->text, value, PROFILE_LIST_MAX, &item, &count);

    if (status)
        return status;
    profile->matches =
        arena_take(reader->context->arena, count * sizeof *profile->matches);
    if (!profile->matches)
        return tw_no_memory(reader->err);
    for (size_t i = 0; i < count && !status; i++, item = item->next) {
        status = read_one_match(reader, item, &profile->matches[i]);
        profile->match_count++;
    }
    return status;
}
