/* SPDX-License-Identifier: MIT */
/*
 * profile.c - what a complete profile answers; see profile.h.
 */
#include "helper/profile/profile.h"

#include <string.h>

#include "helper/keys/jwt.h"

static const struct profile_assertion NO_ASSERTION = {.lifetime_s =
                                                          JWT_LIFETIME_S};
static const struct profile_identity NO_IDENTITY = {.certificate = NULL};
static const struct secret_source NO_SECRET = {.kind = SECRET_NONE};
static const struct readers NO_READERS = {.users = NULL};
static const struct hook NO_HOOK = {.argv = NULL};

const struct profile_assertion *
profile_assertion(const struct profile *profile)
{
    return profile->assertion ? profile->assertion : &NO_ASSERTION;
}

const struct profile_identity *
profile_identity(const struct profile *profile)
{
    return profile->identity ? profile->identity : &NO_IDENTITY;
}

const struct secret_source *
profile_secret_next(const struct profile *profile)
{
    return profile->client_secret_next ? profile->client_secret_next
                                       : &NO_SECRET;
}

const struct readers *
profile_readers(const struct profile *profile)
{
    return profile->readers ? profile->readers : &NO_READERS;
}

const struct hook *
profile_hook(const struct profile *profile)
{
    return profile->on_refresh ? profile->on_refresh : &NO_HOOK;
}

bool
profile_has_hook(const struct profile *profile)
{
    const struct hook *hook = profile_hook(profile);

    return hook->argv || hook->pidfile;
}

const char *
profile_endpoint(const struct profile *profile)
{
    return profile->mtls_token_endpoint ? profile->mtls_token_endpoint
                                        : profile->token_endpoint;
}

/* An alias that the issuer named has no line of its own. */
uint32_t
profile_endpoint_line(const struct profile *profile)
{
    return profile->mtls_token_endpoint_line
               ? profile->mtls_token_endpoint_line
               : profile->token_endpoint_line;
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

#define OWN_SECRETS 5 /* what a source always has a place for */

static size_t
count_secrets(const struct profile *source)
{
    return OWN_SECRETS + source->request.param_count +
           source->request.header_count + source->option_count;
}

const struct secret_source *
profile_source_secret(const struct profile *source, size_t index)
{
    const struct secret_source *const own[OWN_SECRETS] = {
        &source->client_secret,
        profile_secret_next(source),
        &profile_assertion(source)->given,
        &profile_assertion(source)->key.passphrase,
        &profile_identity(source)->key.passphrase,
    };
    const struct profile_request *request = &source->request;

    if (index < OWN_SECRETS)
        return own[index];
    index -= OWN_SECRETS;
    if (index < request->param_count)
        return &request->params[index].value;
    index -= request->param_count;
    if (index < request->header_count)
        return &request->headers[index].value;
    index -= request->header_count;
    return index < source->option_count ? &source->options[index].secret
                                        : NULL;
}

bool
profile_source_file(const struct profile *source, size_t index,
                    struct profile_path *out)
{
    const struct profile_assertion *assertion = profile_assertion(source);
    const struct profile_identity *identity = profile_identity(source);
    const struct profile_path files[] = {
        {"assertion_key", assertion->key.uri, assertion->key.line, true},
        {"assertion_certificate", assertion->certificate,
         assertion->certificate_line, false},
        {"client_certificate", identity->certificate,
         identity->certificate_line, false},
        {"client_certificate_key", identity->key.uri, identity->key.line,
         true},
    };

    if (index >= sizeof files / sizeof *files)
        return false;
    *out = files[index];
    return true;
}

const struct secret_source *
profile_secret(const struct profile *profile, size_t index)
{
    while (profile && index >= count_secrets(profile)) {
        index -= count_secrets(profile);
        profile = profile->then;
    }
    return profile ? profile_source_secret(profile, index) : NULL;
}

bool
profile_is_linked(const struct profile *profile)
{
    while (profile && !profile->is_linked)
        profile = profile->then;
    return profile != NULL;
}

const struct profile *
profile_login_source(const struct profile *profile)
{
    while (profile && !(profile->module->provider.needs &
                        (TW_KEEPS_REFRESH_TOKEN | TW_NEEDS_PERSON)))
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

bool
profile_is_slow(const struct profile *profile)
{
    const struct secret_source *source;

    for (size_t i = 0; (source = profile_secret(profile, i)); i++) {
        if (source->kind == SECRET_COMMAND || source->kind == SECRET_PROFILE)
            return true;
    }
    return false;
}

bool
profile_is_apart(const struct profile *profile)
{
    if (profile_is_slow(profile))
        return true;
    while (profile && module_is_ours(profile->module))
        profile = profile->then;
    return profile != NULL;
}
