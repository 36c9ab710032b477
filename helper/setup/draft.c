/* SPDX-License-Identifier: MIT */
/*
 * draft.c - see draft.h.  Every value is written in double quotes, so that no
 * text of a person's or of another program's file can become anything else in
 * YAML.
 */
#include "helper/setup/draft.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/base/text.h"

static const char *const KEYS[DRAFT_KEYS] = {
    [DRAFT_PRESET] = "preset",
    [DRAFT_PROVIDER] = "provider",
    [DRAFT_ISSUER] = "issuer",
    [DRAFT_TOKEN_ENDPOINT] = "token_endpoint",
    [DRAFT_CLIENT_ID] = "client_id",
    [DRAFT_AUTH_METHOD] = "token_endpoint_auth_method",
    [DRAFT_SCOPE] = "scope",
    [DRAFT_AUDIENCE] = "audience",
    [DRAFT_RESOURCE] = "resource",
    [DRAFT_AUTHORIZATION_ENDPOINT] = "authorization_endpoint",
    [DRAFT_DEVICE_ENDPOINT] = "device_authorization_endpoint",
    [DRAFT_REDIRECT_URI] = "redirect_uri",
    [DRAFT_ALLOW_HTTP] = "allow_http",
    [DRAFT_CA_FILE] = "ca_file",
    [DRAFT_ASSERTION_KEY] = "assertion_key",
};

const char *
draft_key(enum draft_key key)
{
    return KEYS[key];
}

enum draft_key
draft_find_key(const char *name)
{
    for (enum draft_key key = 0; key < DRAFT_KEYS; key++) {
        if (strcmp(KEYS[key], name) == 0)
            return key;
    }
    return DRAFT_KEYS;
}

enum tw_status
draft_set(struct draft *draft, enum draft_key key, const char *what,
          const char *value, struct tw_error *err)
{
    size_t n = strlen(value);

    if (n >= DRAFT_VALUE_MAX || !text_is_line(value, n))
        return tw_fail(err, TW_E_USAGE,
                       "%s must be one line of text of less than %d bytes",
                       what, DRAFT_VALUE_MAX);
    memcpy(draft->values[key], value, n + 1);
    return TW_OK;
}

bool
draft_is_path(enum draft_key key)
{
    return key == DRAFT_CA_FILE || key == DRAFT_ASSERTION_KEY;
}

enum tw_status
draft_find_path(const char *what, const char *path, char *out,
                struct tw_error *err)
{
    char real[PATH_MAX];
    struct shown shown;
    int reason = realpath(path, real) ? 0 : errno;

    if (!reason && strlen(real) >= DRAFT_VALUE_MAX)
        reason = ENAMETOOLONG;
    if (reason)
        return tw_fail_errno(err, TW_E_USAGE, reason, "%s: %s", what,
                             text_printable(&shown, path, strlen(path)));
    (void)strcpy(out, real);
    return TW_OK;
}

enum tw_status
draft_set_path(struct draft *draft, enum draft_key key, const char *what,
               const char *path, struct tw_error *err)
{
    char real[DRAFT_VALUE_MAX];
    enum tw_status status = draft_find_path(what, path, real, err);

    return status ? status : draft_set(draft, key, what, real, err);
}

static bool
has_scope(const char *scopes, const char *scope, size_t n)
{
    for (const char *at = scopes; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");

        if (length == n && strncmp(at, scope, n) == 0)
            return true;
        at += length;
    }
    return false;
}

enum tw_status
draft_add_scope(struct draft *draft, const char *scope, size_t n,
                struct tw_error *err)
{
    char whole[DRAFT_VALUE_MAX];
    const char *before = draft->values[DRAFT_SCOPE];

    if (has_scope(before, scope, n))
        return TW_OK;
    if (n >= sizeof whole ||
        snprintf(whole, sizeof whole, "%s%s%.*s", before, before[0] ? " " : "",
                 (int)n, scope) >= (int)sizeof whole)
        return tw_fail(err, TW_E_USAGE,
                       "the scopes must be less than %d bytes in all",
                       DRAFT_VALUE_MAX);
    return draft_set(draft, DRAFT_SCOPE, "a scope", whole, err);
}

enum tw_status
draft_add_var(struct draft *draft, const char *what, const char *name,
              size_t n, const char *value, struct tw_error *err)
{
    char(*var)[DRAFT_VAR_MAX + 1];

    if (!n || n > DRAFT_VAR_MAX || !text_is_line(name, n) ||
        strlen(value) > DRAFT_VAR_MAX || !text_is_line(value, strlen(value)) ||
        draft->var_count == DRAFT_VARS_MAX)
        return tw_fail(err, TW_E_USAGE,
                       "%s: a name and a value, each a line of at most %d "
                       "bytes, and %d of them at most",
                       what, DRAFT_VAR_MAX, DRAFT_VARS_MAX);
    var = draft->vars[draft->var_count++];
    memcpy(var[0], name, n);
    var[0][n] = '\0';
    (void)strcpy(var[1], value);
    return TW_OK;
}

bool
draft_has_var(const struct draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->var_count; i++) {
        if (strcmp(draft->vars[i][0], name) == 0)
            return true;
    }
    return false;
}

static bool
put_quoted(struct secret *out, const char *text)
{
    bool good = secret_append(out, "\"", 1);

    for (; good && *text; text++)
        good =
            ((*text != '"' && *text != '\\') || secret_append(out, "\\", 1)) &&
            secret_append(out, text, 1);
    return good && secret_append(out, "\"", 1);
}

static bool
put_vars(const struct draft *draft, struct secret *out)
{
    bool good = !draft->var_count || secret_append_text(out, "    vars:\n");

    for (size_t i = 0; good && i < draft->var_count; i++)
        good = secret_append_text(out, "      ") &&
               put_quoted(out, draft->vars[i][0]) &&
               secret_append_text(out, ": ") &&
               put_quoted(out, draft->vars[i][1]) &&
               secret_append(out, "\n", 1);
    return good;
}

bool
draft_put(const struct draft *draft, const char *secret_path,
          struct secret *out)
{
    bool good = secret_append_text(out, "profiles:\n  ") &&
                put_quoted(out, draft->name) && secret_append_text(out, ":\n");

    for (int key = 0; good && key < DRAFT_KEYS; key++) {
        if (draft->values[key][0])
            good = secret_append_text(out, "    ") &&
                   secret_append_text(out, KEYS[key]) &&
                   secret_append_text(out, ": ") &&
                   put_quoted(out, draft->values[key]) &&
                   secret_append(out, "\n", 1);
    }
    good = good && put_vars(draft, out);
    if (good && secret_path)
        good = secret_append_text(out, "    client_secret: {file: ") &&
               put_quoted(out, secret_path) && secret_append_text(out, "}\n");
    return good;
}

void
draft_clear(struct draft *draft)
{
    secret_clear(&draft->secret);
}
