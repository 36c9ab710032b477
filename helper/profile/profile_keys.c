/* SPDX-License-Identifier: MIT */
/*
 * profile_keys.c - the table of common keys, and for each a function that
 * takes its value into the profile.
 *
 * A new key is one row and one function.  The checker, the manual page and
 * completions read the same rows.
 */
#include "helper/profile/profile_keys.h"

#include <stdlib.h>
#include <string.h>

#include "helper/exchange/client_auth.h"
#include "helper/keys/jwt.h"
#include "helper/profile/profile_client.h"
#include "helper/profile/profile_readers.h"
#include "helper/text/url.h"
#include "provider/base/text.h"

#define GIT_USERNAME_MAX 255 /* bytes; the index keeps it between spaces */

static enum tw_status
read_allow_http(const struct profile_reader *reader,
                const struct yaml_node *value)
{
    size_t chosen;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->profile->allow_loopback_http = true;
    return status;
}

static enum tw_status
read_ca_file(const struct profile_reader *reader,
             const struct yaml_node *value)
{
    reader->profile->ca_file_line = value->line;
    return profile_value_path(reader, value->key->text, value,
                              &reader->profile->ca_file);
}

static enum tw_status
read_default_lifetime(const struct profile_reader *reader,
                      const struct yaml_node *value)
{
    return profile_key_seconds(reader, value,
                               &reader->profile->default_lifetime_s);
}

static enum tw_status
read_git_username(const struct profile_reader *reader,
                  const struct yaml_node *value)
{
    char *name = NULL;
    enum tw_status status =
        profile_value_word(reader, value, "", GIT_USERNAME_MAX, &name);

    if (status)
        return status;
    if (strlen(name) + specifier_room(reader->context->specifier, name) >
        GIT_USERNAME_MAX)
        return profile_refuse(reader, value,
                              "git_username must be at most %d bytes with the "
                              "longest instance's name in it",
                              GIT_USERNAME_MAX);
    reader->profile->git_username = name;
    return TW_OK;
}

/* A profile that has one itself is read by profile_stack_read(). */
static enum tw_status
refuse_any_of(const struct profile_reader *reader,
              const struct yaml_node *value)
{
    return profile_refuse(reader, value,
                          "any_of must stand in the profile itself");
}

/* profile_template.c has done what it says. */
static enum tw_status
read_instances(const struct profile_reader *reader,
               const struct yaml_node *value)
{
    if (reader->context->specifier)
        return TW_OK;
    return profile_refuse(reader, value->key,
                          "instances is for a template, whose name ends with "
                          "@");
}

/* Where it stands here, preset_merge() has done what it says. */
static enum tw_status
read_merged(const struct profile_reader *reader, const struct yaml_node *value)
{
    (void)reader;
    (void)value;
    return TW_OK;
}

static enum tw_status
read_timeout(const struct profile_reader *reader,
             const struct yaml_node *value)
{
    int64_t seconds = 0;
    enum tw_status status = profile_key_seconds(reader, value, &seconds);

    if (!status)
        reader->profile->timeout_s = (int)seconds;
    return status;
}

static const char *const ENCODING_WORDS[] = {
    [BASIC_FORM] = "form", [BASIC_RAW] = "raw", NULL};
static const char *const FLAG_WORDS[] = {"false", "true", NULL};
static const char *const FORMAT_WORDS[] = {"json", "form", NULL};
static const char *const HTTP_WORDS[] = {"loopback", NULL};
static const char *const LIFETIME_WORDS[] = {[LIFETIME_SESSION] = "session",
                                             [LIFETIME_USER] = "user",
                                             [LIFETIME_LINGER] = "linger",
                                             NULL};
static const char *const SEPARATOR_WORDS[] = {"space", "comma", NULL};
static const char *const STATUS_WORDS[] = {"200", "201", "202", "203", NULL};
static const char *const TYPE_WORDS[] = {"Bearer", NULL};
static const char *const ZERO_WORDS[] = {"refuse", "default", NULL};

#define SHAPE(name)        \
    {                      \
        .kind = KEY_##name \
    }
#define CHOICE(list)                        \
    {                                       \
        .kind = KEY_CHOICE, .words = (list) \
    }
#define EXPORTS(list)                        \
    {                                        \
        .kind = KEY_EXPORTS, .words = (list) \
    }
#define NAMED(function)                        \
    {                                          \
        .kind = KEY_CHOICE, .word = (function) \
    }
#define SECONDS(limit)                      \
    {                                       \
        .kind = KEY_SECONDS, .max = (limit) \
    }

/* Sorted by name. */
static const struct profile_key KEYS[] = {
    {"allow_http", "loopback",
     "allows http:// to a server on this host, for tests", true,
     read_allow_http, CHOICE(HTTP_WORDS), KEY_ALWAYS},
    {"any_of", "a list of maps, 1 to 8",
     "sources that are tried in order, each with keys of its own", false,
     refuse_any_of, SHAPE(SOURCES), KEY_ALWAYS},
    {"assertion_audience", "issuer, token_endpoint or TEXT",
     "\"aud\" of what the client signs; default the issuer if it is known, "
     "else the token endpoint",
     false, profile_client_audience, SHAPE(TEXT), KEY_WITH_SIGNED_CLIENT},
    {"assertion_certificate", "PATH",
     "PEM file whose SHA-256 is the signature's x5t#S256", false,
     profile_client_key_certificate, SHAPE(TEXT), KEY_WITH_KEY},
    {"assertion_key", "PATH or URI",
     "private key that signs: a file, or pkcs11:, handle: (TPM)", false,
     profile_client_key, SHAPE(TEXT), KEY_ALWAYS},
    {"assertion_key_id", "TEXT", "\"kid\" under which the server knows it",
     false, profile_client_key_id, SHAPE(TEXT), KEY_WITH_SIGNATURE},
    {"assertion_key_passphrase", "as client_secret",
     "of an encrypted assertion_key, or the PIN of its token", false,
     profile_client_key_passphrase, SHAPE(SECRET), KEY_WITH_KEY},
    {"assertion_lifetime", "1 to 3600 (seconds)",
     "of what the client signs; default 60", false,
     profile_client_key_lifetime, SECONDS(JWT_LIFETIME_MAX_S),
     KEY_WITH_SIGNATURE},
    {"basic_encoding", "form or raw",
     "how client_secret_basic encodes id and secret; default form (RFC 6749 "
     "2.3.1)",
     false, profile_client_basic_encoding, CHOICE(ENCODING_WORDS),
     KEY_WITH_BASIC},
    {"ca_file", "PATH",
     "PEM file of the only authorities to trust, instead of the system's",
     false, read_ca_file, SHAPE(TEXT), KEY_ALWAYS},
    {"client_assertion", "as client_secret",
     "a JWT that a platform issued (Kubernetes, SPIFFE), read for each "
     "request",
     false, profile_client_assertion, SHAPE(SECRET),
     KEY_WITH_ASSERTION_METHOD},
    {"client_assertion_type", "URN",
     "of a client_assertion that is no plain JWT (RFC 7521 4.2)", false,
     profile_client_assertion_type, SHAPE(TEXT), KEY_WITH_ASSERTION},
    {"client_certificate", "PATH",
     "PEM file of what the client shows in the TLS handshake (RFC 8705)",
     false, profile_client_certificate, SHAPE(TEXT), KEY_ALWAYS},
    {"client_certificate_key", "PATH", "its private key", false,
     profile_client_certificate_key, SHAPE(TEXT), KEY_WITH_CERTIFICATE},
    {"client_certificate_key_passphrase", "as client_secret",
     "of that key, if it is encrypted", false,
     profile_client_certificate_passphrase, SHAPE(SECRET),
     KEY_WITH_CERTIFICATE},
    {"client_id", "TEXT", "who we are to the authorization server", false,
     profile_client_id, SHAPE(TEXT), KEY_ALWAYS},
    {"client_secret",
     "TEXT, {file: PATH}, {credential: NAME}, {env: NAME}, {command: [...]} "
     "or {profile: NAME}",
     "the client's secret, or where it is; by value the file must be 0600",
     false, profile_client_secret, SHAPE(SECRET), KEY_WITH_SECRET_METHOD},
    {"client_secret_next", "as client_secret",
     "another one, tried once when the server refuses client_secret", false,
     profile_client_secret_next, SHAPE(SECRET), KEY_WITH_SECRET},
    {"default_lifetime", "1 to 86400 (seconds)",
     "lifetime of a token whose answer names none; default 300", false,
     read_default_lifetime, SECONDS(PROFILE_LIFETIME_DEFAULT_MAX_S),
     KEY_ALWAYS},
    {"env", "{NAME: token, file or header, ...}",
     "variables that tokenward exec sets for a program", false,
     profile_read_env, EXPORTS(PROFILE_EXPORT_WORDS), KEY_ALWAYS},
    {"expires_member", "NAME",
     "member of the answer that says when the token ends, for expires_in",
     false, profile_read_expires_member, SHAPE(TEXT), KEY_ALWAYS},
    {"git_username", "TEXT",
     "user name that git is given with the token; default oauth2", false,
     read_git_username, SHAPE(TEXT), KEY_ALWAYS},
    {"grant_type", "TEXT", "sent as grant_type in place of the provider's own",
     false, profile_read_grant_type, SHAPE(TEXT), KEY_ALWAYS},
    {"headers", "{NAME: VALUE, ...}",
     "header lines that every request gets; values as text or by source",
     false, profile_read_headers, SHAPE(FIELDS), KEY_ALWAYS},
    {"instances", "a list of names, {list: PATH} or {files: PATH}",
     "of a template: which profiles it makes, one for each name", false,
     read_instances, SHAPE(INSTANCES), KEY_ALWAYS},
    {"issuer", "URL",
     "the server's name for itself; asked for missing endpoints (RFC 8414)",
     false, profile_client_issuer, SHAPE(TEXT), KEY_ALWAYS},
    {"lifetime", "session, user or linger",
     "how long a token of a login stays: until the last session ends, until "
     "the user's services end too, or as long as it lives; default session",
     false, profile_login_lifetime, CHOICE(LIFETIME_WORDS), KEY_ALWAYS},
    {"login", "true or false",
     "have a token kept from a login on, by pam_tokenward; default false",
     false, profile_login_login, CHOICE(FLAG_WORDS), KEY_ALWAYS},
    {"match", "https://HOST[:PORT][/PATH], or a list",
     "the URLs this token is for, for git and other tools", false,
     profile_read_match, SHAPE(URLS), KEY_ALWAYS},
    {"max_fetches", "N/minute, N/hour or N/day",
     "no more fetches than that, for servers that bill each token", false,
     profile_read_max_fetches, SHAPE(TEXT), KEY_ALWAYS},
    {"mtls_endpoint_aliases", "{token_endpoint: URL}",
     "where clients with a certificate go instead (RFC 8705 5)", false,
     profile_client_mtls_aliases, SHAPE(ALIASES), KEY_WITH_CERTIFICATE},
    {"on_refresh", "{command: [...]}, {reload: UNIT} or {signal: HUP, ...}",
     "what is done once there is a new token", false, profile_read_on_refresh,
     SHAPE(HOOK), KEY_ALWAYS},
    {"params", "{NAME: VALUE, ...}",
     "form parameters that every request for a token gets; values as text or "
     "by source",
     false, profile_read_params, SHAPE(FIELDS), KEY_ALWAYS},
    {"preset", "NAME",
     "what is known of this kind of server; tokenward presets lists them",
     false, read_merged, SHAPE(TEXT), KEY_ALWAYS},
    {"provider", "NAME",
     "the module that knows the grant; default client_credentials", true,
     profile_read_provider, SHAPE(TEXT), KEY_ALWAYS},
    {"readers", "{users: [NAME...], groups: [NAME...], units: [NAME...]}",
     "who may read the token of a system's profile", false,
     profile_read_readers, SHAPE(READERS), KEY_ALWAYS},
    {"reply_format", "json or form",
     "form: an answer may be a form; default json (RFC 6749 5.1)", false,
     profile_read_reply_format, CHOICE(FORMAT_WORDS), KEY_ALWAYS},
    {"revocation_endpoint", "URL",
     "where tokenward logout has tokens revoked (RFC 7009)", false,
     profile_endpoint_revocation, SHAPE(ENDPOINT), KEY_ALWAYS},
    {"revoke_on_logout", "true or false",
     "have the token of a login revoked when it is removed; default false",
     false, profile_login_revoke_on_logout, CHOICE(FLAG_WORDS), KEY_ALWAYS},
    {"scope_separator", "space or comma",
     "what stands between two scopes; default space (RFC 6749 3.3)", false,
     profile_read_scope_separator, CHOICE(SEPARATOR_WORDS), KEY_ALWAYS},
    {"success_status", "200 to 203",
     "a status that may bring a token, beside 200", false,
     profile_read_success_status, CHOICE(STATUS_WORDS), KEY_ALWAYS},
    {"timeout", "1 to 60 (seconds)",
     "for one request to the token endpoint; default 15", false, read_timeout,
     SECONDS(PROFILE_TIMEOUT_MAX_S), KEY_ALWAYS},
    {"token_endpoint", "URL", "where tokens are bought (RFC 6749 3.2)", false,
     profile_endpoint_token, SHAPE(ENDPOINT), KEY_ALWAYS},
    {"token_endpoint_auth_method", "client_secret_post, private_key_jwt, ...",
     "how the client proves who it is; default client_secret_post (RFC 7591)",
     false, profile_client_method, NAMED(client_auth_name), KEY_ALWAYS},
    {"token_endpoint_auth_signing_alg", "RS256, PS256, ES256 or EdDSA",
     "how the client signs; default by the kind of key", false,
     profile_client_algorithm, NAMED(profile_client_algorithm_name),
     KEY_WITH_SIGNATURE},
    {"token_type", "Bearer", "a bearer token, whatever the answer calls it",
     false, profile_read_token_type, CHOICE(TYPE_WORDS), KEY_ALWAYS},
    {"vars", "{NAME: TEXT, ...}",
     "what the preset needs to know, like the tenant's domain", false,
     read_merged, SHAPE(TEXTS), KEY_ALWAYS},
    {"wlcg_discovery", "true or false",
     "have the token in $XDG_RUNTIME_DIR/bt_uUID, too, for WLCG Bearer Token "
     "Discovery; default false",
     false, profile_login_wlcg_discovery, CHOICE(FLAG_WORDS), KEY_ALWAYS},
    {"zero_lifetime", "refuse or default",
     "default: expires_in 0 says nothing; it is refused otherwise", false,
     profile_read_zero_lifetime, CHOICE(ZERO_WORDS), KEY_ALWAYS},
};

#define KEY_COUNT (sizeof KEYS / sizeof *KEYS)

const struct profile_key *
profile_keys(size_t *count)
{
    *count = KEY_COUNT;
    return KEYS;
}

/* Most rows have another first letter, which is seen at once. */
static int
compare(const char *name, const char *row)
{
    return name[0] == row[0] ? strcmp(name, row)
                             : (unsigned char)name[0] - (unsigned char)row[0];
}

const struct profile_key *
profile_key_find(const char *name)
{
    size_t low = 0, high = KEY_COUNT;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(name, KEYS[middle].name);

        if (order == 0)
            return &KEYS[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *
key_word(const struct key_shape *shape, size_t index)
{
    return shape->word ? shape->word(index) : shape->words[index];
}

bool
profile_key_is_discovered(const char *name)
{
    return strcmp(name, "token_endpoint") == 0 ||
           strcmp(name, "authorization_endpoint") == 0 ||
           strcmp(name, "device_authorization_endpoint") == 0;
}
