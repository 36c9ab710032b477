/* SPDX-License-Identifier: MIT */
/*
 * profile_option.c - a key of the provider's own table, checked by its type.
 *
 * A scope becomes one value joined by single spaces, whether it was written
 * as text or as a list (RFC 6749 3.3); an empty one is left out by leaving
 * the key out, never by an empty value.
 */
#include <string.h>

#include "helper/profile_reader.h"
#include "helper/url.h"
#include "provider/base/auto.h"
#include "provider/base/text.h"

/* scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) */
static bool
is_scope_character(char c)
{
    return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Appends the tokens of @text, each with one space before it.  TW_E_CONFIG:
 * they are none, or too much; TW_E_SYSTEM: out of memory. */
static enum tw_status
add_scopes(struct secret *scope, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool begins = i == 0 || text[i - 1] == ' ';
        size_t space = begins && scope->len ? 1 : 0;

        if (text[i] == ' ')
            continue;
        if (!is_scope_character(text[i]) ||
            scope->max - scope->len < space + 1)
            return TW_E_CONFIG;
        if (!secret_append(scope, " ", space) ||
            !secret_append(scope, &text[i], 1))
            return TW_E_SYSTEM;
    }
    return TW_OK;
}

static enum tw_status
read_scope(const struct profile_reader *reader, const char *key,
           const struct yaml_node *node, char **out)
{
    AUTO_SECRET scope = SECRET_INIT(PROFILE_SCOPE_MAX);
    const struct yaml_node *item = NULL;
    size_t count = 0, n = 0;
    enum tw_status status = profile_value_list(
        reader, key, node, PROFILE_SCOPE_MAX, &item, &count);

    for (; item && count && !status; item = item->next, count--) {
        status = profile_value_line(reader, key, item, &n);
        if (status)
            return status;
        status = add_scopes(&scope, item->text, n);
        if (status == TW_E_SYSTEM)
            return tw_no_memory(reader->err);
        if (status)
            return profile_refuse(
                reader, item,
                "%s must be scopes separated by spaces, of printable ASCII "
                "without \" and \\, %d bytes at most",
                key, PROFILE_SCOPE_MAX);
    }
    if (status)
        return status;
    if (!scope.len)
        return profile_refuse(reader, node, "%s must not be empty", key);
    *out = arena_text(reader->context->arena, secret_text(&scope), scope.len);
    return *out ? TW_OK : tw_no_memory(reader->err);
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
