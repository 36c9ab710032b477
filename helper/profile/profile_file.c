/* SPDX-License-Identifier: MIT */
/*
 * profile_file.c - a file comes in, its profiles go out, complaints on the
 * side.
 *
 * The text is held in a buffer that is wiped, and so is the tree made of it:
 * both may hold a secret.  That a file may be read by others is found out
 * only when a secret stands in it, and then none of its profiles is used.
 */
#include "helper/profile/profile_file.h"

#include <fcntl.h>
#include <string.h>

#include "helper/base/owned_file.h"
#include "provider/base/text.h"

#define ATTEMPTS 3 /* when an editor writes at the same moment */

struct file_reader {
    const struct profile_scope *scope;
    const struct owned_path *where;
    struct mark *mark; /* of the file, once it is read */
    struct modules *modules;
    const struct profile_complaints *complaints;
    mode_t mode; /* of the file, once it is open */
    struct profile_list list;
    struct tw_error *err;
};

/* What a file must be like, by whose it is. */
struct file_rule {
    struct owned_rule open;
    mode_t forbidden_with_secret, wanted_with_secret;
};

/* One of root's that holds no secret is read by the service user as one of the
 * others, so nobody is told to take that away. */
static struct file_rule
rule_of(const struct profile_scope *scope, const char *path)
{
    const mode_t *as = stand_in_mode(scope->stand_in, path);

    if (scope->system)
        return (struct file_rule){
            .open = {.root_too = true, .forbidden = 022, .as = as},
            .forbidden_with_secret = 07,
            .wanted_with_secret = 0640};
    return (struct file_rule){.open = {.follow = geteuid() != 0,
                                       .forbidden = 022,
                                       .wanted = 0600,
                                       .as = as},
                              .forbidden_with_secret = 077,
                              .wanted_with_secret = 0600};
}

static void
keep(struct profile_set *set, const char *name, const struct tw_error *err)
{
    struct profile_left_out *left_out = calloc(1, sizeof *left_out);

    if (!left_out) {
        set->is_short = true;
        return;
    }
    left_out->name = name ? strdup(name) : NULL;
    set->is_short = set->is_short || (name && !left_out->name);
    left_out->err = *err;
    left_out->next = set->left_out;
    set->left_out = left_out;
}

void
profile_complain(const struct profile_complaints *complaints, const char *name,
                 const struct tw_error *err)
{
    struct profile_set *set = complaints->set;

    if (set->broken_count++ == 0)
        set->broken = *err;
    set->is_passing = set->is_passing || err->status == TW_E_RETRY;
    if (set->broken_count <= PROFILES_LEFT_OUT_MAX)
        keep(set, name, err);
    if (complaints->complain)
        complaints->complain(complaints->arg, err);
}

static void
note_lost(struct profile_set *set, const char *name)
{
    const char *copy;

    if (table_find(&set->lost, name, ""))
        return;
    copy = arena_text(&set->arena, name, strlen(name));
    if (!copy || !table_add(&set->lost, copy, "", copy))
        set->is_short = true;
}

void
profile_leave_out(const struct profile_complaints *complaints,
                  const char *name, const struct tw_error *err)
{
    note_lost(complaints->set, name);
    profile_complain(complaints, name, err);
}

static void
auto_reader(struct file_reader *reader)
{
    profile_list_clear(&reader->list);
}

static enum tw_status
read_text(struct file_reader *reader, const struct file_rule *rule,
          struct secret *text)
{
    AUTO_CLOSE int fd = -1;
    struct stat st;
    enum tw_status status =
        owned_file_open(reader->where, &rule->open, &fd, &st, reader->err);

    /* Who made a link wants what it leads to: it is not as if it were absent.
     */
    if (status == TW_E_NOT_FOUND && owned_path_is_link(reader->where))
        return tw_fail(reader->err, TW_E_CONFIG,
                       "%s: is a link to a file that is not there",
                       reader->where->label);
    if (status)
        return status;
    reader->mode = st.st_mode & 07777;
    status = owned_file_read(fd, reader->where->label, &st, text, reader->err);
    if (status == TW_E_CONFIG) /* it is too large */
        error_hint(reader->err, "split it into several files");
    if (!status)
        mark_of(&st, reader->mark);
    return status;
}

/* The `profiles:` of the top level, which has nothing else; also where there
 * is something else, and it fails. */
static enum tw_status
find_profiles(const struct file_reader *reader, const struct yaml_node *root,
              const struct yaml_node **out)
{
    const struct yaml_node *profiles = NULL, *other = NULL;
    const char *path = reader->where->path;
    struct shown shown;

    for (const struct yaml_node *node = root->child; node; node = node->next) {
        if (strcmp(node->key->text, "profiles") == 0)
            profiles = node;
        else if (!other)
            other = node;
    }
    if (profiles && profiles->kind == YAML_MAP)
        *out = profiles;
    if (other)
        return tw_fail(reader->err, TW_E_CONFIG,
                       "%s:%u:%u: unknown key '%s'; the top level has "
                       "'profiles' and nothing else",
                       path, other->key->line, other->key->column,
                       yaml_key_shown(&shown, other->key));
    if (!profiles)
        return tw_fail(reader->err, TW_E_CONFIG,
                       "%s:%u:%u: missing key 'profiles'", path, root->line,
                       root->column);
    if (profiles->kind != YAML_MAP && !profiles->is_null)
        return tw_fail(reader->err, TW_E_CONFIG,
                       "%s:%u:%u: 'profiles' must be a map, NAME: and below "
                       "it the profile's keys",
                       path, profiles->line, profiles->column);
    return TW_OK;
}

static void
append(struct profile_list *list, struct profile *profile)
{
    if (list->last)
        list->last->next = profile;
    else
        list->first = profile;
    list->last = profile;
}

static enum tw_status
read_entry(struct file_reader *reader, const struct profile_context *context,
           const struct yaml_node *entry, struct tw_error *err)
{
    struct profile_template *template = NULL;
    struct profile *profile = NULL;
    enum tw_status status;

    if (text_is_template_name(entry->key->text)) {
        status = profile_template_read(context, entry, &template, err);
        if (status)
            return status;
        if (reader->list.last_template)
            reader->list.last_template->next = template;
        else
            reader->list.templates = template;
        reader->list.last_template = template;
        return TW_OK;
    }
    status = profile_read(context, entry, &profile, err);
    if (!status)
        append(&reader->list, profile);
    return status;
}

static enum tw_status
read_profiles(struct file_reader *reader, const struct file_rule *rule,
              const struct yaml_node *profiles)
{
    const struct profile_context context = {
        .file = reader->where->path,
        .mark = reader->mark,
        .set = reader->complaints->set,
        .modules = reader->modules,
        .arena = &reader->complaints->set->arena,
        .scratch = &reader->complaints->set->scratch,
        .names = &reader->complaints->set->host_names,
        .mode = reader->mode,
        .mode_wanted = rule->wanted_with_secret,
        .may_hold_secret = !(reader->mode & rule->forbidden_with_secret),
        .system = reader->scope->system,
        .preset_dir = reader->scope->preset_dir};

    for (const struct yaml_node *entry = profiles->child; entry;
         entry = entry->next) {
        struct tw_error failure;
        enum tw_status status = read_entry(reader, &context, entry, &failure);

        if (status == TW_E_ACCESS || status == TW_E_SYSTEM)
            return error_copy(reader->err, &failure);
        if (status)
            profile_leave_out(reader->complaints, entry->key->text, &failure);
    }
    return TW_OK;
}

/* None of a file that is left out is used, and no other one of its name. */
static void
lose_all(struct profile_set *set, const struct yaml_node *profiles)
{
    for (const struct yaml_node *entry = profiles->child; entry;
         entry = entry->next)
        note_lost(set, entry->key->text);
}

static enum tw_status
read_file(struct file_reader *reader)
{
    const struct yaml_limits limits =
        reader->scope->system ? YAML_LIMITS_SYSTEM : YAML_LIMITS_USER;
    const struct file_rule rule = rule_of(reader->scope, reader->where->path);
    AUTO_SECRET text = SECRET_INIT(limits.bytes);
    struct yaml_document **document = &reader->complaints->set->document;
    const struct yaml_node *profiles = NULL;
    enum tw_status status = TW_E_RETRY;

    for (int i = 0; i < ATTEMPTS && status == TW_E_RETRY; i++)
        status = read_text(reader, &rule, &text);
    if (status == TW_E_RETRY && reader->err)
        reader->err->status = TW_E_ACCESS;
    if (status)
        return status == TW_E_RETRY ? TW_E_ACCESS : status;
    status = yaml_read(reader->where->path, secret_text(&text), text.len,
                       &limits, document, reader->err);
    if (!status)
        status = find_profiles(reader, yaml_root(*document), &profiles);
    if (!status && profiles)
        status = read_profiles(reader, &rule, profiles);
    if (status && profiles)
        lose_all(reader->complaints->set, profiles);
    yaml_document_empty(*document);
    return status;
}

enum tw_status
profile_file_read(const struct profile_scope *scope, int dir, const char *name,
                  struct profile_source *source, struct modules *modules,
                  const struct profile_complaints *complaints,
                  struct profile_list *out, struct tw_error *err)
{
    const struct owned_path where = {
        .dir = dir, .name = name, .path = source->path, .label = source->path};
    AUTO(auto_reader)
    struct file_reader reader = {.scope = scope,
                                 .where = &where,
                                 .mark = &source->mark,
                                 .modules = modules,
                                 .complaints = complaints,
                                 .err = err};
    enum tw_status status = read_file(&reader);

    if (status)
        return status;
    *out = reader.list;
    reader.list = (struct profile_list){0};
    return TW_OK;
}

void
profile_list_clear(struct profile_list *list)
{
    while (list->templates) {
        struct profile_template *template = list->templates;

        list->templates = template->next;
        profile_template_free(template);
    }
    *list = (struct profile_list){0};
}
