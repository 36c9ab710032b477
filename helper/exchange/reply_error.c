/* SPDX-License-Identifier: MIT */
/*
 * reply_error.c - OAuth errors (RFC 6749 5.2) and bare HTTP ones.
 *
 * Tolerance is for errors only: a payment API documents an invalid_client
 * whose JSON misses a comma, and its user must be told invalid_client all the
 * same.  What comes back may echo the secret, so it is scrubbed before it is
 * cut.
 */
#include "helper/exchange/reply_error.h"

#include <string.h>

#include "helper/base/scrub.h"

#define SEARCH_MAX 16384 /* bytes of a body that are searched */

struct code {
    const char *text;
    enum reply_class class;
};

static const struct code CODES[] = {
    {"invalid_request", REPLY_INVALID_REQUEST},
    {"invalid_client", REPLY_INVALID_CLIENT},
    {"invalid_grant", REPLY_INVALID_GRANT},
    {"unauthorized_client", REPLY_UNAUTHORIZED_CLIENT},
    {"unsupported_grant_type", REPLY_UNSUPPORTED_GRANT_TYPE},
    {"invalid_scope", REPLY_INVALID_SCOPE},
    {"invalid_target", REPLY_INVALID_TARGET},
    {"access_denied", REPLY_ACCESS_DENIED},
    {"expired_token", REPLY_EXPIRED_TOKEN},
    {"server_error", REPLY_SERVER_ERROR},
    {"temporarily_unavailable", REPLY_TEMPORARILY_UNAVAILABLE},
    /* glewlwyd's words for two of them */
    {"scope_invalid", REPLY_INVALID_SCOPE},
    {"authorization_type_invalid", REPLY_UNAUTHORIZED_CLIENT},
};

static const struct code *
find_code(const char *text, size_t n)
{
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        if (strlen(CODES[i].text) == n && memcmp(CODES[i].text, text, n) == 0)
            return &CODES[i];
    }
    return NULL;
}

static enum reply_class
class_of_status(int status)
{
    if (status == 401)
        return REPLY_INVALID_CLIENT;
    if (status == 429 || status == 503)
        return REPLY_TEMPORARILY_UNAVAILABLE;
    if (status >= 500)
        return REPLY_SERVER_ERROR;
    if (reply_is_redirect(status))
        return REPLY_REDIRECT_REFUSED;
    return status >= 400 ? REPLY_HTTP_ERROR : REPLY_MALFORMED_RESPONSE;
}

/* A registered code decides; one that nobody knows only where the status does
 * not say more.  429 is about the rate and not about this request. */
static enum reply_class
class_of(const struct code *code, int status)
{
    if (status == 429 || (!code && status >= 500))
        return class_of_status(status);
    return code ? code->class : REPLY_OTHER_ERROR;
}

static void
set_error(struct reply *out, const char *text, size_t n,
          const struct secret *const *scrub)
{
    struct shown shown = {""};
    size_t length;

    scrub_show(&shown, text, n, scrub);
    length = strnlen(shown.text, ERROR_CODE_MAX);
    memcpy(out->error, shown.text, length);
    out->error[length] = '\0';
    out->class = class_of(find_code(text, n), out->http_status);
}

/* The first of the members that servers put their words into. */
static void
set_description(const struct json *json, const struct secret *const *scrub,
                struct reply *out)
{
    static const char *const KEYS[] = {
        "error_description",                  /* RFC 6749 5.2 */
        "message",           "detail",        /* RFC 9457 */
        "errorSummary",      "error.message", /* Google, Facebook */
        "errors.0.message",                   /* Fitbit */
        "fault.faultstring",                  /* Apigee */
    };

    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        size_t n;
        const char *text = json_text_at(json, KEYS[i], &n);

        if (text) {
            scrub_show(&out->description, text, n, scrub);
            return;
        }
    }
}

bool
reply_error_of_json(const struct json *json, const struct secret *const *scrub,
                    struct reply *out)
{
    size_t n;
    const char *text = json_string(json, "error", &n);

    if (!text || n == 0)
        return false;
    set_error(out, text, n, scrub);
    set_description(json, scrub, out);
    return true;
}

static const char *
skip_space(const char *at, const char *end)
{
    while (at < end && *at && strchr(" \t\r\n", *at))
        at++;
    return at;
}

/* The text behind "KEY" : " up to the next quote that is not escaped. */
static const char *
find_member(const char *at, const char *end, const char *quoted_key,
            size_t *found)
{
    size_t length = strlen(quoted_key);

    while ((at = memmem(at, (size_t)(end - at), quoted_key, length))) {
        const char *start;

        at = skip_space(at + length, end);
        if (at >= end || *at != ':')
            continue;
        at = skip_space(at + 1, end);
        if (at >= end || *at != '"')
            continue;
        start = ++at;
        while (at < end && *at != '"')
            at += *at == '\\' && end - at > 1 ? 2 : 1;
        if (at >= end)
            return NULL;
        *found = (size_t)(at - start);
        return start;
    }
    return NULL;
}

bool
reply_error_of_text(const struct secret *body,
                    const struct secret *const *scrub, struct reply *out)
{
    const char *text = secret_text(body), *code = text, *description;
    size_t length = 0;
    const char *end = text + (body->len < SEARCH_MAX ? body->len : SEARCH_MAX);

    do
        code = find_member(code + length, end, "\"error\"", &length);
    while (code && !find_code(code, length));
    if (!code)
        return false;
    set_error(out, code, length, scrub);
    description = find_member(text, end, "\"error_description\"", &length);
    if (description)
        scrub_show(&out->description, description, length, scrub);
    return true;
}

/* What is no token answer may still hold a token. */
static bool
may_be_shown(const struct http_reply *http)
{
    return http->status >= 400 &&
           !strcasestr(secret_text(&http->body), "token") &&
           strlen(secret_text(&http->body)) == http->body.len;
}

void
reply_error_of_status(const struct http_reply *http,
                      const struct secret *const *scrub, struct reply *out)
{
    out->class = class_of_status(http->status);
    if (out->json)
        set_description(out->json, scrub, out);
    else if (strcasestr(http->content_type, "html"))
        (void)strcpy(out->description.text, "a page in HTML");
    else if (may_be_shown(http))
        scrub_show(&out->description, secret_text(&http->body), http->body.len,
                   scrub);
}
