/* SPDX-License-Identifier: MIT */
/*
 * profile_template.c - an entry whose name ends with @ comes in; each of its
 * instances goes out as a profile when it is needed.
 *
 * What is kept is the tree that the file was read into, once.  A profile is
 * made of it by the way that every profile goes, so nothing else knows of
 * templates and every check holds for an instance, too.
 */
#include "helper/profile/profile_template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/profile/profile_reader.h"
#include "provider/base/text.h"

/* Where nobody has asked yet, as long as most users' names may be. */
#define STAND_IN "abcdefghijklmnopqrstuvwxyzabcdef"

/* `instances` and %i go together, and so do %u and `readers`. */
static enum tw_status
check_kind(const struct profile_reader *reader,
           const struct profile_template *template)
{
    const struct yaml_node *name = reader->entry->key;
    bool has_instance = false;

    for (const struct yaml_node *value = reader->entry->child; value;
         value = value->next)
        has_instance =
            has_instance || (value != template->listed &&
                             specifier_find(value, SPECIFIER_INSTANCE));
    if (template->of_users && !reader->context->system)
        return profile_refuse(reader, name,
                              "%%u is for the system's templates: a user's "
                              "profiles are that user's");
    if (template->of_users && (template->listed || has_instance))
        return profile_refuse(reader, name,
                              "%%u makes an instance for each user who asks, "
                              "instances and %%i make those that are listed: "
                              "a template has one of the two");
    if (template->of_users && !yaml_child(reader->entry, "readers"))
        return profile_refuse(reader, name,
                              "missing: readers (the users who may have an "
                              "instance by %%u)");
    if (!template->of_users && !template->listed)
        return profile_refuse(reader, name,
                              "missing: instances (a name that ends with @ is "
                              "a template's)");
    if (!template->of_users && !has_instance)
        return profile_refuse(reader, name,
                              "%%i stands nowhere, so all instances would be "
                              "the same");
    return TW_OK;
}

static void
auto_template(struct profile_template **template)
{
    profile_template_free(*template);
}

enum tw_status
profile_template_read(const struct profile_context *context,
                      const struct yaml_node *entry,
                      struct profile_template **out, struct tw_error *err)
{
    AUTO(auto_template)
    struct profile_template *template = calloc(1, sizeof *template);
    struct profile_reader reader = {.context = context, .err = err};
    enum tw_status status;

    if (!template)
        return tw_no_memory(err);
    template->context = *context;
    template->context.arena = &template->arena;
    template->context.names = &template->names;
    template->entry = specifier_copy(&template->arena, entry);
    template->name = strdup(entry->key->text);
    if (!template->entry || !template->name)
        return tw_no_memory(err);
    reader.entry = template->entry;
    if (entry->kind != YAML_MAP)
        return profile_refuse(&reader, entry,
                              "must be a map of keys, like instances: [...]");
    template->listed = yaml_child(template->entry, "instances");
    template->of_users = specifier_find(template->entry, SPECIFIER_USER);
    status = check_kind(&reader, template);
    if (status)
        return status;
    *out = TAKE_POINTER(template);
    return TW_OK;
}

static enum tw_status
read_as(const struct profile_template *template, const char *name,
        const struct specifier *specifier, struct arena *arena,
        struct profile **out, struct tw_error *err)
{
    AUTO(arena_clear) struct arena scratch = {0};
    struct profile_context context = template->context;
    struct yaml_node key = *template->entry->key, entry = *template->entry;

    if (!specifier->is_sample) /* the set is read, and lies elsewhere */
        context.set = NULL;
    context.specifier = specifier;
    context.arena = arena;
    context.scratch = &scratch;
    key.text = name;
    key.len = (uint32_t)strlen(name);
    entry.key = &key;
    return profile_read(&context, &entry, out, err);
}

enum tw_status
profile_template_make(const struct profile_template *template,
                      const char *instance, uid_t uid, struct profile **out,
                      struct tw_error *err)
{
    const struct specifier specifier = {
        .letter = template->of_users ? SPECIFIER_USER : SPECIFIER_INSTANCE,
        .value = instance,
        .uid = uid};
    AUTO(arena_clear) struct arena arena = {0};
    char name[PROFILE_NAME_MAX + 1];
    struct profile *made = NULL;
    enum tw_status status;

    (void)snprintf(name, sizeof name, "%s%s", template->name, instance);
    status = read_as(template, name, &specifier, &arena, &made, err);
    if (status)
        return status;
    made->made_in = arena_take(&arena, sizeof arena);
    if (!made->made_in)
        return tw_no_memory(err);
    *made->made_in = arena;
    arena = (struct arena){0};
    *out = made;
    return TW_OK;
}

static const char *
longest(const struct profile_template *template)
{
    const char *result = NULL;

    for (size_t i = 0; i < template->count; i++) {
        const char *name = template->instances[i].name;

        if (!result || strlen(name) > strlen(result))
            result = name;
    }
    return result ? result : STAND_IN;
}

/* The resident helper, which does it, waits for nobody. */
static enum tw_status
refuse_revoking(const struct profile_template *template, struct tw_error *err)
{
    const struct profile_reader reader = {
        .context = &template->context, .entry = template->entry, .err = err};

    return profile_refuse(
        &reader, yaml_child(template->entry, "revoke_on_logout"),
        "revoke_on_logout of an instance by %%u cannot wait for a command or "
        "another profile: name the secrets by file, credential or env");
}

enum tw_status
profile_template_try(struct profile_template *template, struct tw_error *err)
{
    const struct specifier specifier = {
        .letter = template->of_users ? SPECIFIER_USER : SPECIFIER_INSTANCE,
        .value = longest(template),
        .is_sample = true};
    enum tw_status status = read_as(template, template->name, &specifier,
                                    &template->arena, &template->sample, err);

    if (!status && template->of_users && template->sample->revoke_on_logout &&
        profile_is_slow(template->sample))
        return refuse_revoking(template, err);
    return status;
}

bool
profile_template_add(struct profile_template *template, const char *name,
                     uint32_t line, uint32_t column)
{
    char *copy = arena_text(&template->arena, name, strlen(name));

    if (template->count == template->capacity) {
        size_t capacity = template->capacity ? template->capacity * 2 : 16;
        struct profile_instance *larger = reallocarray(
            template->instances, capacity, sizeof *template->instances);

        if (!larger)
            return false;
        template->instances = larger;
        template->capacity = capacity;
    }
    if (!copy)
        return false;
    template->instances[template->count++] = (struct profile_instance){
        .template = template, .name = copy, .line = line, .column = column};
    return true;
}

bool
profile_template_has_user(const struct profile_template *template, uid_t uid,
                          const gid_t *groups, size_t count)
{
    return template->of_users &&
           readers_has(profile_readers(template->sample), uid, groups, count);
}

void
profile_template_free(struct profile_template *template)
{
    if (!template)
        return;
    arena_clear(&template->arena);
    host_names_clear(&template->names);
    free(template->instances);
    free(template->name);
    free(template);
}
