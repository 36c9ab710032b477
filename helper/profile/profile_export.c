/* SPDX-License-Identifier: MIT */
/*
 * profile_export.c - env: the variables that tokenward exec sets are taken
 * into the profile.
 */
#include <string.h>

#include "helper/profile/profile_reader.h"
#include "provider/base/text.h"

const char *const PROFILE_EXPORT_WORDS[] = {"token", "file", "header", NULL};

static enum tw_status
read_export(const struct profile_reader *reader, const struct yaml_node *value,
            struct profile_export *out)
{
    const char *name = value->key->text;
    struct shown shown;
    size_t chosen = 0;
    enum tw_status status;

    if (!text_is_variable_name(name))
        return profile_refuse(reader, value->key,
                              "env: '%s' is no variable's name: a letter or "
                              "_, then letters, digits and _, 64 at most",
                              text_printable(&shown, name, strlen(name)));
    status = profile_value_choice(reader, name, value, PROFILE_EXPORT_WORDS,
                                  &chosen);
    if (status)
        return status;
    out->kind = (enum exported_kind)(chosen + EXPORT_TOKEN);
    out->name = arena_text(reader->context->arena, name, value->key->len);
    return out->name ? TW_OK : tw_no_memory(reader->err);
}

enum tw_status
profile_read_env(const struct profile_reader *reader,
                 const struct yaml_node *value)
{
    struct profile *profile = reader->profile;
    enum tw_status status = TW_OK;
    size_t count = 0;

    if (value->kind != YAML_MAP)
        return profile_refuse(reader, value,
                              "env must be a map, {NAME: token}; token, file "
                              "or header");
    for (const struct yaml_node *item = value->child; item; item = item->next)
        count++;
    if (count == 0 || count > PROFILE_LIST_MAX)
        return profile_refuse(reader, value, "env must have 1 to %d names",
                              PROFILE_LIST_MAX);
    profile->exports =
        arena_take(reader->context->arena, count * sizeof *profile->exports);
    if (!profile->exports)
        return tw_no_memory(reader->err);
    for (const struct yaml_node *item = value->child; item && !status;
         item = item->next)
        status = read_export(reader, item,
                             &profile->exports[profile->export_count++]);
    return status;
}
