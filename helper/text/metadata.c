/* SPDX-License-Identifier: MIT */
/*
 * metadata.c - see metadata.h.
 *
 * The issuer must be the very text that the profile has (RFC 8414 3.3):
 * otherwise one server could speak for another, and be sent its secrets
 * (the mix-up of RFC 9207).  What was kept is checked again when it is read.
 */
#include "helper/text/metadata.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "helper/text/json.h"
#include "helper/text/url.h"
#include "provider/base/lines.h"
#include "provider/base/text.h"

#define VERSION "2"
#define UNSAID_METHOD "client_secret_basic" /* RFC 8414 2 */
#define NAMES_ISSUER "authorization_response_iss_parameter_supported"

static const struct endpoint {
    const char *path; /* in the document, as of json_text_at() */
    size_t offset;
} ENDPOINTS[] = {
    {"token_endpoint", offsetof(struct metadata, token_endpoint)},
    {"authorization_endpoint",
     offsetof(struct metadata, authorization_endpoint)},
    {"device_authorization_endpoint",
     offsetof(struct metadata, device_authorization_endpoint)},
    {"revocation_endpoint", offsetof(struct metadata, revocation_endpoint)},
    {"mtls_endpoint_aliases.token_endpoint",
     offsetof(struct metadata, mtls_token_endpoint)},
    {"mtls_endpoint_aliases.device_authorization_endpoint",
     offsetof(struct metadata, mtls_device_authorization_endpoint)},
    {"mtls_endpoint_aliases.revocation_endpoint",
     offsetof(struct metadata, mtls_revocation_endpoint)},
};

#define ENDPOINT_COUNT (sizeof ENDPOINTS / sizeof *ENDPOINTS)

static char **
slot(const struct metadata *metadata, const struct endpoint *endpoint)
{
    return (char **)((char *)(uintptr_t)metadata + endpoint->offset);
}

/* Without it no token can be had, or a certificate would be shown elsewhere.
 * Of the others, who has no use for one may write anything, as "" or a URN,
 * and is as good a token endpoint: what is none counts as not said. */
static bool
is_for_tokens(const struct endpoint *endpoint)
{
    return endpoint->offset == offsetof(struct metadata, token_endpoint) ||
           endpoint->offset == offsetof(struct metadata, mtls_token_endpoint);
}

static enum tw_status
read_endpoint(const struct metadata_rule *rule, const struct json *json,
              const struct endpoint *endpoint, struct metadata *out,
              struct tw_error *err)
{
    bool required =
        endpoint->offset == offsetof(struct metadata, token_endpoint);
    size_t n = 0;
    const char *text = json_text_at(json, endpoint->path, &n);
    const char *problem = "is not there";

    if (!text && !required)
        return TW_OK;
    if (text)
        problem = url_endpoint_problem(text, n, rule->allow_loopback);
    if (problem && !is_for_tokens(endpoint))
        return TW_OK;
    if (problem)
        return tw_fail(err, TW_E_PROTOCOL, "is not to be used: its %s %s",
                       endpoint->path, problem);
    *slot(out, endpoint) = strndup(text, n);
    return *slot(out, endpoint) ? TW_OK : tw_no_memory(err);
}

static void
read_methods(const struct json *json, struct metadata *out)
{
    static const char KEY[] = "token_endpoint_auth_methods_supported";
    size_t count = json_count(json, KEY), used = 0;

    if (json_kind(json, KEY) == JSON_ABSENT)
        (void)strcpy(out->auth_methods, UNSAID_METHOD);
    for (size_t i = 0; i < count; i++) {
        size_t n;
        const char *text = json_item(json, KEY, i, &n);

        if (!text || !text_is_token(text, n) ||
            n + 2 > sizeof out->auth_methods - used)
            continue;
        if (used)
            out->auth_methods[used++] = ' ';
        memcpy(out->auth_methods + used, text, n);
        used += n;
    }
}

static enum tw_status
read_members(const struct metadata_rule *rule, const struct json *json,
             struct metadata *out, struct tw_error *err)
{
    size_t n = 0;
    const char *issuer = json_string(json, "issuer", &n);
    enum tw_status status = TW_OK;
    struct shown shown;

    if (!issuer || n != strlen(rule->issuer) ||
        memcmp(issuer, rule->issuer, n) != 0)
        return tw_fail(err, TW_E_PROTOCOL,
                       "is of another issuer, \"%s\"\nif that is the right "
                       "one, write it as issuer, to the letter",
                       text_printable(&shown, issuer ? issuer : "", n));
    for (size_t i = 0; i < ENDPOINT_COUNT && !status; i++)
        status = read_endpoint(rule, json, &ENDPOINTS[i], out, err);
    read_methods(json, out);
    out->names_issuer = json_is_true(json, NAMES_ISSUER);
    return status;
}

enum tw_status
metadata_read(const struct metadata_rule *rule, const char *text, size_t n,
              struct metadata *out, struct tw_error *err)
{
    AUTO(metadata_clear) struct metadata read = {0};
    struct json *json;
    enum tw_status status;

    if (n > METADATA_MAX)
        return tw_fail(err, TW_E_PROTOCOL, "is longer than %d bytes",
                       METADATA_MAX);
    errno = 0;
    json = json_read(text, n);
    if (!json && errno == EEXIST)
        return tw_fail(err, TW_E_PROTOCOL, "has a name twice in one object");
    if (!json)
        return TW_FAIL_ROOM(err, TW_E_PROTOCOL, "is no JSON object");
    status = read_members(rule, json, &read, err);
    json_free(json);
    if (status)
        return status;
    *out = read;
    read = (struct metadata){0};
    return TW_OK;
}

/* One line of what was kept; false when it is not to be believed. */
static bool
take_line(const struct metadata_rule *rule, const char *key, const char *value,
          struct metadata *out)
{
    if (strcmp(key, "auth_methods") == 0) {
        if (strlen(value) >= sizeof out->auth_methods)
            return false;
        (void)strcpy(out->auth_methods, value);
    }
    if (strcmp(key, NAMES_ISSUER) == 0)
        out->names_issuer = strcmp(value, "true") == 0;
    for (size_t i = 0; i < ENDPOINT_COUNT; i++) {
        char **at = slot(out, &ENDPOINTS[i]);

        if (strcmp(key, ENDPOINTS[i].path) != 0)
            continue;
        if (*at ||
            url_endpoint_problem(value, strlen(value), rule->allow_loopback))
            return false;
        *at = strdup(value);
        return *at != NULL;
    }
    return true;
}

bool
metadata_parse(const struct metadata_rule *rule, char *text, size_t n,
               int64_t *fetched_at, struct metadata *out)
{
    AUTO(metadata_clear) struct metadata read = {0};
    const char *key, *value, *version = "", *issuer = "", *ca_file = "";
    struct lines lines;
    int64_t fetched = 0;

    lines_begin(&lines, text, n);
    while (lines_next(&lines, &key, &value)) {
        if (strcmp(key, "tokenward-metadata") == 0)
            version = value;
        else if (strcmp(key, "issuer") == 0)
            issuer = value;
        else if (strcmp(key, "ca_file") == 0)
            ca_file = value;
        else if (strcmp(key, "fetched_at") == 0
                     ? !text_to_int64(value, &fetched) || fetched < 0
                     : !take_line(rule, key, value, &read))
            return false;
    }
    if (lines.broken || strcmp(version, VERSION) != 0 ||
        strcmp(issuer, rule->issuer) != 0 ||
        strcmp(ca_file, rule->ca_file ? rule->ca_file : "") != 0 ||
        !read.token_endpoint)
        return false;
    *fetched_at = fetched;
    *out = read;
    read = (struct metadata){0};
    return true;
}

bool
metadata_format(const struct metadata_rule *rule,
                const struct metadata *metadata, int64_t fetched_at,
                struct secret *out)
{
    bool good =
        lines_put(out, "tokenward-metadata", VERSION) &&
        lines_put(out, "issuer", rule->issuer) &&
        lines_put(out, "ca_file", rule->ca_file ? rule->ca_file : "") &&
        lines_put_int64(out, "fetched_at", fetched_at) &&
        lines_put(out, "auth_methods", metadata->auth_methods) &&
        lines_put(out, NAMES_ISSUER,
                  metadata->names_issuer ? "true" : "false");

    for (size_t i = 0; i < ENDPOINT_COUNT && good; i++) {
        const char *value = *slot(metadata, &ENDPOINTS[i]);

        good = !value || lines_put(out, ENDPOINTS[i].path, value);
    }
    return good;
}

bool
metadata_has_method(const struct metadata *metadata, const char *method)
{
    const char *at = metadata->auth_methods;
    size_t n = strlen(method);

    while (*at) {
        size_t length = strcspn(at, " ");

        if (length == n && memcmp(at, method, n) == 0)
            return true;
        at += length + (at[length] == ' ');
    }
    return false;
}

bool
metadata_other_host(const struct metadata_rule *rule, const char *url)
{
    size_t a_len, b_len;
    const char *a = url_authority(rule->issuer, &a_len);
    const char *b = url_authority(url, &b_len);

    return a_len != b_len || strncasecmp(a, b, a_len) != 0;
}

void
metadata_clear(struct metadata *metadata)
{
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        free(*slot(metadata, &ENDPOINTS[i]));
    *metadata = (struct metadata){0};
}
