/* SPDX-License-Identifier: MIT */
/*
 * profile_read.c - one entry of `profiles:` comes in, a complete profile goes
 * out.
 *
 * Nothing falls back in silence: an unknown key is refused (a typing error
 * must not become a default), a missing one is named, and no reader of a
 * struct profile ever checks one of its fields again.
 */
#include "helper/profile/profile.h"

#include <stdio.h>
#include <string.h>

#include "helper/keys/jwt.h"
#include "helper/profile/preset.h"
#include "helper/profile/profile_client.h"
#include "helper/profile/profile_keys.h"
#include "helper/profile/profile_reader.h"
#include "helper/profile/profile_stack.h"
#include "provider/base/nearest.h"
#include "provider/base/text.h"

#define GIT_USERNAME_DEFAULT "oauth2"

const char *
profile_taken_name(size_t index)
{
    static const char *const NAMES[] = {
        "credential", "doorbell", "epoch", "guard", "index", "serve", "user"};

    return index < sizeof NAMES / sizeof *NAMES ? NAMES[index] : NULL;
}

static bool
is_taken(const char *name)
{
    const char *taken;

    for (size_t i = 0; (taken = profile_taken_name(i)); i++) {
        if (taken[0] == name[0] && strcmp(taken, name) == 0)
            return true;
    }
    return false;
}

static enum tw_status
check_name(const struct profile_context *context, const struct yaml_node *name,
           struct tw_error *err)
{
    struct shown shown;

    if ((text_is_profile_name(name->text) && !is_taken(name->text)) ||
        (context->specifier && text_is_template_name(name->text)))
        return TW_OK;
    if (is_taken(name->text))
        return tw_fail(err, TW_E_CONFIG,
                       "%s:%u:%u: no profile can be called '%s': the runtime "
                       "directory has a file of that name",
                       context->file, name->line, name->column, name->text);
    return tw_fail(err, TW_E_CONFIG,
                   "%s:%u:%u: profile name '%s' must be 1 to %d of A-Z a-z "
                   "0-9 . _ - and begin with a letter, a digit or _; the name "
                   "of an instance is two of these with an @ between",
                   context->file, name->line, name->column,
                   yaml_key_shown(&shown, name), NAME_PART_MAX);
}

static enum tw_status
refuse_unknown(const struct profile_reader *reader,
               const struct yaml_node *key)
{
    const struct tw_provider_v1 *provider = &reader->profile->module->provider;
    struct nearest nearest = {.written = key->text};
    size_t count;
    const struct profile_key *keys = profile_keys(&count);
    struct shown shown;

    (void)yaml_key_shown(&shown, key);
    if (strpbrk(key->text, ":="))
        return profile_refuse(reader, key,
                              "unknown key '%s'\nwrite KEY: VALUE, with a "
                              "space behind the colon",
                              shown.text);
    for (size_t i = 0; i < count; i++)
        nearest_look(&nearest, keys[i].name);
    for (size_t i = 0; i < provider->option_count; i++)
        nearest_look(&nearest, provider->options[i].name);
    if (nearest.best)
        return profile_refuse(reader, key,
                              "unknown key '%s'\ndid you mean '%s'?",
                              shown.text, nearest.best);
    return profile_refuse(reader, key,
                          "unknown key '%s'\ntokenward providers %s lists "
                          "what there is",
                          shown.text, provider->name);
}

/* What each key of the entry is, looked up once: later the same keys may have
 * other values. */
static enum tw_status
find_keys(struct profile_reader *reader)
{
    struct profile_value *values;
    size_t count = 0;

    for (const struct yaml_node *node = reader->entry->child; node;
         node = node->next)
        count++;
    values = arena_take(reader->context->scratch, count * sizeof *values);
    if (!values)
        return tw_no_memory(reader->err);
    reader->values = values;
    reader->value_count = count;
    for (const struct yaml_node *node = reader->entry->child; node;
         node = node->next, values++) {
        values->node = node;
        values->key = profile_key_find(node->key->text);
    }
    return TW_OK;
}

/* Of a template's instance, with its own texts. */
static enum tw_status
expand(struct profile_reader *reader, struct yaml_node *whole)
{
    struct profile_value *value = reader->values;
    enum tw_status status;

    if (!reader->context->specifier)
        return TW_OK;
    status = specifier_expand(reader, reader->context->scratch, whole);
    if (status)
        return status;
    for (const struct yaml_node *node = whole->child; node; node = node->next)
        (value++)->node = node;
    return TW_OK;
}

/* Those keys that others depend on, or all the others. */
static enum tw_status
read_common(struct profile_reader *reader, bool first)
{
    enum tw_status status = TW_OK;

    for (size_t i = 0; i < reader->value_count && !status; i++) {
        const struct profile_value *value = &reader->values[i];

        reader->key = value->key;
        if (value->key && value->key->first == first)
            status = value->key->read(reader, value->node);
    }
    return status;
}

static enum tw_status
find_options(const struct profile_reader *reader, size_t *count)
{
    for (size_t i = 0; i < reader->value_count; i++) {
        struct profile_value *value = &reader->values[i];

        if (value->key)
            continue;
        value->option =
            module_option(reader->profile->module, value->node->key->text);
        if (!value->option)
            return refuse_unknown(reader, value->node->key);
        ++*count;
    }
    return TW_OK;
}

static enum tw_status
read_options(const struct profile_reader *reader)
{
    struct profile *profile = reader->profile;
    size_t count = 0;
    enum tw_status status = find_options(reader, &count);

    if (status || count == 0)
        return status;
    profile->options =
        arena_take(reader->context->arena, count * sizeof *profile->options);
    if (!profile->options)
        return tw_no_memory(reader->err);
    for (size_t i = 0; i < reader->value_count && !status; i++) {
        const struct profile_value *value = &reader->values[i];

        if (value->option)
            status = profile_read_option(
                reader, value->option, value->node,
                &profile->options[profile->option_count++]);
    }
    return status;
}

/* What an issuer says of itself, if it is asked; see discovery.h. */
static bool
is_discovered(const struct profile *profile, const char *key)
{
    return profile->issuer && !profile->token_endpoint &&
           profile_key_is_discovered(key);
}

static enum tw_status
check_complete(const struct profile_reader *reader)
{
    const struct profile *profile = reader->profile;
    const struct tw_provider_v1 *provider = &profile->module->provider;
    char missing[256];

    missing[0] = '\0';

    if ((provider->needs & TW_NEEDS_ENDPOINT) && !profile->token_endpoint &&
        !is_discovered(profile, "token_endpoint"))
        profile_add_missing(missing, sizeof missing, "token_endpoint");
    if ((provider->needs & TW_NEEDS_CLIENT) && !profile->client_id)
        profile_add_missing(missing, sizeof missing, "client_id");
    profile_client_missing(profile, missing, sizeof missing);
    for (size_t i = 0; i < provider->option_count; i++) {
        const struct tw_option *option = &provider->options[i];

        if ((option->flags & TW_OPTION_REQUIRED) &&
            !profile_option(profile, option->name) &&
            !is_discovered(profile, option->name) &&
            !profile_key_find(option->name))
            profile_add_missing(missing, sizeof missing, option->name);
    }
    if (missing[0])
        return profile_refuse(reader, reader->entry->key,
                              "missing: %s (provider %s needs it)%s", missing,
                              provider->name, profile_client_advice(profile));
    return TW_OK;
}

/* A copy of @part in the arena, or NULL if it says no more than @none. */
static enum tw_status
keep_part(const struct profile_reader *reader, const void *part,
          const void *none, size_t n, const void **out)
{
    void *kept;

    if (memcmp(part, none, n) == 0)
        return TW_OK;
    kept = arena_take(reader->context->arena, n);
    if (!kept)
        return tw_no_memory(reader->err);
    *out = memcpy(kept, part, n);
    return TW_OK;
}

static enum tw_status
keep_parts(const struct profile_reader *reader)
{
    static const struct profile NONE = {.name = NULL};
    const void *assertion = NULL, *identity = NULL;
    enum tw_status status =
        keep_part(reader, reader->assertion, profile_assertion(&NONE),
                  sizeof *reader->assertion, &assertion);

    if (!status)
        status = keep_part(reader, reader->identity, profile_identity(&NONE),
                           sizeof *reader->identity, &identity);
    reader->profile->assertion = assertion;
    reader->profile->identity = identity;
    return status;
}

/* @whole is the reader's entry. */
static enum tw_status
fill(struct profile_reader *reader, struct yaml_node *whole)
{
    struct profile *profile = reader->profile;
    enum tw_status status = find_keys(reader);

    if (!status)
        status = read_common(reader, true);

    if (!status && !profile->module)
        status =
            profile_use_provider(reader, reader->entry->key, PROFILE_PROVIDER);
    if (!status)
        status = expand(reader, whole);
    if (!status && !profile->module->fault.status)
        status = read_options(reader);
    if (!status)
        status = read_common(reader, false);
    if (!status)
        status = keep_parts(reader);
    if (!status && !profile->module->fault.status)
        status = check_complete(reader);
    if (!status && !profile->module->fault.status)
        status = profile_client_check(reader);
    return status;
}

/* What it is before anything of @entry is read, or NULL: out of memory. */
static struct profile *
new_profile(const struct profile_context *context,
            const struct yaml_node *entry)
{
    /* Side by side: who looks at the one wants to see the other. */
    char *name = arena_text(context->arena, entry->key->text, entry->key->len);
    struct profile *profile = arena_take(context->arena, sizeof *profile);

    if (!name || !profile)
        return NULL;
    profile->name = name;
    profile->file = context->file;
    profile->mark = context->mark;
    profile->line = entry->key->line;
    profile->column = entry->key->column;
    profile->git_username = GIT_USERNAME_DEFAULT;
    profile->request.scope_separator = ' ';
    profile->reply.scope_separator = ' ';
    profile->timeout_s = PROFILE_TIMEOUT_S;
    profile->depth = 1;
    profile->default_lifetime_s = PROFILE_LIFETIME_DEFAULT_S;
    return profile;
}

/* All that is made on the way is in the scratch. */
static enum tw_status
read_source(const struct profile_reader *begun)
{
    struct profile_assertion assertion = *profile_assertion(begun->profile);
    struct profile_identity identity = *profile_identity(begun->profile);
    struct yaml_node whole;
    struct profile_reader reader = *begun;
    enum tw_status status =
        preset_merge(&reader, reader.context->scratch, &whole);

    reader.assertion = &assertion;
    reader.identity = &identity;
    reader.entry = &whole;
    return status ? status : fill(&reader, &whole);
}

enum tw_status
profile_read_source(const struct profile_context *context,
                    const struct yaml_node *entry, struct profile **out,
                    struct tw_error *err)
{
    struct profile *profile = new_profile(context, entry);
    struct profile_reader reader = {
        .context = context, .profile = profile, .entry = entry, .err = err};
    enum tw_status status;

    if (!profile)
        return tw_no_memory(err);
    status = read_source(&reader);
    arena_empty(context->scratch);
    if (!status)
        *out = profile;
    return status;
}

enum tw_status
profile_read(const struct profile_context *context,
             const struct yaml_node *entry, struct profile **out,
             struct tw_error *err)
{
    const struct profile_reader reader = {
        .context = context, .entry = entry, .err = err};
    enum tw_status status = check_name(context, entry->key, err);
    const struct yaml_node *sources;

    if (status)
        return status;
    if (entry->kind != YAML_MAP)
        return profile_refuse(&reader, entry,
                              "must be a map of keys, like token_endpoint: "
                              "https://...");
    sources = yaml_child(entry, "any_of");
    if (sources)
        return profile_stack_read(&reader, sources, out);
    return profile_read_source(context, entry, out, err);
}
