/* SPDX-License-Identifier: MIT */
/*
 * preset.c - a profile's map and its preset's become one; see preset.h.
 *
 * What reads the keys afterwards knows nothing of presets: the same checks
 * hold for both, and a complaint about a preset's value names the line of the
 * profile that chose the preset or set the variable.
 */
#include "helper/profile/preset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "helper/profile/preset_file.h"
#include "helper/profile/profile_set.h"
#include "provider/base/text.h"

#define SUFFIX ".yaml"

struct merge {
    const struct profile_reader *reader;
    struct arena *arena;
    const struct yaml_node *chosen; /* the profile's `preset` */
    const struct yaml_node *vars;   /* the profile's, or NULL */
    const char *name;
    struct preset preset;
};

/* "a, b" of a map's keys. */
static void
list_keys(const struct yaml_node *map, char *out, size_t size)
{
    size_t used = 0;

    (void)strcpy(out, "none");
    for (const struct yaml_node *item = map ? map->child : NULL;
         item && used < size; item = item->next)
        used += (size_t)snprintf(out + used, size - used, "%s%s",
                                 used ? ", " : "", item->key->text);
}

/* In a template also a specifier, whose place is looked at later: in the texts
 * that the value comes into. */
static bool
is_value(const struct merge *merge, const struct yaml_node *node)
{
    static const char ALLOWED[] = "%abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._~:/@-";
    const char *allowed =
        merge->reader->context->specifier ? ALLOWED : ALLOWED + 1;

    return node->kind == YAML_TEXT && !node->is_null && node->len > 0 &&
           node->len <= PRESET_VALUE_MAX &&
           strspn(node->text, allowed) == node->len;
}

static enum tw_status
check_vars(const struct merge *merge)
{
    const struct yaml_node *known = merge->preset.vars;
    char names[200];

    list_keys(known, names, sizeof names);
    if (merge->vars && merge->vars->kind != YAML_MAP)
        return profile_refuse(merge->reader, merge->vars,
                              "vars must be a map, {NAME: TEXT}");
    for (const struct yaml_node *node = merge->vars ? merge->vars->child
                                                    : NULL;
         node; node = node->next) {
        struct shown shown;

        if (!yaml_child(known, node->key->text))
            return profile_refuse(
                merge->reader, node->key,
                "vars: preset %s has no variable '%s'; it has: %s",
                merge->name,
                text_printable(&shown, node->key->text, node->key->len),
                names);
        if (!is_value(merge, node))
            return profile_refuse(merge->reader, node,
                                  "vars: %s must be 1 to %d of A-Z a-z 0-9 . "
                                  "_ ~ : / @ -",
                                  node->key->text, PRESET_VALUE_MAX);
    }
    for (const struct yaml_node *node = known ? known->child : NULL; node;
         node = node->next) {
        if (!yaml_child(merge->vars, node->key->text))
            return profile_refuse(merge->reader, merge->chosen,
                                  "preset %s needs vars: {%s: ...}, %s",
                                  merge->name, node->key->text, node->text);
    }
    return TW_OK;
}

static enum tw_status
check_wants(const struct merge *merge)
{
    const struct yaml_node *wants = merge->preset.wants;

    for (const struct yaml_node *node = wants ? wants->child : NULL; node;
         node = node->next) {
        if (!yaml_child(merge->reader->entry, node->key->text))
            return profile_refuse(merge->reader, merge->chosen,
                                  "preset %s needs %s: in the profile, %s",
                                  merge->name, node->key->text, node->text);
    }
    return TW_OK;
}

/* The preset's own fault. */
static enum tw_status
refuse_text(const struct merge *merge, const struct yaml_node *node)
{
    return profile_refuse(merge->reader, merge->chosen,
                          "preset %s is broken at its line %u: a text is too "
                          "long, or names no variable of vars",
                          merge->name, node->line);
}

/* Behind what @text has; it may be too long, or memory short. */
static enum tw_status
append(const struct merge *merge, const struct yaml_node *node,
       struct secret *text, const char *bytes, size_t n)
{
    if (secret_append(text, bytes, n))
        return TW_OK;
    return errno == ENOMEM ? tw_no_memory(merge->reader->err)
                           : refuse_text(merge, node);
}

/* Puts the values in; @place becomes that of the first variable. */
static enum tw_status
expand(const struct merge *merge, const struct yaml_node *node,
       struct yaml_node *out)
{
    AUTO_SECRET text = SECRET_INIT(PRESET_TEXT_MAX);
    const char *at = node->text, *open, *close;
    enum tw_status status;

    while ((open = strchr(at, '{'))) {
        const struct yaml_node *value = NULL;
        char name[64];

        close = strchr(open, '}');
        if (!close || close - open > (ptrdiff_t)sizeof name)
            return refuse_text(merge, node);
        (void)snprintf(name, sizeof name, "%.*s", (int)(close - open - 1),
                       open + 1);
        value = yaml_child(merge->vars, name);
        if (!value)
            return refuse_text(merge, node);
        status = append(merge, node, &text, at, (size_t)(open - at));
        if (!status)
            status = append(merge, node, &text, value->text, value->len);
        if (status)
            return status;
        if (out->line == merge->chosen->line) {
            out->line = value->line;
            out->column = value->column;
        }
        at = close + 1;
    }
    status = append(merge, node, &text, at, strlen(at));
    if (status)
        return status;
    out->text = arena_text(merge->arena, secret_text(&text), text.len);
    out->len = (uint32_t)text.len;
    return out->text ? TW_OK : tw_no_memory(merge->reader->err);
}

static enum tw_status copy(const struct merge *merge,
                           const struct yaml_node *node,
                           struct yaml_node **out);

static enum tw_status
copy_children(const struct merge *merge, const struct yaml_node *node,
              struct yaml_node *out)
{
    struct yaml_node *last = NULL;
    enum tw_status status = TW_OK;

    for (const struct yaml_node *child = node->child; child && !status;
         child = child->next) {
        struct yaml_node *made = NULL;

        status = copy(merge, child, &made);
        if (last)
            last->next = made;
        else
            out->child = made;
        last = made;
    }
    return status;
}

/* As deep as yaml.h lets a document be. */
static enum tw_status
copy(const struct merge *merge, const struct yaml_node *node,
     struct yaml_node **out)
{
    struct yaml_node *made = arena_take(merge->arena, sizeof *made);
    struct yaml_node *key = NULL;
    enum tw_status status = TW_OK;

    if (!made)
        return tw_no_memory(merge->reader->err);
    *made = (struct yaml_node){.kind = node->kind,
                               .is_null = node->is_null,
                               .line = merge->chosen->line,
                               .column = merge->chosen->column};
    if (node->key) {
        status = copy(merge, node->key, &key);
        made->key = key;
    }
    if (!status && node->kind == YAML_TEXT)
        status = expand(merge, node, made);
    else if (!status)
        status = copy_children(merge, node, made);
    if (!status)
        *out = made;
    return status;
}

/* The profile's own nodes are another's to keep, so their copies are linked:
 * what is below them stays shared. */
static enum tw_status
join(const struct merge *merge, struct yaml_node *whole)
{
    const struct yaml_node *own = merge->reader->entry->child;
    const struct yaml_node *first = NULL, **end = &first;
    enum tw_status status = TW_OK;

    for (; own; own = own->next) {
        struct yaml_node *made = arena_take(merge->arena, sizeof *made);

        if (!made)
            return tw_no_memory(merge->reader->err);
        *made = *own;
        made->next = NULL;
        *end = made;
        end = &made->next;
    }
    for (const struct yaml_node *node = merge->preset.keys->child;
         node && !status; node = node->next) {
        struct yaml_node *made = NULL;

        if (yaml_child(merge->reader->entry, node->key->text))
            continue;
        status = copy(merge, node, &made);
        if (status)
            return status;
        *end = made;
        end = &made->next;
    }
    whole->child = first;
    return TW_OK;
}

static void
auto_merge(struct merge *merge)
{
    preset_file_clear(&merge->preset);
}

/* Its file is looked at now, and a change of it is one of the profiles. */
static enum tw_status
look(const struct merge *merge, const char *dir)
{
    struct profile_set *set = merge->reader->context->set;
    char path[PATH_MAX];
    enum tw_status status =
        preset_file_path(dir, merge->name, path, merge->reader->err);

    if (status || !set || profile_set_look_once(set, path))
        return status;
    return tw_no_memory(merge->reader->err);
}

static enum tw_status
load(struct merge *merge)
{
    const char *dir = merge->reader->context->preset_dir;
    struct tw_error failure = {0};
    size_t n = 0;
    enum tw_status status =
        profile_value_line(merge->reader, "preset", merge->chosen, &n);

    if (status)
        return status;
    if (!dir || n != merge->chosen->len ||
        !text_is_module_name(merge->chosen->text))
        return profile_refuse(merge->reader, merge->chosen,
                              "preset must be a name that tokenward presets "
                              "lists");
    merge->name = merge->chosen->text;
    status = look(merge, dir);
    if (status)
        return status;
    status = preset_file_read(dir, merge->name, &merge->preset, &failure);
    if (status == TW_E_NOT_FOUND)
        return profile_refuse(merge->reader, merge->chosen,
                              "there is no preset '%s' in %s\ntokenward "
                              "presets lists what there is",
                              merge->name, dir);
    if (status == TW_E_SYSTEM)
        return error_copy(merge->reader->err, &failure);
    return status ? profile_refuse(merge->reader, merge->chosen, "preset: %s",
                                   failure.message)
                  : TW_OK;
}

enum tw_status
preset_merge(const struct profile_reader *reader, struct arena *arena,
             struct yaml_node *whole)
{
    AUTO(auto_merge)
    struct merge merge = {.reader = reader,
                          .arena = arena,
                          .chosen = yaml_child(reader->entry, "preset"),
                          .vars = yaml_child(reader->entry, "vars")};
    enum tw_status status;

    *whole = *reader->entry;
    if (!merge.chosen && merge.vars)
        return profile_refuse(reader, merge.vars->key,
                              "vars means nothing without a preset");
    if (!merge.chosen)
        return TW_OK;
    status = load(&merge);
    if (!status)
        status = check_vars(&merge);
    if (!status)
        status = check_wants(&merge);
    return status ? status : join(&merge, whole);
}

static int
is_preset_file(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return entry->d_name[0] != '.' && n > strlen(SUFFIX) &&
           strcmp(entry->d_name + n - strlen(SUFFIX), SUFFIX) == 0;
}

enum tw_status
preset_each(const char *dir,
            void (*visit)(void *arg, const char *name, const char *summary,
                          const struct tw_error *err),
            void *arg, struct tw_error *err)
{
    struct dirent **entries;
    int count = scandirat(AT_FDCWD, dir, &entries, is_preset_file, alphasort);

    if (count < 0)
        return tw_fail_errno(err, TW_E_NOT_FOUND, errno, "%s", dir);
    for (int i = 0; i < count; i++) {
        AUTO(preset_file_clear) struct preset preset = {0};
        struct tw_error failure = {0};
        char *name = entries[i]->d_name;

        name[strlen(name) - strlen(SUFFIX)] = '\0';
        (void)preset_file_read(dir, name, &preset, &failure);
        visit(arg, name, preset.summary, &failure);
        free(entries[i]);
    }
    free(entries);
    return TW_OK;
}
