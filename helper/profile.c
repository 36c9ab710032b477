/* SPDX-License-Identifier: MIT */
/*
 * profile.c - one entry of `profiles:` comes in, a complete profile goes out.
 *
 * Nothing falls back in silence: an unknown key is refused (a typing error
 * must not become a default), a missing one is named, and no reader of a
 * struct profile ever checks one of its fields again.
 */
#include "helper/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/jwt.h"
#include "helper/preset.h"
#include "helper/profile_client.h"
#include "helper/profile_keys.h"
#include "helper/profile_reader.h"
#include "helper/profile_stack.h"
#include "provider/base/nearest.h"
#include "provider/base/text.h"

#define GIT_USERNAME_DEFAULT "oauth2"

/* What stands in the runtime directory beside the profiles' own. */
static bool
is_taken(const char *name)
{
    static const char *const NAMES[] = {
        "credential", "doorbell", "epoch", "guard", "index", "serve", "user"};

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(NAMES[i], name) == 0)
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
                   text_printable(&shown, name->text, name->len),
                   NAME_PART_MAX);
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

    for (size_t i = 0; i < count; i++)
        nearest_look(&nearest, keys[i].name);
    for (size_t i = 0; i < provider->option_count; i++)
        nearest_look(&nearest, provider->options[i].name);
    (void)text_printable(&shown, key->text, key->len);
    if (nearest.best)
        return profile_refuse(reader, key,
                              "unknown key '%s'\ndid you mean '%s'?",
                              shown.text, nearest.best);
    return profile_refuse(reader, key,
                          "unknown key '%s'\ntokenward-helper providers %s "
                          "lists what there is",
                          shown.text, provider->name);
}

/* Those keys that others depend on, or all the others. */
static enum tw_status
read_common(const struct profile_reader *reader, bool first)
{
    enum tw_status status = TW_OK;

    for (const struct yaml_node *value = reader->entry->child;
         value && !status; value = value->next) {
        const struct profile_key *key = profile_key_find(value->key->text);

        if (key && key->first == first)
            status = key->read(reader, value);
    }
    return status;
}

static enum tw_status
read_options(const struct profile_reader *reader)
{
    struct profile *profile = reader->profile;
    enum tw_status status = TW_OK;
    size_t count = 0;

    for (const struct yaml_node *value = reader->entry->child; value;
         value = value->next) {
        if (profile_key_find(value->key->text))
            continue;
        if (!module_option(profile->module, value->key->text))
            return refuse_unknown(reader, value->key);
        count++;
    }
    if (count == 0)
        return TW_OK;
    profile->options = calloc(count, sizeof *profile->options);
    if (!profile->options)
        return tw_no_memory(reader->err);
    for (const struct yaml_node *value = reader->entry->child;
         value && !status; value = value->next) {
        if (profile_key_find(value->key->text))
            continue;
        status = profile_read_option(
            reader, module_option(profile->module, value->key->text), value,
            &profile->options[profile->option_count++]);
    }
    return status;
}

/* What an issuer says of itself; see discovery.h. */
static bool
is_discovered(const struct profile *profile, const char *key)
{
    return profile->issuer && profile_key_is_discovered(key);
}

static enum tw_status
check_complete(const struct profile_reader *reader)
{
    const struct profile *profile = reader->profile;
    const struct tw_provider_v1 *provider = &profile->module->provider;
    char missing[256] = "";

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

/* @whole is the reader's entry. */
static enum tw_status
fill(const struct profile_reader *reader, struct arena *arena,
     struct yaml_node *whole)
{
    struct profile *profile = reader->profile;
    enum tw_status status = read_common(reader, true);

    if (!status && !profile->module)
        status =
            profile_use_provider(reader, reader->entry->key, PROFILE_PROVIDER);
    if (!status && reader->context->specifier)
        status = specifier_expand(reader, arena, whole);
    if (!status && !profile->module->fault.status)
        status = read_options(reader);
    if (!status)
        status = read_common(reader, false);
    if (!status && !profile->module->fault.status)
        status = check_complete(reader);
    if (!status && !profile->module->fault.status)
        status = profile_client_check(reader);
    if (!status && !profile->git_username) {
        profile->git_username = strdup(GIT_USERNAME_DEFAULT);
        if (!profile->git_username)
            return tw_no_memory(reader->err);
    }
    return status;
}

static void
auto_profile(struct profile **profile)
{
    profile_free(*profile);
}

enum tw_status
profile_read_source(const struct profile_context *context,
                    const struct yaml_node *entry, struct profile **out,
                    struct tw_error *err)
{
    AUTO(auto_profile) struct profile *profile = NULL;
    AUTO(arena_clear) struct arena arena = {0};
    struct yaml_node whole;
    struct profile_reader reader = {
        .context = context, .entry = entry, .err = err};
    enum tw_status status;

    profile = calloc(1, sizeof *profile);
    if (!profile)
        return tw_no_memory(err);
    *profile =
        (struct profile){.name = strdup(entry->key->text),
                         .file = context->file,
                         .mark = context->mark,
                         .line = entry->key->line,
                         .column = entry->key->column,
                         .assertion.lifetime_s = JWT_LIFETIME_S,
                         .request = {.scope_separator = ' '},
                         .reply = {.scope_separator = ' '},
                         .timeout_s = PROFILE_TIMEOUT_S,
                         .default_lifetime_s = PROFILE_LIFETIME_DEFAULT_S};
    if (!profile->name)
        return tw_no_memory(err);
    reader.profile = profile;
    status = preset_merge(&reader, &arena, &whole);
    if (status)
        return status;
    reader.entry = &whole;
    status = fill(&reader, &arena, &whole);
    if (status)
        return status;
    *out = TAKE_POINTER(profile);
    return TW_OK;
}

enum tw_status
profile_read(const struct profile_context *context,
             const struct yaml_node *entry, struct profile **out,
             struct tw_error *err)
{
    const struct profile_reader reader = {
        .context = context, .entry = entry, .err = err};
    enum tw_status status = check_name(context, entry->key, err);

    if (status)
        return status;
    if (entry->kind != YAML_MAP)
        return profile_refuse(&reader, entry,
                              "must be a map of keys, like token_endpoint: "
                              "https://...");
    for (const struct yaml_node *value = entry->child; value;
         value = value->next) {
        if (strcmp(value->key->text, "any_of") == 0)
            return profile_stack_read(&reader, value, out);
    }
    return profile_read_source(context, entry, out, err);
}

const char *
profile_endpoint(const struct profile *profile)
{
    return profile->identity.token_endpoint ? profile->identity.token_endpoint
                                            : profile->token_endpoint;
}

const struct profile_option *
profile_option(const struct profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->option_count; i++) {
        const struct profile_option *option = &profile->options[i];

        if (option->name && strcmp(option->name, name) == 0)
            return option;
    }
    return NULL;
}

const struct secret_source *
profile_source_secret(const struct profile *profile, size_t index)
{
    const struct secret_source *const own[] = {
        &profile->client_secret,           &profile->client_secret_next,
        &profile->assertion.given,         &profile->assertion.key.passphrase,
        &profile->identity.key.passphrase,
    };
    const size_t own_count = sizeof own / sizeof *own;
    const struct profile_request *request = &profile->request;

    if (index < own_count)
        return own[index];
    index -= own_count;
    if (index < request->param_count)
        return &request->params[index].value;
    index -= request->param_count;
    if (index < request->header_count)
        return &request->headers[index].value;
    index -= request->header_count;
    return index < profile->option_count ? &profile->options[index].secret
                                         : NULL;
}

const struct secret_source *
profile_secret(const struct profile *profile, size_t index)
{
    for (; profile; profile = profile->then) {
        const struct secret_source *secret;
        size_t count = 0;

        while ((secret = profile_source_secret(profile, count))) {
            if (count++ == index)
                return secret;
        }
        index -= count;
    }
    return NULL;
}

const struct profile *
profile_login_source(const struct profile *profile)
{
    while (profile &&
           !(profile->module->provider.needs & TW_KEEPS_REFRESH_TOKEN))
        profile = profile->then;
    return profile;
}

const struct profile_match *
profile_match(const struct profile *profile, const char *host,
              const char *path)
{
    for (size_t i = 0; i < profile->match_count; i++) {
        const struct profile_match *match = &profile->matches[i];

        if (strcmp(match->host, host) == 0 && strcmp(match->path, path) == 0)
            return match;
    }
    return NULL;
}

static void
free_source(struct profile *profile)
{
    for (size_t i = 0; i < profile->option_count; i++)
        profile_option_clear(&profile->options[i]);
    for (size_t i = 0; i < profile->match_count; i++) {
        free(profile->matches[i].host);
        free(profile->matches[i].path);
    }
    for (size_t i = 0; i < profile->export_count; i++)
        free(profile->exports[i].name);
    secret_source_clear(&profile->client_secret);
    secret_source_clear(&profile->client_secret_next);
    secret_source_clear(&profile->assertion.given);
    key_source_clear(&profile->assertion.key);
    free(profile->assertion.key_id);
    free(profile->assertion.certificate);
    free(profile->assertion.audience);
    free(profile->assertion.type);
    key_source_clear(&profile->identity.key);
    free(profile->identity.certificate);
    free(profile->identity.token_endpoint);
    free(profile->issuer);
    profile_request_clear(&profile->request);
    free(profile->reply.expires_member);
    free(profile->options);
    free(profile->matches);
    free(profile->exports);
    free(profile->name);
    free(profile->token_endpoint);
    free(profile->revocation_endpoint);
    free(profile->client_id);
    free(profile->git_username);
    readers_clear(&profile->readers);
    hook_clear(&profile->on_refresh);
    free(profile->ca_file);
    free(profile->source_name);
    free(profile);
}

void
profile_free(struct profile *profile)
{
    while (profile) {
        struct profile *then = profile->then;

        free_source(profile);
        profile = then;
    }
}
