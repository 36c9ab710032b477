/* SPDX-License-Identifier: MIT */
/*
 * reply.c - an answer in, a token or a class out; RFC 6749 5.1.
 *
 * A token is taken only from a whole JSON object without an error in it, and
 * only when every value has the type and the bytes it must have.
 */
#include "helper/exchange/reply.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "helper/base/scrub.h"
#include "helper/exchange/reply_error.h"
#include "helper/exchange/reply_expiry.h"
#include "helper/exchange/reply_form.h"

#define N_A "N_A" /* RFC 8693 2.2.1: no bearer token, nor any of its kind */

static const char *const NAMES[] = {
    [REPLY_TOKEN] = "token",
    [REPLY_INVALID_REQUEST] = "invalid_request",
    [REPLY_INVALID_CLIENT] = "invalid_client",
    [REPLY_INVALID_GRANT] = "invalid_grant",
    [REPLY_UNAUTHORIZED_CLIENT] = "unauthorized_client",
    [REPLY_UNSUPPORTED_GRANT_TYPE] = "unsupported_grant_type",
    [REPLY_INVALID_SCOPE] = "invalid_scope",
    [REPLY_INVALID_TARGET] = "invalid_target",
    [REPLY_ACCESS_DENIED] = "access_denied",
    [REPLY_EXPIRED_TOKEN] = "expired_token",
    [REPLY_SERVER_ERROR] = "server_error",
    [REPLY_TEMPORARILY_UNAVAILABLE] = "temporarily_unavailable",
    [REPLY_OTHER_ERROR] = "other_error",
    [REPLY_HTTP_ERROR] = "http_error",
    [REPLY_REDIRECT_REFUSED] = "redirect_refused",
    [REPLY_MALFORMED_RESPONSE] = "malformed_response",
    [REPLY_UNSUPPORTED_TOKEN_TYPE] = "unsupported_token_type",
    [REPLY_TOO_LARGE] = "too_large",
    [REPLY_NETWORK] = "network",
    [REPLY_ANSWER] = "answer",
};

bool
reply_is_redirect(int http_status)
{
    return http_status >= 300 && http_status < 400 && http_status != 304;
}

const char *
reply_class_name(enum reply_class which)
{
    return NAMES[which];
}

enum tw_status
reply_status(const struct reply *reply)
{
    int status = reply->http_status;

    switch (reply->class) {
    case REPLY_TOKEN:
    case REPLY_ANSWER:
        return TW_OK;
    case REPLY_INVALID_REQUEST:
    case REPLY_INVALID_CLIENT:
    case REPLY_INVALID_GRANT:
    case REPLY_UNAUTHORIZED_CLIENT:
    case REPLY_UNSUPPORTED_GRANT_TYPE:
    case REPLY_INVALID_SCOPE:
    case REPLY_INVALID_TARGET:
    case REPLY_ACCESS_DENIED:
    case REPLY_OTHER_ERROR:
        return TW_E_DENIED;
    case REPLY_EXPIRED_TOKEN:
        return TW_E_INTERACT;
    case REPLY_HTTP_ERROR:
        return status == 403 || status == 408 || status == 425 ? TW_E_RETRY
                                                               : TW_E_PROTOCOL;
    case REPLY_SERVER_ERROR:
    case REPLY_TEMPORARILY_UNAVAILABLE:
        return TW_E_RETRY;
    case REPLY_REDIRECT_REFUSED:
    case REPLY_MALFORMED_RESPONSE:
    case REPLY_UNSUPPORTED_TOKEN_TYPE:
    case REPLY_TOO_LARGE:
        return TW_E_PROTOCOL;
    case REPLY_NETWORK:
        return reply->err.status ? (enum tw_status)reply->err.status
                                 : TW_E_RETRY;
    }
    return TW_E_PROTOCOL;
}

/* The word null is what some servers make of none. */
static bool
read_token(const struct json *json, struct reply *out)
{
    size_t n;
    const char *token = json_string(json, "access_token", &n);

    out->token = SECRET_INIT(TOKEN_MAX);
    return token && text_is_token(token, n) && strcmp(token, "null") != 0 &&
           secret_append(&out->token, token, n);
}

/* Absent is Bearer: some servers leave it out. */
static bool
read_type(const struct reply_rules *rules, const struct json *json,
          const struct secret *const *scrub, struct reply *out)
{
    size_t n;
    const char *type = json_string(json, "token_type", &n);
    enum json_kind kind = json_kind(json, "token_type");

    (void)strcpy(out->token_type, "Bearer");
    if (kind == JSON_ABSENT || kind == JSON_NULL || rules->bearer)
        return true;
    if (type && n == strlen("bearer") && strcasecmp(type, "bearer") == 0)
        return true;
    if (type && rules->untyped && n == strlen(N_A) &&
        strcasecmp(type, N_A) == 0) {
        (void)strcpy(out->token_type, N_A);
        return true;
    }
    out->token_type[0] = '\0';
    if (type)
        scrub_show(&out->description, type, n, scrub);
    return false;
}

/* Scope tokens (RFC 6749 3.3) of @text, joined to @out by single spaces. */
static bool
add_scope(char separator, struct secret *out, const char *text, size_t n)
{
    bool between = out->len > 0;

    for (size_t i = 0; i < n; i++) {
        if (text[i] == ' ' || text[i] == separator) {
            between = out->len > 0;
            continue;
        }
        if (text[i] < 0x21 || text[i] > 0x7e || text[i] == '"' ||
            text[i] == '\\')
            return false;
        if ((between && !secret_append(out, " ", 1)) ||
            !secret_append(out, &text[i], 1))
            return false;
        between = false;
    }
    return true;
}

static bool
gather_scope(char separator, const struct json *json, struct secret *out)
{
    size_t n, count = json_count(json, "scope");
    const char *text = json_string(json, "scope", &n);

    if (text)
        return add_scope(separator, out, text, n);
    for (size_t i = 0; i < count; i++) {
        text = json_item(json, "scope", i, &n);
        if (!text || !add_scope(separator, out, text, n))
            return false;
    }
    return json_kind(json, "scope") == JSON_ARRAY;
}

static bool
read_scope(char separator, const struct json *json, struct reply *out)
{
    AUTO_SECRET scope = SECRET_INIT(SCOPE_MAX);
    enum json_kind kind = json_kind(json, "scope");

    out->has_scope = false;
    if (kind == JSON_ABSENT || kind == JSON_NULL)
        return true;
    if (!gather_scope(separator, json, &scope))
        return false;
    if (scope.len == 0)
        return true;
    out->scope = strdup(secret_text(&scope));
    out->has_scope = out->scope != NULL;
    return out->has_scope;
}

/* What is wrong with an answer, or NULL. */
static const char *
read_members(const struct reply_rules *rules, int64_t asked, struct reply *out)
{
    if (!read_token(out->json, out))
        return "its access_token is not there, is none, or is too long";
    if (!reply_expiry(rules, out->json, asked, out))
        return "its lifetime is none, or is over";
    return read_scope(rules->scope_separator, out->json, out)
               ? NULL
               : "its scope is none";
}

static void
read_good(const struct reply_rules *rules, int64_t asked,
          const struct secret *const *scrub, struct reply *out)
{
    const struct json *json = out->json;

    out->problem = read_members(rules, asked, out);
    if (out->problem)
        out->class = REPLY_MALFORMED_RESPONSE;
    else if (!read_type(rules, json, scrub, out))
        out->class = REPLY_UNSUPPORTED_TOKEN_TYPE;
    else
        out->class = REPLY_TOKEN;
    if (out->class == REPLY_TOKEN)
        return;
    secret_clear(&out->token);
    free(out->scope);
    out->scope = NULL;
    out->has_scope = false;
    out->lifetime = LIFETIME_UNKNOWN;
}

static bool
is_no_error(const struct json *json)
{
    enum json_kind kind = json_kind(json, "error");

    return kind == JSON_ABSENT || kind == JSON_NULL;
}

/* Of a success whose error tells nothing: a token beside it is not taken.  Of
 * two members of one name nobody knows which one counts (RFC 8259 4). */
static void
add_problem(bool is_double, struct reply *out)
{
    if (out->class != REPLY_MALFORMED_RESPONSE || out->description.text[0])
        return;
    if (is_double)
        out->problem = "a name stands in it twice";
    else if (out->json && !is_no_error(out->json))
        out->problem = "its error is empty, or no text";
}

static void
read_answer(const struct reply_rules *rules, int64_t asked,
            const struct http_reply *http, const struct secret *const *scrub,
            struct reply *out)
{
    bool redirect = reply_is_redirect(http->status);
    bool success =
        http->status == 200 || http->status == rules->success_status;
    bool is_double;

    if (!redirect && http->body.len)
        out->json = json_read(secret_text(&http->body), http->body.len);
    if (!out->json && !redirect && rules->form)
        out->json = reply_form_read(secret_text(&http->body), http->body.len);
    is_double = !out->json && errno == EEXIST;
    if (out->json && reply_error_of_json(out->json, scrub, out))
        return;
    out->is_success = out->json && http->status >= 200 && http->status < 300 &&
                      is_no_error(out->json);
    /* Unless the profile says so, 200 and no other: a 202 is no answer yet, a
     * 206 a part of one. */
    if (out->is_success && success) {
        read_good(rules, asked, scrub, out);
        return;
    }
    if (!out->json && http->status >= 400 &&
        reply_error_of_text(&http->body, scrub, out))
        return;
    reply_error_of_status(http, scrub, out);
    add_problem(is_double, out);
}

int64_t
reply_retry_after(const struct http_reply *http)
{
    return http->retry_after < RETRY_AFTER_MAX ? http->retry_after
                                               : RETRY_AFTER_MAX;
}

void
reply_read_whole(const struct reply_rules *rules, int64_t asked,
                 const struct http_reply *http,
                 const struct secret *const *scrub, struct reply *out)
{
    *out = (struct reply){.http_status = http->status,
                          .lifetime = LIFETIME_UNKNOWN,
                          .retry_after = reply_retry_after(http),
                          .token = SECRET_INIT(TOKEN_MAX)};
    if (http->status == 0) {
        out->class = http->too_large ? REPLY_TOO_LARGE : REPLY_NETWORK;
        out->err = http->err;
        return;
    }
    errno = 0; /* malloc(3) says why; every reader says no more than false */
    read_answer(rules, asked, http, scrub, out);
    if (out->class == REPLY_MALFORMED_RESPONSE && errno == ENOMEM) {
        out->class = REPLY_NETWORK;
        (void)tw_no_memory(&out->err);
    }
}

void
reply_read_by(const struct reply_rules *rules, int64_t asked,
              const struct http_reply *http, const struct secret *const *scrub,
              struct reply *out)
{
    reply_read_whole(rules, asked, http, scrub, out);
    if (out->lifetime > LIFETIME_MAX)
        out->lifetime = LIFETIME_MAX;
}

void
reply_read(const struct http_reply *http, const struct secret *const *scrub,
           struct reply *out)
{
    static const struct reply_rules NONE = {.scope_separator = ' '};

    reply_read_by(&NONE, 0, http, scrub, out);
}

void
reply_clear(struct reply *reply)
{
    secret_clear(&reply->token);
    json_free(reply->json);
    free(reply->scope);
    *reply = (struct reply){.lifetime = LIFETIME_UNKNOWN,
                            .retry_after = -1,
                            .token = SECRET_INIT(TOKEN_MAX)};
}
