/* SPDX-License-Identifier: MIT */
/*
 * advice.c - see advice.h.
 *
 * Each rule is a function that knows one trap of one server, tool or file
 * system, and says nothing where it is not sure.
 */
#include "helper/setup/advice.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "helper/broker/program.h"
#include "helper/fetch/hook.h"
#include "helper/fetch/stack.h"
#include "helper/text/url.h"
#include "provider/base/session_word.h"
#include "provider/base/text.h"

struct adviser {
    const struct profile *source;
    const struct environment *environment;
    bool system;
    void (*say)(void *arg, const struct tw_error *advice);
    void *arg;
};

static void
say(const struct adviser *this, uint32_t line, const char *text)
{
    struct tw_error advice;

    (void)tw_fail(&advice, TW_E_CONFIG, "%s:%u: profile '%s': %s",
                  this->source->file, line, this->source->name, text);
    this->say(this->arg, &advice);
}

static bool
is_provider(const struct profile *source, const char *name)
{
    return strcmp(source->module->provider.name, name) == 0;
}

/* The host of a URL that was checked, without its port; of NULL, "". */
static size_t
host_of(const char *url, const char **host)
{
    const char *colon;
    size_t n;

    *host = url_authority(url ? url : "", &n);
    colon = memchr(*host, ':', n);
    return colon ? (size_t)(colon - *host) : n;
}

static bool
is_below(const char *url, const char *domain)
{
    const char *host;
    size_t n = host_of(url, &host), m = strlen(domain);

    return n >= m && strncasecmp(host + n - m, domain, m) == 0 &&
           (n == m || host[n - m - 1] == '.');
}

static const char *
value_of(const struct profile *source, const char *name, uint32_t *line)
{
    const struct profile_option *option = profile_option(source, name);

    if (!option || !option->values || !option->values[0])
        return NULL;
    *line = option->line;
    return option->values[0];
}

/* Is one of the scopes @word?  They stand there with single spaces. */
static bool
has_scope(const char *scope, const char *word)
{
    size_t n = strlen(word);

    while (scope && *scope) {
        size_t m = strcspn(scope, " ");

        if (m == n && strncmp(scope, word, n) == 0)
            return true;
        scope += m + (scope[m] == ' ');
    }
    return false;
}

static void
about_scope(const struct adviser *this)
{
    const struct profile *source = this->source;
    const char *endpoint = profile_endpoint(source);
    uint32_t line = 0;
    const char *scope = value_of(source, "scope", &line);

    if (!scope || !is_provider(source, "client_credentials"))
        return;
    if (has_scope(scope, "openid") && (is_below(endpoint, "okta.com") ||
                                       is_below(endpoint, "oktapreview.com")))
        say(this, line,
            "Okta refuses the scope openid for client_credentials\n"
            "there is no user: name one of the server's own scopes");
    if (has_scope(scope, "offline_access"))
        say(this, line,
            "offline_access asks for a refresh token, and client_credentials "
            "gets none (RFC 6749 4.4.3)\nleave it out");
    if (is_below(endpoint, "login.microsoftonline.com") &&
        strstr(endpoint, "/v2.0/") && !strstr(scope, "/.default"))
        say(this, line,
            "Entra gives client_credentials a scope that ends in /.default "
            "alone\nwrite scope: RESOURCE/.default");
}

static void
about_audience(const struct adviser *this)
{
    const struct profile *source = this->source;

    if (is_provider(source, "client_credentials") &&
        is_below(profile_endpoint(source), "auth0.com") &&
        !profile_option(source, "audience"))
        say(this, source->token_endpoint_line,
            "Auth0 refuses client_credentials without audience\n"
            "audience: the API's identifier");
}

/* neomutt's conn/connaccount.c: a line of 512 bytes for OAUTHBEARER, 4096
 * for XOAUTH2, the base64 and the user's name in it. */
static void
about_mail(const struct adviser *this)
{
    static const char *const SIGNS[] = {"https://mail.google.com/",
                                        "IMAP.AccessAsUser.All", "POP.Access",
                                        "SMTP.Send"};
    uint32_t line = 0;
    const char *scope = value_of(this->source, "scope", &line);

    for (size_t i = 0; scope && i < sizeof SIGNS / sizeof *SIGNS; i++) {
        if (!strstr(scope, SIGNS[i]))
            continue;
        say(this, line,
            "NeoMutt cuts off what is longer than 512 bytes with "
            "OAUTHBEARER, as most tokens that are JWTs\n"
            "for NeoMutt: set imap_authenticators = \"xoauth2\", and the same "
            "for smtp_ and pop_");
        return;
    }
}

static void
about_trust(const struct adviser *this)
{
    const struct profile *source = this->source;
    const char *endpoint = profile_endpoint(source), *host, *other;
    size_t n = host_of(endpoint, &host), m = host_of(source->issuer, &other);

    if (endpoint && strncasecmp(endpoint, "http:", 5) == 0)
        say(this, source->token_endpoint_line,
            "without TLS, every process of this host that can listen on that "
            "port gets the secret\nallow_http is for tests");
    if (source->issuer && source->token_endpoint_line && endpoint &&
        (n != m || strncasecmp(host, other, n) != 0))
        say(this, source->token_endpoint_line,
            "token_endpoint and issuer are on different hosts\n"
            "is that what the server's metadata says?");
    if (profile_assertion(source)->audience_kind == AUDIENCE_TOKEN_ENDPOINT)
        say(this, profile_assertion(source)->audience_line,
            "assertion_audience: token_endpoint lets one server pass the "
            "assertion on to another (CVE-2025-27370)\n"
            "issuer, if the server takes it");
}

/* A template of users has a secret for each, and none of its own. */
static bool
is_for_users(const struct profile *source)
{
    return source->name[strlen(source->name) - 1] == '@';
}

/* Also where nothing secret stands in it: who reads it knows where to look. */
static void
about_file(const struct adviser *this)
{
    const struct profile *source = this->source;
    char text[sizeof((struct tw_error *)NULL)->message];
    struct stat st;

    if (this->system || stat(source->file, &st) < 0 || !(st.st_mode & 077))
        return;
    (void)snprintf(text, sizeof text,
                   "others may read the file: mode %04o\nchmod go= %s",
                   (unsigned)st.st_mode & 07777, source->file);
    say(this, source->line, text);
}

static void
about_secret(const struct adviser *this, const struct secret_source *secret)
{
    bool lacks = stack_lacks_secret(secret, this->environment);
    char what[320], text[512];
    struct tw_error fault;

    secret_source_describe(secret, what, sizeof what);
    if (lacks && this->source->source_number)
        return; /* then the next source is for this host */
    if (lacks) {
        (void)tw_fail(&fault, TW_E_CONFIG, "%s is not there, or not for us",
                      what);
        secret_source_remedy(secret, &fault);
        say(this, secret->line, fault.message);
    } else if (secret->kind == SECRET_ENV) {
        (void)snprintf(text, sizeof text,
                       "%s: whatever you start inherits it\n"
                       "{file: PATH} or {credential: NAME} keeps it from them",
                       what);
        say(this, secret->line, text);
    } else if (secret_source_look(secret, this->system, what, &fault)) {
        say(this, secret->line, fault.message);
    }
}

static void
about_secrets(const struct adviser *this)
{
    const struct secret_source *secret;

    if (is_for_users(this->source))
        return;
    for (size_t i = 0; (secret = profile_source_secret(this->source, i));
         i++) {
        if (secret->kind != SECRET_NONE)
            about_secret(this, secret);
    }
}

static void
about_path(const struct adviser *this, const struct profile_path *file)
{
    char text[512];
    struct shown shown;

    (void)snprintf(text, sizeof text, "%s %s is not there", file->key,
                   text_printable(&shown, file->path, strlen(file->path)));
    if (stack_lacks_file(file->path))
        say(this, file->line, text);
}

static void
about_owner(const struct adviser *this, const struct profile_path *file)
{
    char what[320];
    struct shown shown;
    struct tw_error fault;

    (void)snprintf(what, sizeof what, "%s %s", file->key,
                   text_printable(&shown, file->path, strlen(file->path)));
    if (!stack_lacks_file(file->path) &&
        stack_refuses_file(file, this->system, what, &fault))
        say(this, file->line, fault.message);
}

/* A source of several that lacks its own is not for this host. */
static void
about_files(const struct adviser *this)
{
    const struct profile *source = this->source;
    struct profile_path file = {"ca_file", source->ca_file,
                                source->ca_file_line, false};

    if (file.path) {
        about_owner(this, &file);
        about_path(this, &file);
    }
    if (is_for_users(source))
        return;
    for (size_t i = 0; profile_source_file(source, i, &file); i++) {
        if (!file.path)
            continue;
        about_owner(this, &file);
        if (!source->source_number)
            about_path(this, &file);
    }
}

/* The grant takes one of two things, and neither is required by itself. */
static void
about_assertion(const struct adviser *this)
{
    const struct profile *source = this->source;

    if (is_provider(source, "jwt_bearer") &&
        !profile_option(source, "assertion") &&
        !profile_assertion(source)->key.uri)
        say(this, source->line,
            "there is nothing to give for a token\n"
            "assertion names it, or assertion_key signs one");
}

static void
about_hook(const struct adviser *this)
{
    const struct profile *source = this->source;
    char *const *argv = profile_hook(source)->argv;
    char *const variables[] = {(char *)HOOK_PATH, NULL};
    char path[PATH_MAX], text[320];
    struct shown shown;

    if (!argv || program_find(argv[0], variables, path))
        return;
    (void)snprintf(text, sizeof text,
                   "on_refresh: command %s is not there, or not for us%s",
                   text_printable(&shown, argv[0], strlen(argv[0])),
                   argv[0][0] == '/' ? ""
                                     : "\nit is looked for in " HOOK_PATH
                                       "; else write its path");
    say(this, source->line, text);
}

static void
about_session(const struct adviser *this)
{
    const struct profile *source = this->source;

    if (!source->login && (source->revoke_on_logout || source->login_lifetime))
        say(this, source->line,
            "lifetime and revoke_on_logout mean nothing without login: true");
}

static void
about_module(const struct adviser *this)
{
    const struct tw_error *fault = &this->source->module->fault;
    char text[sizeof fault->message + 32];

    if (!fault->status)
        return;
    (void)snprintf(text, sizeof text, "this source is passed over: %s",
                   fault->message);
    say(this, this->source->source_line, text);
}

/* See session_word.h. */
static void
about_login(const struct adviser *this)
{
    const struct profile *source = this->source;
    char text[256];

    if (!this->system || !source->login)
        return;
    if (!is_for_users(source)) {
        say(this, source->line,
            "login: means nothing here\n"
            "of the system's profiles it is for templates with %u alone");
        return;
    }
    for (size_t i = 0; i < source->export_count; i++) {
        const struct profile_export *export = &source->exports[i];

        if (export->kind != EXPORT_FILE ||
            session_system_variable(export->name))
            continue;
        (void)snprintf(text, sizeof text,
                       "env: a login does not set %s\n"
                       "of the system's only names that end with TOKEN_FILE "
                       "are set for a session",
                       export->name);
        say(this, source->line, text);
    }
}

static void (*const RULES[])(const struct adviser *this) = {
    about_module, about_assertion, about_scope,   about_audience, about_login,
    about_mail,   about_trust,     about_secrets, about_files};

void
advise(const struct profile *profile, const struct environment *environment,
       bool system, void (*tell)(void *arg, const struct tw_error *advice),
       void *arg)
{
    struct adviser this = {profile, environment, system, tell, arg};

    about_file(&this);
    about_hook(&this);
    about_session(&this);
    for (; this.source; this.source = this.source->then) {
        for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++)
            RULES[i](&this);
    }
}
