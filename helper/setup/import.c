/* SPDX-License-Identifier: MIT */
/*
 * import.c - see import.h.  Each format is read by its own rules where a
 * library of ours knows it (YAML, JSON), and line by line where it is lines;
 * what is not understood is not taken.
 */
#include "helper/setup/import.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "helper/base/owned_file.h"
#include "helper/keys/secret_source.h"
#include "helper/setup/importer.h"
#include "helper/text/json.h"
#include "helper/text/redirect_place.h"
#include "provider/base/auto.h"
#include "provider/base/text.h"

#define FILE_MAX (1024 * 1024)

enum tw_status
importer_take(const struct importer *this, enum draft_key key,
              const char *value)
{
    struct shown shown;

    if (this->draft->values[key][0] || !value[0])
        return TW_OK;
    /* From where that program is run: nobody knows. */
    if (key == DRAFT_CA_FILE && value[0] != '/')
        return tw_fail(this->err, TW_E_CONFIG,
                       "%s: '%s' may lie anywhere, and a profile wants the "
                       "whole path\n--ca-file FILE names it",
                       this->path,
                       text_printable(&shown, value, strlen(value)));
    return draft_set(this->draft, key, draft_key(key), value, this->err);
}

enum tw_status
importer_take_secret(const struct importer *this, const char *value)
{
    struct secret *secret = &this->draft->secret;

    if (secret->len || this->draft->secret_file[0] || !value[0])
        return TW_OK;
    if (!text_is_line(value, strlen(value)))
        return tw_fail(this->err, TW_E_CONFIG,
                       "%s: the secret is no line of text", this->path);
    if (strlen(value) > secret->max)
        return tw_fail(this->err, TW_E_CONFIG,
                       "%s: the secret is longer than %zu bytes", this->path,
                       secret->max);
    return secret_append_text(secret, value) ? TW_OK : tw_no_memory(this->err);
}

void
importer_take_name(const struct importer *this, const char *name)
{
    if (!this->draft->name[0] && text_is_profile_name(name))
        (void)strcpy(this->draft->name, name);
}

/* librdkafka's word for the system's authorities, which need no line. */
static bool
is_default(enum draft_key key, const char *value)
{
    return key == DRAFT_CA_FILE && strcmp(value, "probe") == 0;
}

enum tw_status
importer_refuse_grant(const struct importer *this, const char *grant)
{
    struct shown shown;

    if (this->draft->values[DRAFT_PROVIDER][0])
        return TW_OK;
    return tw_fail(this->err, TW_E_CONFIG,
                   "%s: the grant '%s' is not taken over from there\n"
                   "--provider NAME chooses another one",
                   this->path, text_printable(&shown, grant, strlen(grant)));
}

/* KEY VALUE, KEY=VALUE or KEY: VALUE, one a line. */
struct line_key {
    const char *name;
    enum draft_key key; /* DRAFT_KEYS: the secret; DRAFT_PROVIDER: a grant */
};

static const struct line_key FLUENT_BIT[] = {
    {"oauth2.audience", DRAFT_AUDIENCE},
    {"oauth2.auth_method", DRAFT_AUTH_METHOD},
    {"oauth2.client_id", DRAFT_CLIENT_ID},
    {"oauth2.client_secret", DRAFT_KEYS},
    {"oauth2.resource", DRAFT_RESOURCE},
    {"oauth2.scope", DRAFT_SCOPE},
    {"oauth2.token_url", DRAFT_TOKEN_ENDPOINT},
};

static const struct line_key LIBRDKAFKA[] = {
    {"https.ca.location", DRAFT_CA_FILE},
    {"sasl.oauthbearer.client.credentials.client.id", DRAFT_CLIENT_ID},
    {"sasl.oauthbearer.client.credentials.client.secret", DRAFT_KEYS},
    {"sasl.oauthbearer.client.id", DRAFT_CLIENT_ID},
    {"sasl.oauthbearer.client.secret", DRAFT_KEYS},
    {"sasl.oauthbearer.grant.type", DRAFT_PROVIDER},
    {"sasl.oauthbearer.scope", DRAFT_SCOPE},
    {"sasl.oauthbearer.token.endpoint.url", DRAFT_TOKEN_ENDPOINT},
};

static const char *
method_of(const char *fluent)
{
    return strcasecmp(fluent, "post") == 0    ? "client_secret_post"
           : strcasecmp(fluent, "basic") == 0 ? "client_secret_basic"
                                              : fluent;
}

/* What stands behind a text in quotes, as YAML has it. */
static void
cut_comment(char *text)
{
    char *end = *text == '"' || *text == '\'' ? strchr(text + 1, *text) : NULL;

    if (end && (end[1] == ' ' || end[1] == '\t') &&
        end[1 + strspn(end + 1, " \t")] == '#')
        end[1] = '\0';
}

/* Cuts white space, and quotes that stand around the whole. */
static char *
trim(char *text)
{
    size_t n;

    text += strspn(text, " \t");
    cut_comment(text);
    n = strlen(text);
    while (n && strchr(" \t\r", text[n - 1]))
        text[--n] = '\0';
    if (n > 1 && (*text == '"' || *text == '\'') && text[n - 1] == *text) {
        text[n - 1] = '\0';
        text++;
    }
    return text;
}

static enum tw_status
take_line(const struct importer *this, const struct line_key *keys,
          size_t count, char *line)
{
    char *value;
    size_t n;

    line += strspn(line, " \t-");
    n = strcspn(line, " \t=:");
    if (!line[n])
        return TW_OK;
    value = line + n;
    value += strspn(value, " \t");
    if (*value == '=' || *value == ':')
        value++;
    value = trim(value);
    for (size_t i = 0; i < count; i++) {
        if (strlen(keys[i].name) != n ||
            strncasecmp(keys[i].name, line, n) != 0)
            continue;
        if (keys[i].key == DRAFT_KEYS)
            return importer_take_secret(this, value);
        if (keys[i].key == DRAFT_PROVIDER)
            return strcmp(value, "client_credentials") == 0
                       ? TW_OK
                       : importer_refuse_grant(this, value);
        if (is_default(keys[i].key, value))
            return TW_OK;
        return importer_take(
            this, keys[i].key,
            keys[i].key == DRAFT_AUTH_METHOD ? method_of(value) : value);
    }
    return TW_OK;
}

static enum tw_status
from_lines(const struct importer *this, const struct line_key *keys,
           size_t count)
{
    char *text = this->text->bytes;
    enum tw_status status = TW_OK;

    while (text && *text && !status) {
        char *end = strchrnul(text, '\n');
        char *next = *end ? end + 1 : end;

        *end = '\0';
        if (text[strspn(text, " \t")] != '#')
            status = take_line(this, keys, count, text);
        text = next;
    }
    if (!status && !this->draft->values[DRAFT_TOKEN_ENDPOINT][0])
        status = tw_fail(this->err, TW_E_CONFIG, "%s: has no %s", this->path,
                         keys[count - 1].name);
    /* Both send the secret in a header unless told otherwise. */
    return status
               ? status
               : importer_take(this, DRAFT_AUTH_METHOD, "client_secret_basic");
}

static enum tw_status
from_fluent_bit(const struct importer *this)
{
    return from_lines(this, FLUENT_BIT,
                      sizeof FLUENT_BIT / sizeof *FLUENT_BIT);
}

static enum tw_status
from_librdkafka(const struct importer *this)
{
    return from_lines(this, LIBRDKAFKA,
                      sizeof LIBRDKAFKA / sizeof *LIBRDKAFKA);
}

static void
auto_json(struct json **json)
{
    json_free(*json);
}

static const char *
member(const struct json *json, const char *name)
{
    size_t n;
    const char *text = json_string(json, name, &n);

    return text && strlen(text) == n ? text : "";
}

/* The first that a browser on this host can come back to. */
static enum tw_status
take_redirect(const struct importer *this, const struct json *json)
{
    struct redirect_place place;
    char uri[DRAFT_VALUE_MAX];
    const char *text;
    size_t n;

    for (size_t i = 0; i < json_count(json, "redirect_uris"); i++) {
        text = json_item(json, "redirect_uris", i, &n);
        if (!text || n >= sizeof uri)
            continue;
        memcpy(uri, text, n);
        uri[n] = '\0';
        if (!redirect_place_problem(uri, n, &place))
            return importer_take(this, DRAFT_REDIRECT_URI, uri);
    }
    return TW_OK;
}

/* Codes for a device, where there is a place for them: they need no browser
 * on this host. */
static enum tw_status
take_login(const struct importer *this, const struct json *json)
{
    const struct draft *draft = this->draft;
    enum tw_status status = TW_OK;

    if (!draft->values[DRAFT_DEVICE_ENDPOINT][0])
        status = take_redirect(this, json);
    if (status)
        return status;
    return importer_take(this, DRAFT_PROVIDER,
                         draft->values[DRAFT_REDIRECT_URI][0]
                             ? "authorization_code"
                             : "device_code");
}

static enum tw_status
from_oidc_agent(const struct importer *this)
{
    static const struct {
        const char *name;
        enum draft_key key;
    } ROWS[] = {{"audience", DRAFT_AUDIENCE},
                {"cert_path", DRAFT_CA_FILE},
                {"client_id", DRAFT_CLIENT_ID},
                {"device_authorization_endpoint", DRAFT_DEVICE_ENDPOINT},
                {"issuer_url", DRAFT_ISSUER},
                {"issuer", DRAFT_ISSUER}, /* before it was issuer_url */
                {"scope", DRAFT_SCOPE}};
    AUTO(auto_json)
    struct json *json = json_read(secret_text(this->text), this->text->len);
    enum tw_status status = TW_OK;

    if (!json)
        return tw_fail(this->err, TW_E_CONFIG,
                       "%s: is no account of oidc-agent in plain text\n"
                       "oidc-gen -p NAME prints one",
                       this->path);
    importer_take_name(this, member(json, "name"));
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS && !status; i++)
        status = importer_take(this, ROWS[i].key, member(json, ROWS[i].name));
    if (!status)
        status = importer_take_secret(this, member(json, "client_secret"));
    if (!status)
        status = take_login(this, json);
    if (!status)
        status = importer_take(this, DRAFT_AUTH_METHOD,
                               this->draft->secret.len ? "client_secret_basic"
                                                       : "none");
    return status;
}

static const struct {
    const char *name;
    enum tw_status (*read)(const struct importer *this);
} KINDS[] = {{"fluent-bit", from_fluent_bit},
             {"kubelogin", import_kubelogin},
             {"librdkafka", from_librdkafka},
             {"oidc-agent", from_oidc_agent}};

enum tw_status
import_read(const char *kind, const char *path, struct draft *draft,
            struct tw_error *err)
{
    static const struct owned_rule RULE = {
        .root_too = true, .follow = true, .forbidden = 022, .wanted = 0600};
    const struct owned_path where = {
        .dir = AT_FDCWD, .name = path, .path = path, .label = path};
    AUTO_SECRET text = SECRET_INIT(FILE_MAX);
    AUTO_CLOSE int fd = -1;
    const struct importer importer = {path, &text, draft, err};
    struct stat st;
    enum tw_status status;
    size_t i = 0;

    while (i < sizeof KINDS / sizeof *KINDS &&
           strcmp(KINDS[i].name, kind) != 0)
        i++;
    if (i == sizeof KINDS / sizeof *KINDS)
        return tw_fail(err, TW_E_USAGE,
                       "--from: fluent-bit, kubelogin, librdkafka or "
                       "oidc-agent");
    status = owned_file_open(&where, &RULE, &fd, &st, err);
    if (!status)
        status = owned_file_read(fd, path, &st, &text, err);
    return status ? status : KINDS[i].read(&importer);
}
