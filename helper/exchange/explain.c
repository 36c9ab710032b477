/* SPDX-License-Identifier: MIT */
/*
 * explain.c - one row for each error that a token endpoint is known to send
 * (RFC 6749 5.2, RFC 7009 2.2.1, RFC 8628 3.5, RFC 8707 2, RFC 9396 5, RFC
 * 9449, OpenID Connect Core 3.1.2.6), and for each class of other answers:
 * which line of the profile it is about, and what to do.  See explain.h.
 */
#include "helper/exchange/explain.h"

#include <stdio.h>
#include <string.h>

enum concern {
    ABOUT_PROFILE,
    ABOUT_ENDPOINT,
    ABOUT_AUTHORITIES, /* which the message names itself */
    ABOUT_CLIENT,
    ABOUT_SCOPE,
    ABOUT_TARGET,
    ABOUT_PARAMS,
};

struct row {
    const char *code; /* of REPLY_OTHER_ERROR; NULL: the whole class */
    enum reply_class class;
    enum concern concern;
    const char *hint;
};

static const struct row ROWS[] = {
    {NULL, REPLY_INVALID_REQUEST, ABOUT_SCOPE,
     "the server misses or dislikes a parameter; see its documentation for "
     "what a token request needs"},
    {NULL, REPLY_INVALID_CLIENT, ABOUT_CLIENT, NULL}, /* the method has it */
    {NULL, REPLY_INVALID_GRANT, ABOUT_PROFILE,
     "what the grant is based on has expired, was revoked, or belongs to "
     "another client"},
    {NULL, REPLY_UNAUTHORIZED_CLIENT, ABOUT_CLIENT,
     "this client may not use this grant; the server's operator can allow "
     "it"},
    {NULL, REPLY_UNSUPPORTED_GRANT_TYPE, ABOUT_PROFILE,
     "the server does not know this grant at this address; check provider "
     "and token_endpoint"},
    {NULL, REPLY_INVALID_SCOPE, ABOUT_SCOPE,
     "a scope this client was not granted, an unknown one, or scopes not "
     "separated by spaces"},
    {NULL, REPLY_INVALID_TARGET, ABOUT_TARGET,
     "a resource or audience the server does not know, does not give this "
     "client, or does not give together with this scope; or it wants one"},
    {NULL, REPLY_ACCESS_DENIED, ABOUT_CLIENT,
     "who was asked said no: a person at a login, or else the server's "
     "operator, who decides who may have this token"},
    {NULL, REPLY_EXPIRED_TOKEN, ABOUT_PROFILE,
     "nobody entered the code in time; a new login shows a new one"},
    {NULL, REPLY_SERVER_ERROR, ABOUT_ENDPOINT,
     "the server has a fault; nothing "
     "to do here but wait"},
    {NULL, REPLY_TEMPORARILY_UNAVAILABLE, ABOUT_ENDPOINT,
     "too many requests, or an outage; later it may answer"},
    {"authorization_pending", REPLY_OTHER_ERROR, ABOUT_PROFILE,
     "nobody has entered the code yet; a login waits for it"},
    {"slow_down", REPLY_OTHER_ERROR, ABOUT_ENDPOINT,
     "it was asked too often; later it may answer"},
    {"unsupported_token_type", REPLY_OTHER_ERROR, ABOUT_ENDPOINT,
     "the server takes back no tokens of this kind (RFC 7009); they end by "
     "themselves"},
    {"use_dpop_nonce", REPLY_OTHER_ERROR, ABOUT_CLIENT,
     "the server wants this client to prove possession of a key (DPoP), which "
     "tokenward does not; its operator can allow bearer tokens"},
    {"invalid_dpop_proof", REPLY_OTHER_ERROR, ABOUT_CLIENT,
     "the server wants this client to prove possession of a key (DPoP), which "
     "tokenward does not; its operator can allow bearer tokens"},
    {"invalid_authorization_details", REPLY_OTHER_ERROR, ABOUT_PARAMS,
     "authorization_details is no JSON that the server takes, or more than "
     "this client may have (RFC 9396)"},
    {"invalid_token", REPLY_OTHER_ERROR, ABOUT_PROFILE,
     "a token in the request (subject_token, an assertion) has expired or is "
     "another server's"},
    {"insufficient_scope", REPLY_OTHER_ERROR, ABOUT_SCOPE,
     "what the request is based on does not allow as much as it asks for"},
    {"interaction_required", REPLY_OTHER_ERROR, ABOUT_CLIENT,
     "the server wants a person, or a condition of its operator's is not met "
     "(place, device, second factor)"},
    {"login_required", REPLY_OTHER_ERROR, ABOUT_CLIENT,
     "the server wants a person to log in, which this grant has none for"},
    {"consent_required", REPLY_OTHER_ERROR, ABOUT_CLIENT,
     "an administrator of the server must grant this client what it asks for"},
    {"incorrect_client_credentials", REPLY_OTHER_ERROR, ABOUT_CLIENT,
     "GitHub's word for invalid_client: check client_id and the secret"},
    {NULL, REPLY_OTHER_ERROR, ABOUT_PROFILE,
     "the server's documentation explains its own error codes"},
    {NULL, REPLY_HTTP_ERROR, ABOUT_ENDPOINT,
     "is this the endpoint's address, and does nothing stand between (proxy, "
     "firewall)?"},
    {NULL, REPLY_REDIRECT_REFUSED, ABOUT_ENDPOINT,
     "credentials are not sent on to another address; write the final one "
     "into the profile"},
    {NULL, REPLY_MALFORMED_RESPONSE, ABOUT_ENDPOINT,
     "is this the endpoint's address? its operator can see what it sends"},
    {NULL, REPLY_UNSUPPORTED_TOKEN_TYPE, ABOUT_ENDPOINT,
     "only bearer tokens can be handed out"},
};

/* Of a provider that nobody can log in for. */
static const struct row EXPIRED = {
    NULL, REPLY_EXPIRED_TOKEN, ABOUT_PROFILE,
    "a token in the request (subject_token, an assertion) has expired"};

/* Of an answer that is one, but for a member. */
static const struct row ODD = {
    NULL, REPLY_MALFORMED_RESPONSE, ABOUT_ENDPOINT,
    "its operator can see what it sends; tokenward-profiles(5) has keys for "
    "answers that are further from the standard"};

static bool
has_no_login(const struct profile *profile, const struct reply *reply)
{
    return reply->class == REPLY_EXPIRED_TOKEN &&
           !(profile->module->provider.needs &
             (TW_NEEDS_PERSON | TW_KEEPS_REFRESH_TOKEN));
}

/* Rows of codes stand before that of their class. */
static const struct row *
row_of(const struct profile *profile, const struct reply *reply)
{
    if (has_no_login(profile, reply))
        return &EXPIRED;
    if (reply->problem && reply->json)
        return &ODD;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (ROWS[i].class == reply->class &&
            (!ROWS[i].code || strcmp(ROWS[i].code, reply->error) == 0))
            return &ROWS[i];
    }
    return NULL;
}

const char *
explain_code(const char *error)
{
    size_t i = 0;

    while (ROWS[i].class != REPLY_OTHER_ERROR || ROWS[i].code) {
        const struct row *row = &ROWS[i++];

        if (row->hint &&
            strcmp(row->code ? row->code : reply_class_name(row->class),
                   error) == 0)
            return row->hint;
    }
    return ROWS[i].hint;
}

/* The first value of an option, and where it stands; NULL if it is not set. */
static const char *
option_of(const struct profile *profile, const char *key, uint32_t *line)
{
    const struct profile_option *option = profile_option(profile, key);

    if (!option || !option->values || !option->values[0])
        return NULL;
    *line = option->line;
    return option->values[0];
}

/* The key that names @url: the provider's option whose very text was lent to
 * it, or the common one; it may be the issuer that did. */
static uint32_t
endpoint_line(const struct profile *profile, const char *url, const char **key)
{
    const char *common = profile_endpoint(profile);
    uint32_t line = profile_endpoint_line(profile);

    *key = profile->mtls_token_endpoint_line ? "mtls_endpoint_aliases"
                                             : "token_endpoint";
    if (url && common && strcmp(url, common) != 0)
        line = 0;
    for (size_t i = 0; url && i < profile->option_count; i++) {
        const struct profile_option *option = &profile->options[i];

        if (!option->values || option->values[0] != url)
            continue;
        *key = option->name;
        line = option->line;
    }
    if (line && profile->is_found && line == profile->issuer_line)
        *key = "issuer";
    return line;
}

/* "FILE:LINE: profile 'x': " with the line that matters, and its key. */
static void
write_place(const struct profile *profile, const char *url,
            enum concern concern, char *out, size_t size)
{
    const char *key = "", *endpoint;
    uint32_t line = profile->line;
    const uint32_t asked = endpoint_line(profile, url, &endpoint);

    if (concern == ABOUT_ENDPOINT && asked) {
        line = asked;
        key = endpoint;
    } else if (concern == ABOUT_AUTHORITIES) {
        line = profile->ca_file_line;
    } else if (concern == ABOUT_CLIENT && profile->client_id_line) {
        line = profile->client_id_line;
        key = profile->client_secret.kind ? "client_id, client_secret"
                                          : "client_id";
    } else if (concern == ABOUT_SCOPE && option_of(profile, "scope", &line)) {
        key = "scope";
    } else if (concern == ABOUT_TARGET &&
               option_of(profile, "resource", &line)) {
        key = "resource";
    } else if (concern == ABOUT_TARGET &&
               option_of(profile, "audience", &line)) {
        key = "audience";
    } else if (concern == ABOUT_PARAMS && profile->request.param_count) {
        line = profile->request.params[0].value.line;
        key = "params";
    }
    (void)snprintf(out, size, "%s:%u: profile '%s'%s%s", profile->file, line,
                   profile->name, *key ? ": " : "", key);
}

static void
write_answer(const struct reply *reply, char *out, size_t size)
{
    const char *said = reply->description.text;

    if (reply->error[0])
        (void)snprintf(out, size, "the server says %s%s%s%s (HTTP %d)",
                       reply->error, *said ? ": \"" : "", said,
                       *said ? "\"" : "", reply->http_status);
    else if (reply->problem)
        (void)snprintf(out, size, "the server answers HTTP %d, %s: %s",
                       reply->http_status, reply_class_name(reply->class),
                       reply->problem);
    else if (reply->class == REPLY_HTTP_ERROR && !*said)
        (void)snprintf(out, size,
                       "the server answers HTTP %d and no error "
                       "of OAuth's",
                       reply->http_status);
    else
        (void)snprintf(out, size, "the server answers HTTP %d, %s%s%s%s",
                       reply->http_status, reply_class_name(reply->class),
                       *said ? ": \"" : "", said, *said ? "\"" : "");
}

/* Okta and others refuse it where no person logs in. */
static bool
has_openid(const char *scope)
{
    size_t n = strlen("openid");
    const char *at = strstr(scope, "openid");

    return at && (at == scope || at[-1] == ' ') && (!at[n] || at[n] == ' ');
}

/* What the table cannot know: the profile's own facts. */
static void
write_facts(const struct profile *profile, const struct reply *reply,
            const struct client_proof *proof, char *out, size_t size)
{
    char source[280];
    struct shown shown;
    uint32_t line;
    const char *scope = option_of(profile, "scope", &line);

    out[0] = '\0';
    switch ((int)reply->class) {
    case REPLY_INVALID_CLIENT:
        client_auth_describe(profile, source, sizeof source);
        (void)snprintf(out, size, "%s%s; ", source,
                       proof && proof->has_blank
                           ? " and begins or ends with a blank, which is sent"
                           : "");
        break;
    case REPLY_INVALID_SCOPE:
        if (scope)
            (void)snprintf(
                out, size, "sent was \"%s\"; %s",
                text_printable(&shown, scope, strlen(scope)),
                has_openid(scope) ? "openid is for people's logins; " : "");
        break;
    case REPLY_INVALID_REQUEST:
        if (!scope && module_option(profile->module, "scope"))
            (void)snprintf(out, size,
                           "the profile has no scope: if the server wants "
                           "one, add a line scope: below line %u; ",
                           profile->line);
        break;
    case REPLY_UNSUPPORTED_GRANT_TYPE:
        (void)snprintf(
            out, size, "the profile uses provider %s%s%s; ",
            profile->module->provider.name,
            profile->request.grant_type ? " with grant_type: " : "",
            profile->request.grant_type
                ? text_printable(&shown, profile->request.grant_type,
                                 strlen(profile->request.grant_type))
                : "");
        break;
    case REPLY_HTTP_ERROR:
        if (reply->http_status == 403)
            (void)snprintf(out, size,
                           "some servers refuse a client, its scope or an "
                           "assertion's audience so: check client_id, its "
                           "secret or key, and scope; else: ");
        break;
    case REPLY_TEMPORARILY_UNAVAILABLE:
        if (reply->retry_after >= 0)
            (void)snprintf(out, size, "it asks to wait %ld s; ",
                           (long)reply->retry_after);
        break;
    default:
        break;
    }
}

void
explain_unsent(const struct profile *profile, const char *url,
               struct tw_error *err)
{
    const struct tw_error said = *err;
    char place[300];

    write_place(profile, url,
                profile->ca_file && strncmp(said.message, "ca_file ", 8) == 0
                    ? ABOUT_AUTHORITIES
                    : ABOUT_ENDPOINT,
                place, sizeof place);
    (void)tw_fail(err, (enum tw_status)said.status, "%s: %s", place,
                  said.message);
}

void
explain_reply(const struct profile *profile, const char *url,
              const struct reply *reply, const struct client_proof *proof,
              struct tw_error *err)
{
    const struct row *row = row_of(profile, reply);
    char place[300], answer[360], facts[400];

    if (!row) {
        *err = reply->err;
        err->status = (int32_t)reply_status(reply);
        explain_unsent(profile, url, err);
        return;
    }
    write_place(profile, url, row->concern, place, sizeof place);
    write_answer(reply, answer, sizeof answer);
    write_facts(profile, reply, proof, facts, sizeof facts);
    (void)tw_fail(
        err, has_no_login(profile, reply) ? TW_E_DENIED : reply_status(reply),
        "%s: %s\n%s%s", place, answer, facts,
        row->hint ? row->hint : client_auth_hint(profile));
}

const char *
explain_system_option(bool system)
{
    return system ? " --system" : "";
}

void
explain_login(const struct profile *profile, bool system, struct tw_error *err)
{
    char hint[PROFILE_NAME_MAX + 64];

    (void)snprintf(hint, sizeof hint, "run: tokenward login%s %s",
                   explain_system_option(system), profile->name);
    error_hint(err, hint);
    err->status = TW_E_INTERACT;
}
