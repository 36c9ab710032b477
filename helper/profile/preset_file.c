/* SPDX-License-Identifier: MIT */
/*
 * preset_file.c - see preset_file.h.  A preset says where credentials are
 * sent, so it is believed on the same terms as a module is.
 */
#include "helper/profile/preset_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/owned_file.h"
#include "helper/profile/preset.h"

static enum tw_status
read_text(const char *dir, const char *file, const char *path,
          struct secret *text, struct tw_error *err)
{
    static const struct owned_rule RULE = {
        .root_too = true, .forbidden = 022, .wanted = 0644};
    const struct owned_path folder = {
        .dir = AT_FDCWD, .name = dir, .path = dir, .label = dir};
    AUTO_CLOSE int dir_fd = -1;
    AUTO_CLOSE int fd = -1;
    struct stat st;
    enum tw_status status =
        owned_directory_open(&folder, true, &dir_fd, &st, err);

    if (!status) {
        const struct owned_path where = {
            .dir = dir_fd, .name = file, .path = path, .label = path};

        status = owned_file_open(&where, &RULE, &fd, &st, err);
    }
    return status ? status : owned_file_read(fd, path, &st, text, err);
}

static enum tw_status
refuse(const char *path, const struct yaml_node *node, const char *what,
       struct tw_error *err)
{
    return tw_fail(err, TW_E_CONFIG, "%s:%u:%u: a preset's %s", path,
                   node->line, node->column, what);
}

static bool
is_map_of_texts(const struct yaml_node *node)
{
    if (node->kind != YAML_MAP)
        return false;
    for (const struct yaml_node *item = node->child; item; item = item->next) {
        if (item->kind != YAML_TEXT)
            return false;
    }
    return true;
}

static enum tw_status
take_apart(const char *path, struct preset *preset, struct tw_error *err)
{
    const struct yaml_node *root = yaml_root(preset->document), *node;

    for (node = root->child; node; node = node->next) {
        const char *key = node->key->text;

        if (strcmp(key, "summary") == 0 && node->kind == YAML_TEXT)
            preset->summary = node->text;
        else if (strcmp(key, "keys") == 0 && node->kind == YAML_MAP)
            preset->keys = node;
        else if (strcmp(key, "vars") == 0 && is_map_of_texts(node))
            preset->vars = node;
        else if (strcmp(key, "wants") == 0 && is_map_of_texts(node))
            preset->wants = node;
        else
            return refuse(path, node->key,
                          "keys are summary (text), keys, vars and wants "
                          "(maps)",
                          err);
    }
    if (!preset->summary || !preset->keys)
        return refuse(path, root, "summary or keys is missing", err);
    return TW_OK;
}

enum tw_status
preset_file_path(const char *dir, const char *name, char out[static PATH_MAX],
                 struct tw_error *err)
{
    int n = snprintf(out, PATH_MAX, "%s/%s.yaml", dir, name);

    return n > 0 && n < PATH_MAX
               ? TW_OK
               : tw_fail(err, TW_E_SYSTEM, "%s: too long a path", dir);
}

enum tw_status
preset_file_read(const char *dir, const char *name, struct preset *out,
                 struct tw_error *err)
{
    static const struct yaml_limits LIMITS = {.bytes = PRESET_FILE_MAX,
                                              .nodes = 256};
    AUTO_SECRET text = SECRET_INIT(PRESET_FILE_MAX);
    AUTO(preset_file_clear) struct preset preset = {0};
    char path[PATH_MAX];
    enum tw_status status = preset_file_path(dir, name, path, err);

    if (!status)
        status = read_text(dir, path + strlen(dir) + 1, path, &text, err);
    if (!status)
        status = yaml_read(path, secret_text(&text), text.len, &LIMITS,
                           &preset.document, err);
    if (!status)
        status = take_apart(path, &preset, err);
    if (status)
        return status;
    *out = preset;
    preset = (struct preset){0};
    return TW_OK;
}

void
preset_file_clear(struct preset *preset)
{
    yaml_document_free(preset->document);
    *preset = (struct preset){0};
}
