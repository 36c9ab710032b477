/* SPDX-License-Identifier: MIT */
/*
 * import_kubelogin.c - users[].user.exec.args of a kubeconfig; see import.h.
 */
#include <stdio.h>
#include <string.h>

#include "helper/setup/importer.h"
#include "helper/text/yaml.h"

static const struct yaml_node *
child(const struct yaml_node *map, const char *name)
{
    const struct yaml_node *node =
        map && map->kind == YAML_MAP ? map->child : NULL;

    while (node && strcmp(node->key->text, name) != 0)
        node = node->next;
    return node;
}

/* What stands behind @name, by = or as the next word; NULL: nothing. */
static const char *
argument(const struct yaml_node *args, const char *name)
{
    size_t n = strlen(name);

    for (const struct yaml_node *item = args->child; item; item = item->next) {
        if (item->kind != YAML_TEXT || strncmp(item->text, name, n) != 0)
            continue;
        if (item->text[n] == '=')
            return item->text + n + 1;
        if (!item->text[n] && item->next && item->next->kind == YAML_TEXT)
            return item->next->text;
    }
    return NULL;
}

/* Its own default, or what it is told: HOST:PORT, and a name for the host. */
static enum tw_status
take_redirect(const struct importer *this, const struct yaml_node *args)
{
    const char *address = argument(args, "--listen-address");
    const char *host = argument(args, "--oidc-redirect-url-hostname");
    const char *whole = argument(args, "--oidc-redirect-url");
    const char *port = address ? strrchr(address, ':') : NULL;
    char uri[DRAFT_VALUE_MAX];

    if (whole)
        return importer_take(this, DRAFT_REDIRECT_URI, whole);
    (void)snprintf(uri, sizeof uri, "http://%.256s%.16s",
                   host ? host : "localhost", port ? port : ":8000");
    return importer_take(this, DRAFT_REDIRECT_URI, uri);
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

    while (*list && !status) {
        size_t n = strcspn(list, ", ");

        if (n)
            status = draft_add_scope(this->draft, list, n, this->err);
        list += n + (list[n] != '\0');
    }
    return status;
}

static enum tw_status
take_grant(const struct importer *this, const char *grant)
{
    if (strcmp(grant, "client-credentials") == 0)
        return importer_take(this, DRAFT_PROVIDER, "client_credentials");
    if (strcmp(grant, "device-code") == 0)
        return importer_take(this, DRAFT_PROVIDER, "device_code");
    if (strcmp(grant, "authcode") == 0 ||
        strcmp(grant, "authcode-keyboard") == 0)
        return importer_take(this, DRAFT_PROVIDER, "authorization_code");
    if (strcmp(grant, "auto") == 0)
        return TW_OK;
    return importer_refuse_grant(this, grant);
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
            return importer_take(this, ROWS[i].key, value);
    }
    if (n == strlen("--oidc-client-secret") &&
        strncmp(name, "--oidc-client-secret", n) == 0)
        return importer_take_secret(this, value);
    if (n == strlen("--oidc-extra-scope") &&
        strncmp(name, "--oidc-extra-scope", n) == 0)
        return take_scopes(this, value);
    if (n == strlen("--grant-type") && strncmp(name, "--grant-type", n) == 0)
        return take_grant(this, value);
    return TW_OK;
}

/* Without another grant it opens a browser, which comes back to a port that is
 * always the same. */
static enum tw_status
take_login(const struct importer *this, const struct yaml_node *args)
{
    enum tw_status status = TW_OK;

    if (strcmp(this->draft->values[DRAFT_PROVIDER], "client_credentials") == 0)
        return TW_OK;
    if (argument(args, "--username")) /* which it takes for one */
        status = importer_refuse_grant(this, "password");
    if (!status)
        status = importer_take(this, DRAFT_PROVIDER, "authorization_code");
    if (!status &&
        strcmp(this->draft->values[DRAFT_PROVIDER], "authorization_code") == 0)
        status = take_redirect(this, args);
    if (!status)
        status = draft_add_scope(this->draft, "openid", strlen("openid"),
                                 this->err);
    if (!status && !this->draft->secret.len)
        status = importer_take(this, DRAFT_AUTH_METHOD, "none");
    return status;
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
    return status ? status : take_login(this, args);
}

static void
auto_document(struct yaml_document **document)
{
    yaml_document_free(*document);
}

enum tw_status
import_kubelogin(const struct importer *this)
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
            importer_take_name(this, name->text);
        return take_arguments(this, args);
    }
    return tw_fail(this->err, TW_E_CONFIG,
                   "%s: no user there runs kubelogin (users[].user.exec)",
                   this->path);
}
