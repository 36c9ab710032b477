/* SPDX-License-Identifier: MIT */
/*
 * profile.h - one named way to get a token: complete, checked, then constant.
 */
#ifndef TW_HELPER_PROFILE_H
#define TW_HELPER_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "helper/base/arena.h"
#include "helper/base/host_names.h"
#include "helper/base/readers.h"
#include "helper/keys/jwt_signature.h"
#include "helper/keys/key_source.h"
#include "helper/keys/secret_source.h"
#include "helper/module/module.h"
#include "helper/profile/profile_hook.h"
#include "helper/profile/profile_request.h"
#include "helper/profile/reply_rules.h"
#include "helper/profile/specifier.h"
#include "helper/text/yaml.h"
#include "provider/base/error.h"
#include "provider/base/mark.h"

#define PROFILE_TIMEOUT_S 15 /* default of timeout: */
#define PROFILE_TIMEOUT_MAX_S 60
#define PROFILE_LIFETIME_DEFAULT_S 300 /* default of default_lifetime: */
#define PROFILE_LIFETIME_DEFAULT_MAX_S 86400
#define PROFILE_SOURCES_MAX 8 /* of any_of; not more than store.h has */
#define PROFILE_SOURCE_NAME_MAX 32
#define PROFILE_LIST_MAX 32 /* values of one option, match: or env: */

/* token_endpoint_auth_method; client_auth.c has the table. */
enum auth_method {
    AUTH_CLIENT_SECRET_POST = 0,
    AUTH_CLIENT_ASSERTION,
    AUTH_CLIENT_SECRET_BASIC,
    AUTH_CLIENT_SECRET_JWT,
    AUTH_NONE,
    AUTH_PRIVATE_KEY_JWT,
    AUTH_SELF_SIGNED_TLS,
    AUTH_TLS,
};

enum basic_encoding { BASIC_FORM = 0, BASIC_RAW };

/* For whom an assertion is. */
enum audience_kind {
    AUDIENCE_DEFAULT = 0, /* the issuer if it is known, else the endpoint */
    AUDIENCE_ISSUER,
    AUDIENCE_TOKEN_ENDPOINT,
    AUDIENCE_TEXT,
};

/* What the client signs, or has signed by others, to prove who it is. */
struct profile_assertion {
    struct key_source key;
    enum jwt_algorithm algorithm;
    char *key_id;      /* "kid", or NULL */
    char *certificate; /* an absolute path, for "x5t#S256", or NULL */
    uint32_t certificate_line;
    enum audience_kind audience_kind;
    char *audience; /* TEXT */
    uint32_t audience_line;
    int64_t lifetime_s;
    struct secret_source given; /* client_assertion */
    char *type;                 /* client_assertion_type, or NULL */
};

/* What the client shows in a TLS handshake. */
struct profile_identity {
    char *certificate; /* an absolute path, or NULL */
    uint32_t certificate_line;
    struct key_source key;
};

/* A key of the profile with its values and its place. */
struct profile_option {
    const char *name;            /* the module's table's */
    char **values;               /* NULL-ended */
    struct secret_source secret; /* of TW_OPTION_SECRET */
    uint32_t line, column;
};

/* match: https://HOST[:PORT][/PATH], taken apart and normalised. */
struct profile_match {
    char *host; /* lower case, with ":PORT" unless 443 */
    char *path; /* "" or "/..." without a trailing slash */
    uint32_t line, column;
};

enum exported_kind { EXPORT_TOKEN = 1, EXPORT_FILE, EXPORT_HEADER };

/* How long a token that came with a login stays. */
enum login_lifetime {
    LIFETIME_SESSION = 0, /* until the user's last session ends */
    LIFETIME_USER,        /* until then, but not while the user lingers */
    LIFETIME_LINGER,      /* as long as the token or the boot lives */
};

/* What came of a source that brought no token, and what then; see stack.h. */
enum stack_outcome {
    STACK_NOT_CONFIGURED = 0, /* what it needs is not there */
    STACK_UNAVAILABLE,
    STACK_DENIED,
};
#define STACK_OUTCOMES 3
enum stack_action { STACK_CONTINUE = 0, STACK_RETURN };

/* env: {NAME: token | file | header} */
struct profile_export {
    char *name;
    enum exported_kind kind;
};

/* There may be a hundred thousand: what the set asks each for stands first,
 * and what is small stands together. */
struct profile {
    char *name;
    struct profile *next; /* of the set, in order of reading */
    struct profile *then; /* the source after this one, or NULL */
    struct profile_match *matches;
    uint32_t match_count;
    unsigned depth; /* 1, or one more than that of all whose tokens are its
                       secrets; see profile_links.h */
    bool is_linked; /* a secret of this source is a profile's token; see
                       profile_is_linked() */
    bool wlcg_discovery;    /* its token goes where WLCG's clients look, too */
    unsigned source_number; /* from 1; 0: without any_of it is the only one */
    const char
        *file; /* path of the file it stands in, borrowed from the set */
    const struct mark *mark; /* of that file as it was read, borrowed too */
    uint32_t line, column;   /* of its name */
    const struct module *module;
    char *token_endpoint; /* NULL when the provider needs none, or the issuer
                             is to be asked */
    char *issuer;         /* of the authorization server, or NULL */
    char *mtls_token_endpoint; /* of mtls_endpoint_aliases, or NULL */
    const char *warning;       /* about this profile as it is used, or NULL */
    char *revocation_endpoint; /* NULL: none is known */
    char *client_id;
    uint32_t revocation_endpoint_line;
    uint32_t token_endpoint_line, mtls_token_endpoint_line, issuer_line,
        client_id_line, client_secret_line;
    enum auth_method auth_method : 8;
    enum basic_encoding basic_encoding : 8;
    bool auth_method_chosen; /* the profile says so */
    struct secret_source client_secret;
    /* What most have not, and is then NULL; see below. */
    const struct secret_source *client_secret_next; /* while they change */
    const struct profile_assertion *assertion;
    const struct profile_identity *identity;
    const struct readers *readers; /* of the system's alone */
    const struct hook *on_refresh;
    struct profile_request request;
    struct reply_rules reply;
    struct profile_option *options;
    struct profile_export *exports;
    uint32_t option_count, export_count;
    const char *git_username; /* "oauth2" unless said otherwise */
    char *ca_file;            /* absolute, or NULL for the system's trust */
    uint32_t ca_file_line, wlcg_discovery_line, wlcg_discovery_column;
    bool login; /* wanted from a login on */
    enum login_lifetime login_lifetime : 8;
    bool revoke_on_logout; /* when that is over */
    bool allow_loopback_http;
    bool is_found;     /* its issuer was asked for what it leaves open */
    bool names_issuer; /* its server says who it is in the answer to a login
                          (RFC 9207 3): found out, never written */
    int timeout_s;
    int64_t default_lifetime_s;
    struct arena *made_in; /* all of it, and itself, if it was made of a
                              template for whoever asked, see profiles.h */
    uint32_t source_line;
    char *source_name; /* or NULL */
    enum stack_action actions[STACK_OUTCOMES];
};

/* profile_taken_name: one by one, the names that no profile has, since they
 * are those of what else stands in the runtime directory; NULL: no more. */
const char *profile_taken_name(size_t index);

/* profile_read: checks one entry of `profiles:` (@entry->key is its name).
 * All of the profile lies in @arena, also what is left of one that is refused.
 * @file: path for messages and for relative paths in it; it and @mark must
 * outlive the profile.  @set: notes which other files are looked at; NULL: it
 * does not.  @may_hold_secret: false when the file may be read by
 * others; a secret by value is then TW_E_ACCESS, with mode found and wanted.
 * TW_E_CONFIG "FILE:LINE:COLUMN: ..." naming the key; TW_E_MODULE. */
struct profile_set;
struct profile_context {
    const char *file;
    const struct mark *mark;
    struct profile_set *set;
    struct modules *modules;
    struct arena *arena;
    struct arena *scratch;      /* of one source's reading: then empty */
    struct host_names *names;   /* of readers; they outlive the context */
    uint32_t mode, mode_wanted; /* of the file, for the message */
    bool may_hold_secret;
    bool system;
    bool in_stack;                     /* one of several sources */
    const char *preset_dir;            /* NULL: there are none */
    const struct specifier *specifier; /* of a template's instance, or NULL */
};
enum tw_status profile_read(const struct profile_context *context,
                            const struct yaml_node *entry,
                            struct profile **out, struct tw_error *err);

/* profile_assertion, profile_identity, profile_secret_next, profile_readers,
 * profile_hook: never NULL: what a profile has that says nothing of it. */
const struct profile_assertion *
profile_assertion(const struct profile *profile);
const struct profile_identity *profile_identity(const struct profile *profile);
const struct secret_source *profile_secret_next(const struct profile *profile);
const struct readers *profile_readers(const struct profile *profile);
const struct hook *profile_hook(const struct profile *profile);

bool profile_has_hook(const struct profile *profile);

/* profile_endpoint: where tokens are bought: the alias, if there is one, of a
 * client that shows a certificate (RFC 8705 5).  NULL: nowhere.
 * profile_endpoint_line: the line that says so. */
const char *profile_endpoint(const struct profile *profile);
uint32_t profile_endpoint_line(const struct profile *profile);

/* profile_option: of that name, or NULL. */
const struct profile_option *profile_option(const struct profile *profile,
                                            const char *name);

/* profile_secret: where its @index-th secret is, whatever key of whatever
 * source names it; NULL after the last. */
const struct secret_source *profile_secret(const struct profile *profile,
                                           size_t index);

/* profile_source_secret: the same, of this source alone. */
const struct secret_source *profile_source_secret(const struct profile *source,
                                                  size_t index);

/* profile_source_file: the @index-th key or certificate by which this source
 * proves the client; @path is NULL where it has none, and may be a URI.  False
 * after the last. */
struct profile_path {
    const char *key, *path;
    uint32_t line;
    bool is_key; /* and no certificate */
};
bool profile_source_file(const struct profile *source, size_t index,
                         struct profile_path *out);

/* profile_is_linked: is a secret of it, whatever its source, a profile's
 * token? */
bool profile_is_linked(const struct profile *profile);

/* profile_login_source: the one that keeps a refresh token, or NULL. */
const struct profile *profile_login_source(const struct profile *profile);

/* profile_match: its match: with this normalised host and path, or NULL. */
const struct profile_match *profile_match(const struct profile *profile,
                                          const char *host, const char *path);

/* profile_is_slow: could reading its secrets keep us waiting, or does it
 * need another profile's token? */
bool profile_is_slow(const struct profile *profile);

/* profile_is_apart: is it fetched by a process of its own?  Such are, and
 * those of a provider that is not this package's, whose end shall not be ours.
 */
bool profile_is_apart(const struct profile *profile);

#endif
