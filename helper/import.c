/* SPDX-License-Identifier: MIT */
/*
 * import.c - see import.h.  Each format is read by its own rules where a
 * library of ours knows it (YAML, JSON), and line by line where it is lines;
 * what is not understood is not taken.
 */
#include "helper/import.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "helper/json.h"
#include "helper/owned_file.h"
#include "helper/secret_source.h"
#include "helper/yaml.h"
#include "provider/base/auto.h"
#include "provider/base/text.h"

#define FILE_MAX (1024 * 1024)

struct importer {
    const char *path;
    const struct secret *text;
    struct draft *draft;
    struct tw_error *err;
};

/* What is set already was said by the person. */
static enum tw_status
take(const struct importer *this, enum draft_key key, const char *value)
{
    if (this->draft->values[key][0] || !value[0])
        return TW_OK;
    return draft_set(this->draft, key, draft_key(key), value, this->err);
}

static enum tw_status
take_secret(const struct importer *this, const char *value)
{
    struct secret *secret = &this->draft->secret;

    if (secret->len || this->draft->secret_file[0] || !value[0])
        return TW_OK;
    if (!text_is_line(value, strlen(value)))
        return tw_fail(this->err, TW_E_CONFIG,
                       "%s: the secret is no line of text", this->path);
    return secret_append_text(secret, value) ? TW_OK : tw_no_memory(this->err);
}

static void
take_name(const struct importer *this, const char *name)
{
    if (!this->draft->name[0] && text_is_profile_name(name))
        (void)strcpy(this->draft->name, name);
}

/* kubelogin: users[].user.exec.args of a kubeconfig. */
static const struct yaml_node *
child(const struct yaml_node *map, const char *name)
{
    const struct yaml_node *node =
        map && map->kind == YAML_MAP ? map->child : NULL;

    while (node && strcmp(node->key->text, name) != 0)
        node = node->next;
    return node;
}

static bool
has_argument(const struct yaml_node *args, const char *wanted)
{
    for (const struct yaml_node *item = args ? args->child : NULL; item;
         item = item->next) {
        if (item->kind == YAML_TEXT && strcmp(item->text, wanted) == 0)
            return true;
    }
    return false;
}

static enum tw_status
take_scopes(const struct importer *this, const char *list)
{
    enum tw_status status = TW_OK;
    char scope[256];

    while (*list && !status) {
        size_t n = strcspn(list, ", ");

        if (n && n < sizeof scope) {
            memcpy(scope, list, n);
            scope[n] = '\0';
            status = draft_add_scope(this->draft, scope, this->err);
        }
        list += n + (list[n] != '\0');
    }
    return status;
}

static enum tw_status
take_argument(const struct importer *this, const char *name, size_t n,
              const char *value)
{
    static const struct {
        const char *name;
        enum draft_key key;
    } ROWS[] = {{"--certificate-authority", DRAFT_CA_FILE},
                {"--oidc-client-id", DRAFT_CLIENT_ID},
                {"--oidc-issuer-url", DRAFT_ISSUER}};

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (strlen(ROWS[i].name) == n && strncmp(ROWS[i].name, name, n) == 0)
            return take(this, ROWS[i].key, value);
    }
    if (n == strlen("--oidc-client-secret") &&
        strncmp(name, "--oidc-client-secret", n) == 0)
        return take_secret(this, value);
    if (n == strlen("--oidc-extra-scope") &&
        strncmp(name, "--oidc-extra-scope", n) == 0)
        return take_scopes(this, value);
    if (n == strlen("--grant-type") && strncmp(name, "--grant-type", n) == 0 &&
        strcmp(value, "client-credentials") == 0)
        return take(this, DRAFT_PROVIDER, "client_credentials");
    return TW_OK;
}

/* --name=value, or two words. */
static enum tw_status
take_arguments(const struct importer *this, const struct yaml_node *args)
{
    enum tw_status status = TW_OK;

    for (const struct yaml_node *item = args->child; item && !status;
         item = item->next) {
        size_t n = item->kind == YAML_TEXT ? strcspn(item->text, "=") : 0;
        const struct yaml_node *next = item->next;

        if (n == 0 || item->text[0] != '-')
            continue;
        if (item->text[n])
            status = take_argument(this, item->text, n, item->text + n + 1);
        else if (next && next->kind == YAML_TEXT && next->text[0] != '-')
            status = take_argument(this, item->text, n, next->text);
    }
    /* Without another grant it opens a browser: a person logs in. */
    if (!status)
        status = take(this, DRAFT_PROVIDER, "device_code");
    if (!status &&
        strcmp(this->draft->values[DRAFT_PROVIDER], "device_code") == 0) {
        status = draft_add_scope(this->draft, "openid", this->err);
        if (!status && !this->draft->secret.len)
            status = take(this, DRAFT_AUTH_METHOD, "none");
    }
    return status;
}

static void
auto_document(struct yaml_document **document)
{
    yaml_document_free(*document);
}

static enum tw_status
from_kubelogin(const struct importer *this)
{
    AUTO(auto_document) struct yaml_document *document = NULL;
    const struct yaml_limits limits = YAML_LIMITS_SYSTEM;
    const struct yaml_node *users;
    enum tw_status status =
        yaml_read(this->path, secret_text(this->text), this->text->len,
                  &limits, &document, this->err);

    if (status)
        return status;
    users = child(yaml_root(document), "users");
    for (const struct yaml_node *user = users ? users->child : NULL; user;
         user = user->next) {
        const struct yaml_node *name = child(user, "name");
        const struct yaml_node *args =
            child(child(child(user, "user"), "exec"), "args");

        if (!has_argument(args, "get-token"))
            continue;
        if (name && name->kind == YAML_TEXT)
            take_name(this, name->text);
        return take_arguments(this, args);
    }
    return tw_fail(this->err, TW_E_CONFIG,
                   "%s: no user there runs kubelogin (users[].user.exec)",
                   this->path);
}

/* KEY VALUE, KEY=VALUE or KEY: VALUE, one a line. */
struct line_key {
    const char *name;
    enum draft_key key; /* DRAFT_KEYS: the secret */
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

/* Cuts white space, and quotes that stand around the whole. */
static char *
trim(char *text)
{
    size_t n;

    text += strspn(text, " \t");
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
            return take_secret(this, value);
        return take(this, keys[i].key,
                    keys[i].key == DRAFT_AUTH_METHOD ? method_of(value)
                                                     : value);
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
    return status ? status
                  : take(this, DRAFT_AUTH_METHOD, "client_secret_basic");
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
    take_name(this, member(json, "name"));
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS && !status; i++)
        status = take(this, ROWS[i].key, member(json, ROWS[i].name));
    if (!status)
        status = take_secret(this, member(json, "client_secret"));
    if (!status)
        status = take(this, DRAFT_PROVIDER, "device_code");
    if (!status)
        status =
            take(this, DRAFT_AUTH_METHOD,
                 this->draft->secret.len ? "client_secret_basic" : "none");
    return status;
}

static const struct {
    const char *name;
    enum tw_status (*read)(const struct importer *this);
} KINDS[] = {{"fluent-bit", from_fluent_bit},
             {"kubelogin", from_kubelogin},
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
