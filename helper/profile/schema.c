/* SPDX-License-Identifier: MIT */
/*
 * schema.c - the tables of keys and options come in, a JSON schema goes out.
 *
 * Which options a profile may have hangs on its provider, and additional
 * properties are judged without a look at conditions (JSON Schema draft 7,
 * 6.5.6): so a profile lists every name there is, and for each provider a
 * condition says which of them are its own, and what they look like.  Where a
 * preset or sources choose the provider, the names alone are checked.
 */
#include "helper/profile/schema.h"

#include <string.h>

#include "helper/profile/profile_keys.h"
#include "helper/profile/profile_stack.h"
#include "helper/profile/schema_shape.h"

#define PROVIDERS_MAX 64

struct schema {
    struct schema_text text;
    const struct module *modules[PROVIDERS_MAX];
    size_t count;
    struct tw_error failure;
};

static const char *
option_shape(const struct tw_option *option)
{
    switch ((enum tw_option_type)option->type) {
    case TW_OPTION_SCOPE:
    case TW_OPTION_URLS:
        return "\"$ref\":\"#/definitions/texts\"";
    case TW_OPTION_SECRET:
        return "\"$ref\":\"#/definitions/secret\"";
    case TW_OPTION_COMMAND:
        return "\"$ref\":\"#/definitions/command\"";
    case TW_OPTION_ENDPOINT:
        return "\"$ref\":\"#/definitions/endpoint\"";
    case TW_OPTION_TEXT:
    case TW_OPTION_URL:
    case TW_OPTION_FILE:
    case TW_OPTION_LOOPBACK:
        break;
    }
    return "\"$ref\":\"#/definitions/text\"";
}

/* Is @option the first of its name, of those that are no common keys? */
static bool
is_first(const struct schema *this, size_t module, const char *option)
{
    for (size_t i = 0; i < module; i++) {
        if (module_option(this->modules[i], option))
            return false;
    }
    return !profile_key_find(option);
}

static void
put_described(struct schema *this, const char *key, const char *help)
{
    schema_name(&this->text, key);
    schema_raw(&this->text, "{\"description\":");
    schema_text(&this->text, help);
}

/* Every name that a profile, or one of its sources, may have. */
static void
put_properties(struct schema *this, bool of_source)
{
    size_t count;
    const struct profile_key *keys = profile_keys(&count);

    schema_name(&this->text, "properties");
    schema_raw(&this->text, "{");
    for (size_t i = 0; i < count; i++) {
        if (of_source && profile_stack_is_whole(keys[i].name))
            continue;
        put_described(this, keys[i].name, keys[i].help);
        /* What stands beside a reference counts for nothing. */
        schema_raw(&this->text, ",\"allOf\":[{");
        schema_shape(&this->text, &keys[i].shape);
        schema_raw(&this->text, "}]}\n");
    }
    for (size_t i = 0; i < this->count; i++) {
        const struct tw_provider_v1 *provider = &this->modules[i]->provider;

        for (uint32_t j = 0; j < provider->option_count; j++) {
            const struct tw_option *option = &provider->options[j];

            if (!is_first(this, i, option->name))
                continue;
            put_described(this, option->name, option->help);
            schema_raw(&this->text, "}\n");
        }
    }
    if (of_source)
        schema_raw(&this->text,
                   ",\"name\":{\"$ref\":\"#/definitions/text\"},"
                   "\"actions\":{\"$ref\":\"#/definitions/actions\"}\n");
    schema_raw(&this->text, "}");
}

/* The names alone: the common ones, and the provider's. */
static void
put_names(struct schema *this, const struct tw_provider_v1 *provider,
          bool of_source)
{
    size_t count;
    const struct profile_key *keys = profile_keys(&count);
    bool first = true;

    schema_raw(&this->text, "\"propertyNames\":{\"enum\":[");
    for (size_t i = 0; i < count; i++) {
        if (of_source && profile_stack_is_whole(keys[i].name))
            continue;
        schema_comma(&this->text, &first);
        schema_text(&this->text, keys[i].name);
    }
    for (uint32_t i = 0; i < provider->option_count; i++) {
        if (profile_key_find(provider->options[i].name))
            continue;
        schema_comma(&this->text, &first);
        schema_text(&this->text, provider->options[i].name);
    }
    schema_raw(&this->text, of_source ? ",\"name\",\"actions\"]}" : "]}");
}

static void
put_required(struct schema *this, const char *key)
{
    const bool asked = profile_key_is_discovered(key);

    schema_raw(&this->text,
               asked ? "{\"anyOf\":[{\"required\":[\"issuer\"],\"not\":{"
                       "\"required\":[\"token_endpoint\"]}},{\"required\":["
                     : "{\"required\":[");
    schema_text(&this->text, key);
    schema_raw(&this->text, asked ? "]}]}" : "]}");
}

/* What a profile lacks, unless a preset or its sources have it. */
static void
put_needs(struct schema *this, const struct tw_provider_v1 *provider)
{
    schema_raw(
        &this->text,
        "{\"if\":{\"$ref\":\"#/definitions/whole\"},\"then\":{\"allOf\":"
        "[{}");
    if (provider->needs & TW_NEEDS_ENDPOINT) {
        schema_raw(&this->text, ",");
        put_required(this, "token_endpoint");
    }
    if (provider->needs & TW_NEEDS_CLIENT) {
        schema_raw(&this->text, ",");
        put_required(this, "client_id");
    }
    for (uint32_t i = 0; i < provider->option_count; i++) {
        if (!(provider->options[i].flags & TW_OPTION_REQUIRED))
            continue;
        schema_raw(&this->text, ",");
        put_required(this, provider->options[i].name);
    }
    schema_raw(&this->text, "]}}");
}

/* @test: of a profile's text, when the condition is this provider's. */
static void
put_condition(struct schema *this, const struct tw_provider_v1 *provider,
              bool of_source, bool is_default)
{
    if (is_default) {
        schema_raw(&this->text,
                   "{\"if\":{\"allOf\":[{\"$ref\":\"#/definitions/whole\"},"
                   "{\"not\":{\"required\":[\"provider\"]}}]},\"then\":{");
    } else {
        schema_raw(&this->text,
                   "{\"if\":{\"required\":[\"provider\"],\"properties\":{"
                   "\"provider\":{\"const\":");
        schema_text(&this->text, provider->name);
        schema_raw(&this->text, "}}},\"then\":{");
    }
    put_names(this, provider, of_source);
    schema_raw(&this->text, ",\"properties\":{");
    for (uint32_t i = 0; i < provider->option_count; i++) {
        const struct tw_option *option = &provider->options[i];

        if (profile_key_find(option->name))
            continue;
        schema_name(&this->text, option->name);
        schema_raw(&this->text, "{");
        schema_raw(&this->text, option_shape(option));
        schema_raw(&this->text, "}");
    }
    schema_raw(&this->text, "}");
    if (!of_source) {
        schema_raw(&this->text, ",\"allOf\":[");
        put_needs(this, provider);
        schema_raw(&this->text, "]");
    }
    schema_raw(&this->text, "}}\n");
}

static void
put_profile(struct schema *this, const char *definition, bool of_source)
{
    bool first = true;

    schema_name(&this->text, definition);
    schema_raw(&this->text,
               "{\"type\":\"object\",\"additionalProperties\":false");
    put_properties(this, of_source);
    schema_raw(&this->text, ",\"allOf\":[\n");
    for (size_t i = 0; i < this->count; i++) {
        const struct tw_provider_v1 *provider = &this->modules[i]->provider;

        schema_comma(&this->text, &first);
        put_condition(this, provider, of_source, false);
        if (of_source || strcmp(provider->name, PROFILE_PROVIDER) != 0)
            continue;
        schema_comma(&this->text, &first);
        put_condition(this, provider, of_source, true);
    }
    schema_raw(&this->text, "]}\n");
}

static void
put_secret(struct schema *this)
{
    const char *word;

    schema_name(&this->text, "secret");
    schema_raw(&this->text,
               "{\"anyOf\":[{\"$ref\":\"#/definitions/text\"},{\"type\":"
               "\"object\",\"minProperties\":1,\"maxProperties\":1,"
               "\"additionalProperties\":false,\"properties\":{");
    for (size_t i = 0; (word = profile_secret_word(i)); i++) {
        schema_name(&this->text, word);
        schema_raw(&this->text, strcmp(word, "command") == 0
                                    ? "{\"$ref\":\"#/definitions/command\"}"
                                    : "{\"$ref\":\"#/definitions/text\"}");
    }
    schema_raw(&this->text, "}}]}\n");
}

static void
put_actions(struct schema *this)
{
    const struct key_shape actions = {.word = profile_stack_action};
    const char *outcome;

    schema_name(&this->text, "actions");
    schema_raw(&this->text,
               "{\"type\":\"object\",\"additionalProperties\":false,"
               "\"properties\":{");
    for (size_t i = 0; (outcome = profile_stack_outcome(i)); i++) {
        schema_name(&this->text, outcome);
        schema_raw(&this->text, "{");
        schema_words(&this->text, &actions);
        schema_raw(&this->text, "}");
    }
    schema_raw(&this->text, "}}\n");
}

/* A profile's, a template's, or an instance's. */
static void
put_profile_names(struct schema *this)
{
    const char *taken;
    bool first = true;

    schema_raw(&this->text,
               "{\"pattern\":\"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}"
               "(@([A-Za-z0-9_][A-Za-z0-9._-]{0,63})?)?$\",\"not\":{\"enum\":"
               "[");
    for (size_t i = 0; (taken = profile_taken_name(i)); i++) {
        schema_comma(&this->text, &first);
        schema_text(&this->text, taken);
    }
    schema_raw(&this->text, "]}}");
}

static void
put_all(struct schema *this)
{
    schema_raw(
        &this->text,
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\n"
        "\"title\":\"tokenward profiles\",\n"
        "\"type\":\"object\",\"additionalProperties\":false,\"required\":["
        "\"profiles\"],\"properties\":{\"profiles\":{\"type\":[\"object\","
        "\"null\"],\"propertyNames\":");
    put_profile_names(this);
    schema_raw(
        &this->text,
        ",\"additionalProperties\":{"
        "\"$ref\":\"#/definitions/profile\"}}},\n"
        "\"definitions\":{\n"
        "\"text\":{\"type\":[\"string\",\"number\",\"boolean\"],"
        "\"minLength\":1,\"pattern\":"
        "\"^[^\\u0000-\\u001f\\u007f]+\\n?$\"},\n"
        "\"texts\":{\"anyOf\":[{\"$ref\":\"#/definitions/text\"},{\"type\":"
        "\"array\",\"minItems\":1,\"items\":{\"$ref\":"
        "\"#/definitions/text\"}}]},\n"
        "\"endpoint\":{\"type\":\"string\",\"pattern\":"
        "\"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\\\s]+([/?][^#\\\\s]*)?$\"},\n"
        "\"command\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":["
        "\"string\",\"number\",\"boolean\"]}},\n"
        "\"whole\":{\"not\":{\"anyOf\":[{\"required\":[\"preset\"]},{"
        "\"required\":[\"any_of\"]}]}}\n");
    put_secret(this);
    put_actions(this);
    put_profile(this, "profile", false);
    put_profile(this, "source", true);
    schema_raw(&this->text, "}}\n");
}

/* A module that is broken is the packager's to mend, and its options would
 * be missing here without a word. */
static void
take(void *arg, const char *module_name, const struct module *module,
     const struct tw_error *err)
{
    struct schema *this = arg;

    (void)module_name;
    if (!module)
        (void)error_copy(&this->failure, err);
    else if (this->count < PROVIDERS_MAX)
        this->modules[this->count++] = module;
}

enum tw_status
schema_put(struct modules *modules, struct secret *out, struct tw_error *err)
{
    struct schema this = {.text = {out, true}};
    enum tw_status status = modules_each(modules, take, &this, err);

    if (status)
        return status;
    if (this.failure.status)
        return error_copy(err, &this.failure);
    put_all(&this);
    return this.text.good ? TW_OK : tw_no_memory(err);
}
