/* SPDX-License-Identifier: MIT */
/*
 * profile_request.c - params, headers, grant_type and scope_separator are
 * taken into the profile.
 *
 * None of them may say again what the grant, the client's authentication or
 * the transport says already: a parameter sent twice is refused by servers
 * (RFC 6749 3.2), and a second Host or Content-Length is an attack (RFC 9112).
 */
#include "helper/profile/profile_request.h"

#include <string.h>
#include <strings.h>

#include "helper/profile/profile_reader.h"
#include "provider/base/text.h"

#define GRANT_TYPE_MAX 255 /* bytes */

/* Of the client's authentication, and of keys of their own. */
static const char *const TAKEN_PARAMS[] = {
    "client_assertion", "client_assertion_type",
    "client_id",        "client_secret",
    "grant_type",       NULL,
};

/* Of the request itself, and of the connection (RFC 9110 7.6.1). */
static const char *const TAKEN_HEADERS[] = {
    "Accept",
    "Accept-Encoding",
    "Authorization",
    "Connection",
    "Cookie",
    "DPoP",
    "Expect",
    "Host",
    "Keep-Alive",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    NULL,
};

static bool
is_taken(const char *const *names, const char *name)
{
    for (; *names; names++) {
        if (strcasecmp(*names, name) == 0)
            return true;
    }
    return false;
}

static enum tw_status
check_param(const struct profile_reader *reader, const struct yaml_node *key)
{
    if (key->len == 0 || key->len > PROFILE_FIELD_NAME_MAX ||
        !text_is_token(key->text, key->len))
        return profile_refuse(reader, key,
                              "params: a name must be 1 to %d printable ASCII "
                              "characters without spaces",
                              PROFILE_FIELD_NAME_MAX);
    if (!is_taken(TAKEN_PARAMS, key->text) &&
        !module_option(reader->profile->module, key->text))
        return TW_OK;
    return profile_refuse(reader, key,
                          "params must not hold %s: it has a key of its own, "
                          "or is the authentication's",
                          key->text);
}

static enum tw_status
check_header(const struct profile_reader *reader, const struct yaml_node *key)
{
    static const char NAME[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789!#$%&'*+-.^_`|~";

    if (key->len == 0 || key->len > PROFILE_FIELD_NAME_MAX ||
        strspn(key->text, NAME) != key->len)
        return profile_refuse(reader, key,
                              "headers: a name must be 1 to %d letters, "
                              "digits and - _ . and the like (RFC 9110 5.6.2)",
                              PROFILE_FIELD_NAME_MAX);
    if (!is_taken(TAKEN_HEADERS, key->text) &&
        strncasecmp(key->text, "Content-", 8) != 0 &&
        strncasecmp(key->text, "Proxy-", 6) != 0)
        return TW_OK;
    return profile_refuse(reader, key,
                          "headers must not hold %s: the request says it "
                          "already",
                          key->text);
}

/* Text is for all to see; what is secret is named by its source. */
static enum tw_status
read_field(const struct profile_reader *reader, const struct yaml_node *node,
           struct profile_field *out)
{
    struct arena *arena = reader->context->arena;
    struct secret_source *value = &out->value;
    struct shown shown;
    const char *name = yaml_key_shown(&shown, node->key);
    size_t n = 0;
    enum tw_status status;

    out->name = arena_text(arena, node->key->text, node->key->len);
    if (!out->name)
        return tw_no_memory(reader->err);
    if (node->kind != YAML_TEXT)
        return profile_read_secret(reader, name, node, value);
    status = profile_value_line(reader, name, node, &n);
    if (status)
        return status;
    if (n > CLIENT_SECRET_MAX)
        return profile_refuse(reader, node,
                              "%s must not be longer than %d bytes", name,
                              CLIENT_SECRET_MAX);
    *value = (struct secret_source){.kind = SECRET_VALUE,
                                    .value = arena_text(arena, node->text, n),
                                    .file = reader->context->file,
                                    .line = node->line,
                                    .column = node->column};
    return value->value ? TW_OK : tw_no_memory(reader->err);
}

typedef enum tw_status check_name(const struct profile_reader *reader,
                                  const struct yaml_node *key);

static enum tw_status
read_fields(const struct profile_reader *reader, const struct yaml_node *node,
            size_t max, check_name *check, struct profile_field **fields,
            uint32_t *count)
{
    const char *key = node->key->text;
    enum tw_status status = TW_OK;
    size_t n = 0;

    if (node->kind != YAML_MAP)
        return profile_refuse(reader, node, "%s must be a map, {NAME: VALUE}",
                              key);
    for (const struct yaml_node *item = node->child; item; item = item->next)
        n++;
    if (n == 0 || n > max)
        return profile_refuse(reader, node, "%s must have 1 to %zu names", key,
                              max);
    *fields = arena_take(reader->context->arena, n * sizeof **fields);
    if (!*fields)
        return tw_no_memory(reader->err);
    for (const struct yaml_node *item = node->child; item && !status;
         item = item->next) {
        status = check(reader, item->key);
        if (!status)
            status = read_field(reader, item, &(*fields)[(*count)++]);
    }
    return status;
}

/* A provider that sends nothing would ignore it, and nobody would know. */
static enum tw_status
check_sends(const struct profile_reader *reader, const struct yaml_node *value)
{
    const struct tw_provider_v1 *provider = &reader->profile->module->provider;

    if (provider->needs & TW_NEEDS_ENDPOINT)
        return TW_OK;
    return profile_refuse(reader, value->key,
                          "%s means nothing to provider %s, which sends no "
                          "request",
                          value->key->text, provider->name);
}

enum tw_status
profile_read_params(const struct profile_reader *reader,
                    const struct yaml_node *value)
{
    struct profile_request *request = &reader->profile->request;
    enum tw_status status = check_sends(reader, value);

    return status ? status
                  : read_fields(reader, value, PROFILE_PARAMS_MAX, check_param,
                                &request->params, &request->param_count);
}

enum tw_status
profile_read_headers(const struct profile_reader *reader,
                     const struct yaml_node *value)
{
    struct profile_request *request = &reader->profile->request;
    enum tw_status status = check_sends(reader, value);

    if (!status)
        status = read_fields(reader, value, PROFILE_HEADERS_MAX, check_header,
                             &request->headers, &request->header_count);

    /* The keys of a map are different, but here case does not count. */
    for (size_t i = 0; i < request->header_count && !status; i++) {
        for (size_t j = 0; j < i && !status; j++) {
            if (strcasecmp(request->headers[i].name,
                           request->headers[j].name) == 0)
                status = profile_refuse(reader, value,
                                        "headers has %s twice; remove one",
                                        request->headers[i].name);
        }
    }
    return status;
}

enum tw_status
profile_read_grant_type(const struct profile_reader *reader,
                        const struct yaml_node *value)
{
    enum tw_status status = check_sends(reader, value);

    return status ? status
                  : profile_value_word(reader, value, "", GRANT_TYPE_MAX,
                                       &reader->profile->request.grant_type);
}

enum tw_status
profile_read_scope_separator(const struct profile_reader *reader,
                             const struct yaml_node *value)
{
    size_t chosen = 0;
    enum tw_status status = profile_key_choice(reader, value, &chosen);

    if (!status)
        reader->profile->request.scope_separator =
            reader->profile->reply.scope_separator = chosen ? ',' : ' ';
    return status;
}

/* N/minute, N/hour or N/day. */
enum tw_status
profile_read_max_fetches(const struct profile_reader *reader,
                         const struct yaml_node *value)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } PERIODS[] = {{"minute", 60}, {"hour", 3600}, {"day", 86400}};
    struct profile_request *request = &reader->profile->request;
    char *text = NULL, *slash;
    int64_t count;
    enum tw_status status =
        profile_value_text(reader, value->key->text, value, &text);

    if (status)
        return status;
    slash = strchr(text, '/');
    if (slash)
        *slash++ = '\0';
    for (size_t i = 0; slash && i < sizeof PERIODS / sizeof *PERIODS; i++) {
        if (strcmp(slash, PERIODS[i].name) != 0 ||
            !text_to_int64(text, &count) || count < 1 ||
            count > PROFILE_FETCHES_MAX)
            continue;
        request->max_fetches = (int)count;
        request->max_fetches_s = PERIODS[i].seconds;
        request->max_fetches_line = value->line;
        return TW_OK;
    }
    return profile_refuse(reader, value,
                          "max_fetches must be a number from 1 to %d and a "
                          "time, as in 100/day, 10/hour or 1/minute",
                          PROFILE_FETCHES_MAX);
}
