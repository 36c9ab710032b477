/* SPDX-License-Identifier: MIT */
/*
 * profile_readers.c - readers: {users: [...], groups: [...], units: [...]}:
 * names of this host's, into ids, and of units.  A user's profile has none:
 * its tokens are that user's.
 */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "helper/profile_readers.h"
#include "helper/unit_name.h"
#include "provider/base/text.h"

/* A name that is not known here would be nobody, or by tomorrow somebody
 * else: it is refused. */
static enum tw_status
find(const struct profile_reader *reader, const struct yaml_node *node,
     bool is_group, unsigned *out)
{
    const char *kind = is_group ? "group" : "user";
    const struct passwd *user = NULL;
    const struct group *group = NULL;
    struct shown shown;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, "readers", node, &n);

    if (status)
        return status;
    if (is_group)
        group = getgrnam(node->text);
    else
        user = getpwnam(node->text);
    if (!user && !group)
        return profile_refuse(reader, node,
                              "readers: there is no %s '%s' on this host",
                              kind, text_printable(&shown, node->text, n));
    *out = group ? group->gr_gid : user->pw_uid;
    return TW_OK;
}

static enum tw_status
read_ids(const struct profile_reader *reader, const struct yaml_node *value,
         bool is_group, unsigned **ids, size_t *count)
{
    const struct yaml_node *item;
    size_t n = 0, taken = 0;
    enum tw_status status = profile_value_list(reader, value->key->text, value,
                                               READERS_MAX, &item, &n);

    if (status)
        return status;
    *ids = calloc(n, sizeof **ids);
    if (!*ids)
        return tw_no_memory(reader->err);
    for (; taken < n && !status; item = item->next) {
        status = find(reader, item, is_group, &(*ids)[taken]);
        for (size_t i = 0; i < taken && !status; i++) {
            if ((*ids)[i] == (*ids)[taken])
                status = profile_refuse(reader, item,
                                        "readers: stands there twice");
        }
        taken++;
    }
    *count = n;
    return status;
}

static enum tw_status
read_unit(const struct profile_reader *reader, const struct yaml_node *node,
          char **out)
{
    struct shown shown;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, "readers", node, &n);

    if (status)
        return status;
    if (n != node->len || !unit_name_is(node->text))
        return profile_refuse(reader, node,
                              "readers: '%s' is no name of a unit that runs "
                              "programs: NAME.service, or NAME@.service for "
                              "all instances",
                              text_printable(&shown, node->text, n));
    return profile_value_text(reader, "readers", node, out);
}

static enum tw_status
read_units(const struct profile_reader *reader, const struct yaml_node *value)
{
    struct readers *readers = &reader->profile->readers;
    const struct yaml_node *item;
    size_t n = 0;
    enum tw_status status = profile_value_list(reader, value->key->text, value,
                                               READERS_MAX, &item, &n);

    if (status)
        return status;
    readers->units = calloc(n, sizeof *readers->units);
    if (!readers->units)
        return tw_no_memory(reader->err);
    for (; readers->unit_count < n && !status; item = item->next) {
        char **unit = &readers->units[readers->unit_count++];

        status = read_unit(reader, item, unit);
        for (size_t i = 0; !status && i + 1 < readers->unit_count; i++) {
            if (strcmp(readers->units[i], *unit) == 0)
                status = profile_refuse(reader, item,
                                        "readers: stands there twice");
        }
    }
    return status;
}

enum tw_status
profile_read_readers(const struct profile_reader *reader,
                     const struct yaml_node *value)
{
    struct readers *readers = &reader->profile->readers;
    enum tw_status status = TW_OK;

    if (!reader->context->system)
        return profile_refuse(reader, value,
                              "readers: a user's tokens are that user's; put "
                              "the profile into /etc/tokenward/profiles.d");
    if (value->kind != YAML_MAP || !value->child)
        return profile_refuse(reader, value,
                              "readers must be {users: [NAME...], groups: "
                              "[NAME...], units: [NAME...]}, or some of them");
    for (const struct yaml_node *item = value->child; item && !status;
         item = item->next) {
        if (strcmp(item->key->text, "users") == 0)
            status = read_ids(reader, item, false, &readers->users,
                              &readers->user_count);
        else if (strcmp(item->key->text, "groups") == 0)
            status = read_ids(reader, item, true, &readers->groups,
                              &readers->group_count);
        else if (strcmp(item->key->text, "units") == 0)
            status = read_units(reader, item);
        else
            status = profile_refuse(reader, item->key,
                                    "readers has users, groups and units, no "
                                    "'%.32s'",
                                    item->key->text);
    }
    return status;
}
