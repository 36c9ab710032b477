/* SPDX-License-Identifier: MIT */
/*
 * reply_answer.c - see reply_answer.h.
 */
#include "helper/exchange/reply_answer.h"

#include <string.h>

#include "helper/exchange/reply_error.h"
#include "helper/exchange/reply_form.h"

static bool
has_error(const struct json *json)
{
    enum json_kind kind = json_kind(json, "error");

    return kind != JSON_ABSENT && kind != JSON_NULL;
}

void
reply_read_answer(const struct http_reply *http,
                  const struct secret *const *scrub, struct reply *out)
{
    bool good = http->status >= 200 && http->status < 300;

    /* Whatever is no good answer is what it is to a token request: but for
     * a token, which nobody asked for. */
    reply_read(http, scrub, out);
    if (!good || (out->json && has_error(out->json)) ||
        (!out->json && http->body.len))
        return;
    out->class = REPLY_ANSWER;
    secret_clear(&out->token);
}

static bool
is_absent(const struct json *json, const char *key)
{
    return json_kind(json, key) == JSON_ABSENT;
}

/* Where it may be one: to the letter it may be a bare token, too. */
static bool
is_form(const struct reply_rules *rules, const struct secret *text)
{
    struct json *json =
        rules->form ? reply_form_read(secret_text(text), text->len) : NULL;
    bool result =
        json && !(is_absent(json, "access_token") && is_absent(json, "error"));

    json_free(json);
    return result;
}

void
reply_read_text(const struct reply_rules *rules, int64_t written,
                const struct secret *text, struct reply *out)
{
    static const struct secret *const NOTHING[] = {NULL};
    const char *bytes = secret_text(text);
    struct http_reply http = {.status = 200,
                              .content_type = "application/json",
                              .retry_after = -1,
                              .body = *text};

    if (bytes[strspn(bytes, " \t\r\n")] == '{' || is_form(rules, text)) {
        reply_read_whole(rules, written, &http, NOTHING, out);
        return;
    }
    *out = (struct reply){.class = REPLY_MALFORMED_RESPONSE,
                          .lifetime = LIFETIME_UNKNOWN,
                          .retry_after = -1,
                          .token = SECRET_INIT(TOKEN_MAX)};
    if (!text_is_token(bytes, text->len) ||
        !secret_append(&out->token, bytes, text->len))
        return;
    (void)strcpy(out->token_type, "Bearer");
    out->class = REPLY_TOKEN;
}
