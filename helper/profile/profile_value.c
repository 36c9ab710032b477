/* SPDX-License-Identifier: MIT */
/*
 * profile_value.c - a node comes in, a checked value of one type goes out.
 *
 * A value may be the secret that somebody wrote behind the wrong key, so no
 * message ever quotes one.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/profile/profile_keys.h"
#include "helper/profile/profile_reader.h"
#include "provider/base/auto.h"
#include "provider/base/text.h"

enum tw_status
profile_refuse(const struct profile_reader *reader,
               const struct yaml_node *where, const char *format, ...)
{
    const struct yaml_node *name = reader->entry->key;
    char what[640];
    struct shown shown;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return tw_fail(reader->err, TW_E_CONFIG, "%s:%u:%u: profile '%s': %s",
                   reader->context->file, where->line, where->column,
                   text_printable(&shown, name->text, name->len), what);
}

enum tw_status
profile_value_line(const struct profile_reader *reader, const char *key,
                   const struct yaml_node *node, size_t *n)
{
    size_t len = node->len;

    if (node->kind != YAML_TEXT)
        return profile_refuse(reader, node, "%s must be text, not a %s", key,
                              node->kind == YAML_MAP ? "map" : "list");
    if (node->is_null)
        return profile_refuse(reader, node,
                              "%s has no value (a word like null needs "
                              "quotes to be text)",
                              key);
    if (len && node->text[len - 1] == '\n')
        len--;
    if (len == 0)
        return profile_refuse(reader, node, "%s must not be empty", key);
    if (!text_is_line(node->text, len))
        return profile_refuse(reader, node,
                              "%s must be one line without control "
                              "characters",
                              key);
    *n = len;
    return TW_OK;
}

enum tw_status
profile_value_word(const struct profile_reader *reader,
                   const struct yaml_node *value, const char *what, int max,
                   char **out)
{
    const char *key = value->key->text;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, value, &n);

    if (status)
        return status;
    if (n > (size_t)max || !text_is_token(value->text, n))
        return profile_refuse(reader, value,
                              "%s must be %s1 to %d printable ASCII "
                              "characters without spaces",
                              key, what, max);
    return profile_value_text(reader, key, value, out);
}

enum tw_status
profile_value_text(const struct profile_reader *reader, const char *key,
                   const struct yaml_node *node, char **out)
{
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, node, &n);
    char *copy;

    if (status)
        return status;
    copy = arena_text(reader->context->arena, node->text, n);
    if (!copy)
        return tw_no_memory(reader->err);
    *out = copy;
    return TW_OK;
}

/* The absolute directory of @file, with a slash at its end: its length, or
 * PATH_MAX when it is too long. */
static size_t
directory_of(const char *file, char out[static PATH_MAX])
{
    const char *slash = strrchr(file, '/');
    int n = slash ? (int)(slash - file) + 1 : 0;
    char here[PATH_MAX] = "";
    int len;

    if (file[0] != '/' && !getcwd(here, sizeof here))
        return PATH_MAX;
    len =
        snprintf(out, PATH_MAX, "%s%s%.*s", here, here[0] ? "/" : "", n, file);
    return len < 0 || len >= PATH_MAX ? PATH_MAX : (size_t)len;
}

enum tw_status
profile_value_path(const struct profile_reader *reader, const char *key,
                   const struct yaml_node *node, char **out)
{
    char dir[PATH_MAX], *path;
    size_t n = 0, before = 0;
    enum tw_status status = profile_value_line(reader, key, node, &n);

    if (status)
        return status;
    if (node->text[0] == '~')
        return profile_refuse(reader, node,
                              "%s: '~' has no meaning here; write the path "
                              "from / or from the profile's directory",
                              key);
    if (node->text[0] != '/')
        before = directory_of(reader->context->file, dir);
    if (before + n >= PATH_MAX)
        return profile_refuse(reader, node, "%s: the path is too long", key);
    path = arena_take(reader->context->arena, before + n + 1);
    if (!path)
        return tw_no_memory(reader->err);
    memcpy(path, dir, before);
    memcpy(path + before, node->text, n);
    *out = path;
    return TW_OK;
}

static void
join_words(const struct key_shape *shape, char *out, size_t size)
{
    const char *word;
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; (word = key_word(shape, i)) && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s",
                                 i == 0                   ? ""
                                 : key_word(shape, i + 1) ? ", "
                                                          : " or ",
                                 word);
}

/* One of the shape's words. */
static enum tw_status
choose(const struct profile_reader *reader, const char *key,
       const struct yaml_node *node, const struct key_shape *shape,
       size_t *out)
{
    char choices[256];
    const char *word;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, node, &n);

    if (status)
        return status;
    for (size_t i = 0; (word = key_word(shape, i)); i++) {
        if (strncmp(word, node->text, n) == 0 && word[n] == '\0') {
            *out = i;
            return TW_OK;
        }
    }
    join_words(shape, choices, sizeof choices);
    return profile_refuse(reader, node, "%s must be %s", key, choices);
}

enum tw_status
profile_value_choice(const struct profile_reader *reader, const char *key,
                     const struct yaml_node *node, const char *const *words,
                     size_t *out)
{
    const struct key_shape shape = {.kind = KEY_CHOICE, .words = words};

    return choose(reader, key, node, &shape, out);
}

enum tw_status
profile_value_list(const struct profile_reader *reader, const char *key,
                   const struct yaml_node *node, size_t max,
                   const struct yaml_node **first, size_t *count)
{
    size_t n = 0;

    if (node->kind == YAML_MAP)
        return profile_refuse(reader, node, "%s must be text or a list", key);
    if (node->kind == YAML_TEXT) {
        *first = node;
        *count = 1;
        return TW_OK;
    }
    for (const struct yaml_node *item = node->child; item; item = item->next)
        n++;
    if (n == 0 || n > max)
        return profile_refuse(reader, node, "%s must have 1 to %zu items", key,
                              max);
    *first = node->child;
    *count = n;
    return TW_OK;
}

enum tw_status
profile_key_choice(const struct profile_reader *reader,
                   const struct yaml_node *value, size_t *out)
{
    return choose(reader, reader->key->name, value, &reader->key->shape, out);
}

enum tw_status
profile_key_seconds(const struct profile_reader *reader,
                    const struct yaml_node *value, int64_t *out)
{
    const int64_t max = reader->key->shape.max;
    int64_t seconds = 0;
    char digits[24] = "";
    size_t n = 0;
    enum tw_status status =
        profile_value_line(reader, reader->key->name, value, &n);

    if (status)
        return status;
    if (n < sizeof digits)
        memcpy(digits, value->text, n);
    if (!text_to_int64(digits, &seconds) || seconds < 1 || seconds > max)
        return profile_refuse(reader, value,
                              "%s must be a whole number of seconds from 1 to "
                              "%lld",
                              reader->key->name, (long long)max);
    *out = seconds;
    return TW_OK;
}
