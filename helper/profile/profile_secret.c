/* SPDX-License-Identifier: MIT */
/*
 * profile_secret.c - the node of a secret comes in, its source goes out.
 *
 * A secret by value is refused in a file that others may read: here and not
 * before, because a file without one may well be open to all.
 */
#include <limits.h>
#include <string.h>

#include "helper/profile/profile_reader.h"
#include "provider/base/text.h"

#define ARGV_MAX 64

static enum tw_status
read_value(const struct profile_reader *reader, const char *key,
           const struct yaml_node *node, struct secret_source *out)
{
    const struct profile_context *context = reader->context;
    struct shown shown;
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, node, &n);

    if (status)
        return status;
    if (!context->may_hold_secret)
        return tw_fail(
            reader->err, TW_E_ACCESS,
            "%s:%u:%u: profile '%s': %s stands here by value, and mode %04o "
            "lets others read the file; wanted: %04o\nchmod %o %s%s",
            context->file, node->line, node->column,
            text_printable(&shown, reader->entry->key->text,
                           reader->entry->key->len),
            key, context->mode, context->mode_wanted, context->mode_wanted,
            context->file,
            context->system ? ", in the service user's group" : "");
    if (n > CLIENT_SECRET_MAX)
        return profile_refuse(reader, node,
                              "%s must not be longer than %d bytes", key,
                              CLIENT_SECRET_MAX);
    out->value = arena_text(context->arena, node->text, n);
    return out->value ? TW_OK : tw_no_memory(reader->err);
}

static enum tw_status
read_file(const struct profile_reader *reader, const char *key,
          const struct yaml_node *node, struct secret_source *out)
{
    return profile_value_path(reader, key, node, &out->text);
}

static enum tw_status
read_credential(const struct profile_reader *reader, const char *key,
                const struct yaml_node *node, struct secret_source *out)
{
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, node, &n);

    if (status)
        return status;
    if (n > NAME_MAX || memchr(node->text, '/', n) ||
        (n == 1 && node->text[0] == '.') ||
        (n == 2 && memcmp(node->text, "..", 2) == 0))
        return profile_refuse(reader, node,
                              "%s must be a credential's name: 1 to 255 bytes "
                              "without /, and not . or ..",
                              key);
    return profile_value_text(reader, key, node, &out->text);
}

static enum tw_status
read_variable(const struct profile_reader *reader, const char *key,
              const struct yaml_node *node, struct secret_source *out)
{
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, node, &n);

    if (status)
        return status;
    if (n != node->len || !text_is_variable_name(node->text))
        return profile_refuse(reader, node,
                              "%s must be a variable's name: a letter or _, "
                              "then letters, digits and _",
                              key);
    return profile_value_text(reader, key, node, &out->text);
}

/* Whether there is such a profile is known when all were read. */
static enum tw_status
read_profile_name(const struct profile_reader *reader, const char *key,
                  const struct yaml_node *node, struct secret_source *out)
{
    size_t n = 0;
    enum tw_status status = profile_value_line(reader, key, node, &n);

    if (status)
        return status;
    if (n != node->len || !text_is_profile_name(node->text))
        return profile_refuse(reader, node,
                              "%s must be a profile's name: 1 to %d of A-Z "
                              "a-z 0-9 . _ -",
                              key, NAME_PART_MAX);
    reader->profile->is_linked = true;
    return profile_value_text(reader, key, node, &out->text);
}

/* An argument may be empty or have several lines; the program's name not. */
static enum tw_status
read_argument(const struct profile_reader *reader, const char *key,
              const struct yaml_node *node, bool is_program, char **out)
{
    size_t n = 0;
    enum tw_status status = TW_OK;

    if (is_program || node->kind != YAML_TEXT || node->is_null)
        status = profile_value_line(reader, key, node, &n);
    if (status)
        return status;
    if (is_program && node->text[0] != '/' && memchr(node->text, '/', n))
        return profile_refuse(reader, node,
                              "%s: the program must be a path from / or a "
                              "name to look up in PATH",
                              key);
    *out = arena_text(reader->context->arena, node->text,
                      is_program ? n : node->len);
    return *out ? TW_OK : tw_no_memory(reader->err);
}

static enum tw_status
read_command(const struct profile_reader *reader, const char *key,
             const struct yaml_node *node, struct secret_source *out)
{
    const struct yaml_node *item = NULL;
    size_t count = 0;
    enum tw_status status;

    if (node->kind != YAML_LIST)
        return profile_refuse(reader, node,
                              "%s must be a list, [PROGRAM, ARGUMENT, ...]: "
                              "no shell runs it",
                              key);
    status = profile_value_list(reader, key, node, ARGV_MAX, &item, &count);
    if (status)
        return status;
    out->argv =
        arena_take(reader->context->arena, (count + 1) * sizeof *out->argv);
    if (!out->argv)
        return tw_no_memory(reader->err);
    for (size_t i = 0; i < count && !status; i++, item = item->next)
        status = read_argument(reader, key, item, i == 0, &out->argv[i]);
    return status;
}

struct source_key {
    const char *name;
    enum secret_kind kind;
    enum tw_status (*read)(const struct profile_reader *reader,
                           const char *key, const struct yaml_node *node,
                           struct secret_source *out);
};

static const struct source_key SOURCES[] = {
    {"command", SECRET_COMMAND, read_command},
    {"credential", SECRET_CREDENTIAL, read_credential},
    {"env", SECRET_ENV, read_variable},
    {"file", SECRET_FILE, read_file},
    {"profile", SECRET_PROFILE, read_profile_name},
};

const char *
profile_secret_word(size_t index)
{
    return index < sizeof SOURCES / sizeof *SOURCES ? SOURCES[index].name
                                                    : NULL;
}

static const struct source_key BY_VALUE = {"", SECRET_VALUE, read_value};

static enum tw_status
choose_source(const struct profile_reader *reader, const char *key,
              const struct yaml_node *node, const struct source_key **out)
{
    const struct yaml_node *only = node->child;

    if (!only || only->next)
        return profile_refuse(reader, node,
                              "%s must have exactly one of file, credential, "
                              "env, command and profile",
                              key);
    for (size_t i = 0; i < sizeof SOURCES / sizeof *SOURCES; i++) {
        if (strcmp(SOURCES[i].name, only->key->text) == 0) {
            *out = &SOURCES[i];
            return TW_OK;
        }
    }
    return profile_refuse(reader, only->key,
                          "%s: a secret comes from file, credential, env, "
                          "command or profile, nothing else",
                          key);
}

static enum tw_status
read_chosen(const struct profile_reader *reader, const char *key,
            const struct yaml_node *node, const struct yaml_node *value,
            const struct source_key *chosen, struct secret_source *out)
{
    struct secret_source source = {.kind = chosen->kind,
                                   .file = reader->context->file,
                                   .line = node->line,
                                   .column = node->column};
    enum tw_status status = chosen->read(reader, key, value, &source);

    if (!status)
        *out = source;
    return status;
}

enum tw_status
profile_read_secret(const struct profile_reader *reader, const char *key,
                    const struct yaml_node *node, struct secret_source *out)
{
    const struct source_key *chosen = &BY_VALUE;
    enum tw_status status = TW_OK;

    if (node->kind == YAML_LIST)
        return profile_refuse(
            reader, node, "%s must be text, or a map like {file: PATH}", key);
    if (node->kind == YAML_MAP)
        status = choose_source(reader, key, node, &chosen);
    if (status)
        return status;
    return read_chosen(reader, key, node,
                       node->kind == YAML_MAP ? node->child : node, chosen,
                       out);
}

/* Who wrote the file decides who may read it, and may put a link there, as
 * Kubernetes does. */
enum tw_status
profile_read_issued(const struct profile_reader *reader, const char *key,
                    const struct yaml_node *node, struct secret_source *out)
{
    enum tw_status status = profile_read_secret(reader, key, node, out);

    if (!status && out->kind == SECRET_FILE)
        out->kind = SECRET_FOREIGN_FILE;
    return status;
}

enum tw_status
profile_read_command(const struct profile_reader *reader, const char *key,
                     const struct yaml_node *node, struct secret_source *out)
{
    static const struct source_key COMMAND = {"", SECRET_COMMAND,
                                              read_command};

    return read_chosen(reader, key, node, node, &COMMAND, out);
}

enum tw_status
profile_read_foreign_file(const struct profile_reader *reader, const char *key,
                          const struct yaml_node *node,
                          struct secret_source *out)
{
    static const struct source_key FOREIGN_FILE = {"", SECRET_FOREIGN_FILE,
                                                   read_file};

    return read_chosen(reader, key, node, node, &FOREIGN_FILE, out);
}
