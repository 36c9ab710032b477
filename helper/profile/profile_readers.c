/* SPDX-License-Identifier: MIT */
/*
 * profile_readers.c - readers: {users: [...], groups: [...], units: [...]}:
 * names of this host's, into ids, and of units.  A user's profile has none:
 * its tokens are that user's.
 */
#include <string.h>

#include "helper/base/unit_name.h"
#include "helper/profile/profile_readers.h"
#include "provider/base/text.h"

/* Who that is, each instance says. */
static bool
is_specifier(const struct profile_reader *reader, const struct yaml_node *node)
{
    const struct specifier *specifier = reader->context->specifier;

    return specifier && specifier->is_sample &&
           specifier->letter == SPECIFIER_INSTANCE &&
           specifier_find(node, SPECIFIER_INSTANCE);
}

/* A name that is not known here would be nobody, or by tomorrow somebody
 * else: it is refused. */
static enum tw_status
find(const struct profile_reader *reader, const struct yaml_node *node,
     enum host_name kind, unsigned *out)
{
    struct shown shown;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, "readers", node, &n);
    enum host_name found;

    if (status)
        return status;
    found = host_names_find(reader->context->names, kind, node->text, out);
    if (found == HOST_NO_MEMORY)
        return tw_no_memory(reader->err);
    if (found == HOST_UNTOLD)
        return tw_fail(reader->err, TW_E_RETRY,
                       "%s:%u:%u: profile '%s': readers: the user database "
                       "could not say who '%s' is",
                       reader->context->file, node->line, node->column,
                       reader->profile->name,
                       text_printable(&shown, node->text, n));
    if (found == HOST_NOBODY)
        return profile_refuse(reader, node,
                              "readers: there is no %s '%s' on this host",
                              kind == HOST_GROUP ? "group" : "user",
                              text_printable(&shown, node->text, n));
    return TW_OK;
}

static enum tw_status
read_ids(const struct profile_reader *reader, const struct yaml_node *value,
         enum host_name kind, unsigned **ids, size_t *count)
{
    const struct yaml_node *item;
    size_t n = 0, taken = 0;
    enum tw_status status = profile_value_list(reader, value->key->text, value,
                                               READERS_MAX, &item, &n);

    if (status)
        return status;
    *ids = arena_take(reader->context->arena, n * sizeof **ids);
    if (!*ids)
        return tw_no_memory(reader->err);
    for (; n && !status; item = item->next, n--) {
        if (is_specifier(reader, item))
            continue;
        status = find(reader, item, kind, &(*ids)[taken]);
        for (size_t i = 0; i < taken && !status; i++) {
            if ((*ids)[i] == (*ids)[taken])
                status = profile_refuse(reader, item,
                                        "readers: stands there twice");
        }
        taken++;
    }
    *count = taken;
    return status;
}

static enum tw_status
read_unit(const struct profile_reader *reader, const struct yaml_node *node,
          char **out)
{
    const struct specifier *specifier = reader->context->specifier;
    struct shown shown;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, "readers", node, &n);

    if (status)
        return status;
    if (specifier && specifier->letter == SPECIFIER_USER)
        return profile_refuse(reader, node,
                              "readers: an instance by %%u is its user's "
                              "alone, and no unit's: name users and groups");
    if (n != node->len || !unit_name_is(node->text))
        return profile_refuse(reader, node,
                              "readers: '%s' is no name of a unit that runs "
                              "programs: NAME.service, or NAME@.service for "
                              "all instances",
                              text_printable(&shown, node->text, n));
    return profile_value_text(reader, "readers", node, out);
}

static enum tw_status
read_units(const struct profile_reader *reader, const struct yaml_node *value,
           struct readers *readers)
{
    const struct yaml_node *item;
    size_t n = 0;
    enum tw_status status = profile_value_list(reader, value->key->text, value,
                                               READERS_MAX, &item, &n);

    if (status)
        return status;
    readers->units =
        arena_take(reader->context->arena, n * sizeof *readers->units);
    if (!readers->units)
        return tw_no_memory(reader->err);
    for (; n && !status; item = item->next, n--) {
        char **unit = &readers->units[readers->unit_count];

        if (is_specifier(reader, item))
            continue;
        readers->unit_count++;
        status = read_unit(reader, item, unit);
        for (size_t i = 0; !status && i + 1 < readers->unit_count; i++) {
            if (strcmp(readers->units[i], *unit) == 0)
                status = profile_refuse(reader, item,
                                        "readers: stands there twice");
        }
    }
    return status;
}

/* The template names those who may have an instance; this one is one's own. */
static enum tw_status
read_user(const struct profile_reader *reader, uid_t uid,
          struct readers *readers)
{
    readers->users =
        arena_take(reader->context->arena, sizeof *readers->users);
    if (!readers->users)
        return tw_no_memory(reader->err);
    readers->users[0] = uid;
    readers->user_count = 1;
    return TW_OK;
}

static enum tw_status
refuse_kind(const struct profile_reader *reader, const struct yaml_node *key)
{
    struct shown shown;

    return profile_refuse(reader, key,
                          "readers has users, groups and units, no '%s'",
                          text_printable(&shown, key->text, key->len));
}

enum tw_status
profile_read_readers(const struct profile_reader *reader,
                     const struct yaml_node *value)
{
    const struct specifier *specifier = reader->context->specifier;
    struct readers *readers;
    enum tw_status status = TW_OK;

    if (!reader->context->system)
        return profile_refuse(reader, value,
                              "readers: a user's tokens are that user's; put "
                              "the profile into /etc/tokenward/profiles.d");
    if (value->kind != YAML_MAP || !value->child)
        return profile_refuse(reader, value,
                              "readers must be {users: [NAME...], groups: "
                              "[NAME...], units: [NAME...]}, or some of them");
    readers = arena_take(reader->context->arena, sizeof *readers);
    if (!readers)
        return tw_no_memory(reader->err);
    reader->profile->readers = readers;
    if (specifier && specifier->letter == SPECIFIER_USER &&
        !specifier->is_sample)
        return read_user(reader, specifier->uid, readers);
    for (const struct yaml_node *item = value->child; item && !status;
         item = item->next) {
        if (strcmp(item->key->text, "users") == 0)
            status = read_ids(reader, item, HOST_USER, &readers->users,
                              &readers->user_count);
        else if (strcmp(item->key->text, "groups") == 0)
            status = read_ids(reader, item, HOST_GROUP, &readers->groups,
                              &readers->group_count);
        else if (strcmp(item->key->text, "units") == 0)
            status = read_units(reader, item, readers);
        else
            status = refuse_kind(reader, item->key);
    }
    return status;
}
