/* SPDX-License-Identifier: MIT */
/*
 * reply_error.c - OAuth errors (RFC 6749 5.2) and bare HTTP ones.
 *
 * Tolerance is for errors only: a payment API documents an invalid_client
 * whose JSON misses a comma, and its user must be told invalid_client all the
 * same.  What comes back may echo the secret, so it is scrubbed before it is
 * cut.
 */
#include "helper/reply_error.h"

#include <string.h>

#include "helper/form.h"

#define SEARCH_MAX 16384 /* bytes of a body that are searched */
#define SCRUB_MIN 4      /* shorter secrets are in any text */

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
    {"access_denied", REPLY_ACCESS_DENIED},
    {"server_error", REPLY_SERVER_ERROR},
    {"temporarily_unavailable", REPLY_TEMPORARILY_UNAVAILABLE},
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

/* Appends @text with every @needle in it as "***". */
static void
replace(struct secret *out, const char *text, size_t n, const char *needle,
        size_t length)
{
    const char *end = text + n;

    while (text < end) {
        const char *at = memmem(text, (size_t)(end - text), needle, length);

        if (!at) {
            (void)secret_append(out, text, (size_t)(end - text));
            return;
        }
        (void)secret_append(out, text, (size_t)(at - text));
        (void)secret_append(out, "***", 3);
        text = at + length;
    }
}

static void
scrub_one(struct secret *text, const char *needle, size_t length)
{
    AUTO_SECRET clean = SECRET_INIT(text->max);

    if (length < SCRUB_MIN || !text->len)
        return;
    replace(&clean, secret_text(text), text->len, needle, length);
    secret_take(text, &clean);
}

static void
show(struct shown *out, const char *text, size_t n,
     const struct secret *const *scrub)
{
    AUTO_SECRET copy = SECRET_INIT(3 * HTTP_BODY_MAX);

    if (!secret_append(&copy, text, n))
        return;
    for (; scrub && *scrub; scrub++) {
        AUTO_SECRET encoded = SECRET_INIT(HTTP_FORM_MAX);

        scrub_one(&copy, secret_text(*scrub), (*scrub)->len);
        if (form_encode(&encoded, secret_text(*scrub), (*scrub)->len))
            scrub_one(&copy, secret_text(&encoded), encoded.len);
    }
    (void)text_printable(out, secret_text(&copy), copy.len);
}

static void
set_error(struct reply *out, const char *text, size_t n,
          const struct secret *const *scrub)
{
    const struct code *code = find_code(text, n);
    struct shown shown = {""};

    show(&shown, text, n, scrub);
    out->class = code ? code->class : REPLY_OTHER_ERROR;
    (void)strncpy(out->error, shown.text, ERROR_CODE_MAX);
    out->error[ERROR_CODE_MAX] = '\0';
}

bool
reply_error_of_json(const struct json *json, const struct secret *const *scrub,
                    struct reply *out)
{
    size_t n;
    const char *text = json_string(json, "error", &n);

    if (!text)
        return false;
    set_error(out, text, n, scrub);
    text = json_string(json, "error_description", &n);
    if (text)
        show(&out->description, text, n, scrub);
    return true;
}

/* The text behind "KEY" : " up to the next quote that is not escaped. */
static const char *
find_member(const char *body, size_t n, const char *quoted_key, size_t *found)
{
    const char *end = body + n, *at = body, *start;
    size_t length = strlen(quoted_key);

    while ((at = memmem(at, (size_t)(end - at), quoted_key, length))) {
        at += length;
        while (at < end && *at && strchr(" \t\r\n", *at))
            at++;
        if (at >= end || *at != ':')
            continue;
        at++;
        while (at < end && *at && strchr(" \t\r\n", *at))
            at++;
        if (at >= end || *at != '"')
            continue;
        start = ++at;
        while (at < end && *at != '"')
            at += *at == '\\' ? 2 : 1;
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
    const char *text = secret_text(body), *code, *description;
    size_t n = body->len < SEARCH_MAX ? body->len : SEARCH_MAX, length;

    code = find_member(text, n, "\"error\"", &length);
    if (!code || !find_code(code, length))
        return false;
    set_error(out, code, length, scrub);
    description = find_member(text, n, "\"error_description\"", &length);
    if (description)
        show(&out->description, description, length, scrub);
    return true;
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
    if (status >= 300 && status < 400)
        return REPLY_REDIRECT_REFUSED;
    return status >= 400 ? REPLY_HTTP_ERROR : REPLY_MALFORMED_RESPONSE;
}

void
reply_error_of_status(const struct http_reply *http,
                      const struct secret *const *scrub, struct reply *out)
{
    bool is_html = strcasestr(http->content_type, "html") != NULL;

    out->class = class_of_status(http->status);
    /* What is no token answer may still hold a token. */
    if (!is_html && http->status >= 400)
        show(&out->description, secret_text(&http->body), http->body.len,
             scrub);
    else if (is_html)
        (void)strcpy(out->description.text, "a page in HTML");
}
