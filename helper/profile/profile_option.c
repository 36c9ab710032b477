/* SPDX-License-Identifier: MIT */
/*
 * profile_option.c - a key of the provider's own table, checked by its type.
 *
 * A scope becomes one value joined by single spaces, whether it was written
 * as text or as a list (RFC 6749 3.3); an empty one is left out by leaving
 * the key out, never by an empty value.
 */
#include <string.h>

#include "helper/profile/profile_reader.h"
#include "helper/text/redirect_place.h"
#include "helper/text/url.h"
#include "provider/base/auto.h"
#include "provider/base/text.h"

/* scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) */
static bool
is_scope_character(char c)
{
    return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Adds the tokens of @text, each with one space before it but the first of
 * all, to what is @*len long at @scope.  False: they are none, or too much. */
static bool
add_scopes(char *scope, size_t *len, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t start = i;

        while (i < n && is_scope_character(text[i]))
            i++;
        if (i < n && text[i] != ' ')
            return false;
        if (i > start) {
            if (*len)
                scope[(*len)++] = ' ';
            memcpy(scope + *len, text + start, i - start);
            *len += i - start;
        }
        i++;
    }
    return *len <= PROFILE_SCOPE_MAX;
}

static enum tw_status
read_scope(const struct profile_reader *reader, const char *key,
           const struct yaml_node *node, char **out)
{
    const struct yaml_node *first = NULL, *item;
    size_t count = 0, n = 0, len = 0, room = 1;
    enum tw_status status = profile_value_list(
        reader, key, node, PROFILE_SCOPE_MAX, &first, &count);
    char *scope;

    if (status)
        return status;
    item = first;
    for (size_t i = 0; i < count; i++, item = item->next)
        room += item->len + 1;
    scope = arena_take(reader->context->arena, room);
    if (!scope)
        return tw_no_memory(reader->err);
    item = first;
    for (size_t i = 0; i < count; i++, item = item->next) {
        status = profile_value_line(reader, key, item, &n);
        if (status)
            return status;
        if (!add_scopes(scope, &len, item->text, n))
            return profile_refuse(
                reader, item,
                "%s must be scopes separated by spaces, of printable ASCII "
                "without \" and \\, %d bytes at most",
                key, PROFILE_SCOPE_MAX);
    }
    if (!len)
        return profile_refuse(reader, node, "%s must not be empty", key);
    *out = scope;
    return TW_OK;
}

static enum tw_status
read_url(const struct profile_reader *reader, const char *key,
         const struct yaml_node *node, char **out)
{
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, node, &n);
    const char *problem;

    if (status)
        return status;
    problem = url_absolute_problem(node->text, n);
    if (problem)
        return profile_refuse(reader, node, "%s %s", key, problem);
    return profile_value_text(reader, key, node, out);
}

static enum tw_status
read_urls(const struct profile_reader *reader, const char *key,
          const struct yaml_node *item, size_t count, char **out)
{
    enum tw_status status = TW_OK;

    for (size_t i = 0; i < count && !status; i++, item = item->next)
        status = read_url(reader, key, item, &out[i]);
    return status;
}

static enum tw_status
read_loopback(const struct profile_reader *reader, const char *key,
              const struct yaml_node *node, char **out)
{
    struct redirect_place place;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, node, &n);
    const char *problem;

    if (status)
        return status;
    problem = redirect_place_problem(node->text, n, &place);
    if (problem)
        return profile_refuse(reader, node, "%s %s", key, problem);
    return profile_value_text(reader, key, node, out);
}

static enum tw_status
read_values(const struct profile_reader *reader,
            const struct tw_option *option, const struct yaml_node *node,
            struct profile_option *out)
{
    const struct yaml_node *first = node;
    size_t count = 1;
    enum tw_status status = TW_OK;

    if (option->type == TW_OPTION_URLS)
        status = profile_value_list(reader, option->name, node,
                                    PROFILE_LIST_MAX, &first, &count);
    if (status)
        return status;
    out->values =
        arena_take(reader->context->arena, (count + 1) * sizeof *out->values);
    if (!out->values)
        return tw_no_memory(reader->err);
    switch (option->type) {
    case TW_OPTION_SCOPE:
        return read_scope(reader, option->name, node, out->values);
    case TW_OPTION_URL:
    case TW_OPTION_URLS:
        return read_urls(reader, option->name, first, count, out->values);
    case TW_OPTION_LOOPBACK:
        return read_loopback(reader, option->name, node, out->values);
    case TW_OPTION_ENDPOINT:
        return profile_endpoint_read(reader, node, out->values);
    default:
        return profile_value_text(reader, option->name, node, out->values);
    }
}

enum tw_status
profile_read_option(const struct profile_reader *reader,
                    const struct tw_option *option,
                    const struct yaml_node *node, struct profile_option *out)
{
    struct profile_option read = {
        .name = option->name, .line = node->line, .column = node->column};
    enum tw_status status;

    switch (option->type) {
    case TW_OPTION_SECRET:
        status =
            option->flags & TW_OPTION_ISSUED
                ? profile_read_issued(reader, option->name, node, &read.secret)
                : profile_read_secret(reader, option->name, node,
                                      &read.secret);
        break;
    case TW_OPTION_COMMAND:
        status =
            profile_read_command(reader, option->name, node, &read.secret);
        break;
    case TW_OPTION_FILE:
        status = profile_read_foreign_file(reader, option->name, node,
                                           &read.secret);
        break;
    default:
        status = read_values(reader, option, node, &read);
    }
    if (!status)
        *out = read;
    return status;
}
