/* SPDX-License-Identifier: MIT */
/*
 * fingerprint.c - see fingerprint.h.  Every text goes in with its NUL, so
 * that no two different profiles are the same bytes.
 */
#include "helper/profile/fingerprint.h"

#include <openssl/evp.h>
#include <stdatomic.h>
#include <string.h>

static void
auto_digest(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

/* Looked for once, where EVP_sha256() is looked for by name at each use; two
 * threads may come first. */
static const EVP_MD *
find_sha256(void)
{
    static EVP_MD *_Atomic kept;
    EVP_MD *found = kept, *none = NULL;

    if (found)
        return found;
    found = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (atomic_compare_exchange_strong(&kept, &none, found))
        return found;
    EVP_MD_free(found);
    return none;
}

static bool
begin(EVP_MD_CTX *context)
{
    const EVP_MD *sha256 = find_sha256();

    return context && sha256 && EVP_DigestInit_ex(context, sha256, NULL) == 1;
}

static bool
add(EVP_MD_CTX *context, const char *text)
{
    return EVP_DigestUpdate(context, text ? text : "",
                            (text ? strlen(text) : 0) + 1) == 1;
}

static bool
finish(EVP_MD_CTX *context, char *out, size_t bytes)
{
    static const char HEX[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];

    if (EVP_DigestFinal_ex(context, digest, NULL) != 1)
        return false;
    for (size_t i = 0; i < bytes; i++) {
        out[2 * i] = HEX[digest[i] >> 4];
        out[2 * i + 1] = HEX[digest[i] & 15];
    }
    out[2 * bytes] = '\0';
    return true;
}

/* Where a provider's secret is: a token taken from one file is not that of
 * another, nor is one taken from a profile that is another by now.  What it is
 * stays out, for a fingerprint is no place for it. */
static bool
add_source(EVP_MD_CTX *context, const struct secret_source *source)
{
    const char kind[] = {(char)('0' + source->kind), '\0'};
    bool good = add(context, kind) && add(context, source->text);

    for (char **argument = source->argv; good && argument && *argument;
         argument++)
        good = add(context, *argument);
    return good && add(context, source->fingerprint);
}

static bool
add_value(EVP_MD_CTX *context, const struct secret_source *source)
{
    return !source->value || add(context, source->value);
}

/* The one whose name comes next, in the alphabet, behind @name or NULL. */
static const struct profile_option *
option_after(const struct profile *profile, const char *name)
{
    const struct profile_option *next = NULL;

    for (size_t i = 0; i < profile->option_count; i++) {
        const struct profile_option *option = &profile->options[i];

        if (option->name && (!name || strcmp(option->name, name) > 0) &&
            (!next || strcmp(option->name, next->name) < 0))
            next = option;
    }
    return next;
}

static bool
add_option(EVP_MD_CTX *context, const struct profile_option *option)
{
    bool good = add(context, option->name);

    for (char **value = option->values; good && value && *value; value++)
        good = add(context, *value);
    return good && add_source(context, &option->secret);
}

/* What a person agreed to at a login is the grant's.  Where a refresh token
 * is kept and nobody logs in here, it is said anew with each request, and may
 * be less (RFC 6749 6). */
static bool
is_granted(const struct profile *profile, const char *option)
{
    const uint32_t both = TW_NEEDS_PERSON | TW_KEEPS_REFRESH_TOKEN;

    return (profile->module->provider.needs & both) !=
               TW_KEEPS_REFRESH_TOKEN ||
           (strcmp(option, "audience") != 0 &&
            strcmp(option, "resource") != 0 && strcmp(option, "scope") != 0);
}

/* Not as they stand in the file: a line that is moved buys the same.
 * @granted: of the grant alone, whose fingerprint lies with a refresh token,
 * so that one that is written out may go in. */
static bool
add_options(EVP_MD_CTX *context, const struct profile *profile, bool granted)
{
    const struct profile_option *option = option_after(profile, NULL);
    bool good = true;

    for (; good && option; option = option_after(profile, option->name))
        good = granted ? !is_granted(profile, option->name) ||
                             (add_option(context, option) &&
                              add_value(context, &option->secret))
                       : add_option(context, option);
    return good;
}

/* A value that is written as text is no secret. */
static bool
add_fields(EVP_MD_CTX *context, const struct profile_field *fields,
           size_t count)
{
    bool good = true;

    for (size_t i = 0; good && i < count; i++)
        good = add(context, fields[i].name) &&
               add_source(context, &fields[i].value) &&
               add(context, fields[i].value.value);
    return good && add(context, "");
}

static bool
add_request(EVP_MD_CTX *context, const struct profile_request *request)
{
    char separator[] = {request->scope_separator, '\0'};

    return add(context, request->grant_type) && add(context, separator) &&
           add_fields(context, request->params, request->param_count) &&
           add_fields(context, request->headers, request->header_count);
}

static bool
add_rules(EVP_MD_CTX *context, const struct reply_rules *rules)
{
    char text[] = {(char)('0' + rules->form), (char)('0' + rules->bearer),
                   (char)('0' + rules->zero_lifetime),
                   (char)('0' + rules->success_status % 100), '\0'};

    return add(context, rules->expires_member) && add(context, text);
}

bool
fingerprint_of_source(const struct profile *profile,
                      char out[static FINGERPRINT_SIZE])
{
    AUTO(auto_digest) EVP_MD_CTX *context = EVP_MD_CTX_new();
    const struct profile_assertion *assertion = profile_assertion(profile);
    char method[] = {(char)('0' + profile->auth_method),
                     (char)('0' + profile->basic_encoding),
                     (char)('0' + assertion->algorithm),
                     (char)('0' + assertion->audience_kind), '\0'};

    return begin(context) && add(context, "tokenward 1") &&
           add(context, profile->name) &&
           add(context, profile->module->provider.name) &&
           add(context, profile->token_endpoint) &&
           add(context, profile->client_id) && add(context, method) &&
           add(context, assertion->key.uri) &&
           add(context, assertion->key_id) &&
           add(context, assertion->certificate) &&
           add(context, assertion->audience) &&
           add(context, assertion->type) &&
           add(context, profile_identity(profile)->certificate) &&
           add(context, profile_identity(profile)->key.uri) &&
           add(context, profile->mtls_token_endpoint) &&
           add(context, profile->issuer) && add(context, profile->ca_file) &&
           add_options(context, profile, false) &&
           add_request(context, &profile->request) &&
           add_rules(context, &profile->reply) &&
           finish(context, out, (FINGERPRINT_SIZE - 1) / 2);
}

static bool
fingerprint_of_stack(const struct profile *profile,
                     char out[static FINGERPRINT_SIZE])
{
    AUTO(auto_digest) EVP_MD_CTX *context = EVP_MD_CTX_new();
    char one[FINGERPRINT_SIZE];
    bool good = begin(context) && add(context, "tokenward stack 1");

    for (; good && profile; profile = profile->then)
        good = fingerprint_of_source(profile, one) && add(context, one);
    return good && finish(context, out, (FINGERPRINT_SIZE - 1) / 2);
}

bool
fingerprint_of(const struct profile *profile,
               char out[static FINGERPRINT_SIZE])
{
    return profile->source_number ? fingerprint_of_stack(profile, out)
                                  : fingerprint_of_source(profile, out);
}

bool
fingerprint_of_grant(const struct profile *profile,
                     char out[static FINGERPRINT_SIZE])
{
    AUTO(auto_digest) EVP_MD_CTX *context = EVP_MD_CTX_new();

    return begin(context) && add(context, "tokenward grant 1") &&
           add(context, profile->module->provider.name) &&
           add(context, profile->issuer) &&
           add(context, profile->token_endpoint) &&
           add(context, profile->mtls_token_endpoint) &&
           add(context, profile->client_id) &&
           add_options(context, profile, true) &&
           finish(context, out, (FINGERPRINT_SIZE - 1) / 2);
}

bool
fingerprint_of_server(const struct profile *source,
                      char out[static FINGERPRINT_SIZE])
{
    AUTO(auto_digest) EVP_MD_CTX *context = EVP_MD_CTX_new();

    return begin(context) && add(context, "tokenward server 1") &&
           add(context, source->issuer) &&
           add(context, source->token_endpoint) &&
           add(context, source->mtls_token_endpoint) &&
           finish(context, out, (FINGERPRINT_SIZE - 1) / 2);
}

bool
fingerprint_is_of_server(const struct profile *source, const char *server)
{
    char its[FINGERPRINT_SIZE];

    return fingerprint_of_server(source, its) && strcmp(server, its) == 0;
}

bool
secret_tag(const char *salt, const struct secret *secret,
           char out[static SECRET_TAG_SIZE])
{
    AUTO(auto_digest) EVP_MD_CTX *context = EVP_MD_CTX_new();

    return begin(context) && add(context, salt) &&
           EVP_DigestUpdate(context, secret_text(secret), secret->len + 1) ==
               1 &&
           finish(context, out, (SECRET_TAG_SIZE - 1) / 2);
}

bool
token_hash(const char *token, size_t n, char out[static TOKEN_HASH_SIZE])
{
    AUTO(auto_digest) EVP_MD_CTX *context = EVP_MD_CTX_new();

    return begin(context) && EVP_DigestUpdate(context, token, n) == 1 &&
           finish(context, out, (TOKEN_HASH_SIZE - 1) / 2);
}
