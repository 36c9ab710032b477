/* SPDX-License-Identifier: MIT */
/*
 * script.c - see script.h.
 */
#include "tests/fuzz/script.h"

#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define TEXTS_MAX 4096       /* copies that live until the script ends */
#define SCRIPT_LINE_MAX 8192 /* bytes, PROFILE_SCOPE_MAX */

static const uint8_t *at, *end;
static char *texts[TEXTS_MAX];
static size_t text_count;
static struct tw_field fields[TW_FIELDS_MAX + 2];

static const char *const NAMES[] = {
    "assertion",     "scope",     "client_secret", "client_id",
    "refresh_token", "interval",  "device_code",   "access_token",
    "grant_type",    "user_code", "expires_in",    "",
};
static const char *const URLS[] = {
    NULL,
    "https://as.example.test/other",
    "http://as.example.test/token",
    "http://127.0.0.1/token",
    "file:///etc/passwd",
    "https://user@as.example.test/",
};
static const char *const BODIES[] = {
    "{\"access_token\":\"t0ken\",\"token_type\":\"Bearer\","
    "\"expires_in\":60,\"refresh_token\":\"next\"}",
    "{\"access_token\":\"t0ken\",\"token_type\":\"N_A\","
    "\"issued_token_type\":\"urn:ietf:params:oauth:token-type:jwt\"}",
    "{\"error\":\"authorization_pending\"}",
    "{\"error\":\"slow_down\"}",
    "{\"error\":\"invalid_client\",\"error_description\":\"cl1ent-secret\"}",
    "{\"error\":\"invalid_grant\",\"error_description\":"
    "\"no: s3cret-of-the-profile\"}",
    "{\"device_code\":\"d\",\"user_code\":\"AB-CD\",\"verification_uri\":"
    "\"https://as.example.test/go\",\"expires_in\":600,\"interval\":1}",
    "{\"device_code\":\"s3cret-of-the-profile\",\"user_code\":\"\\u001b\","
    "\"verification_uri\":\"javascript:alert(1)\",\"interval\":-1}",
    "",
};
#define PICK(list) (list)[script_below(sizeof(list) / sizeof *(list))]

size_t
script_below(size_t count)
{
    return at < end ? *at++ % count : 0;
}

/* The next bytes, up to a length that comes before them. */
static const char *
take_text(void)
{
    size_t n = script_below(256);

    if (n > (size_t)(end - at))
        n = (size_t)(end - at);
    if (text_count == TEXTS_MAX)
        return "";
    texts[text_count] = fuzz_text(at, n);
    at += n;
    return texts[text_count++];
}

/* As long as a scope may be, and of what has to be escaped. */
static const char *
long_text(void)
{
    static char text[SCRIPT_LINE_MAX + 1];

    memset(text, '"', SCRIPT_LINE_MAX);
    return text;
}

const char *
script_line(void)
{
    static const char *const LINES[] = {
        "a b",
        "https://as.example.test/x",
        "urn:ietf:params:oauth:token-type:jwt",
        "say \"\\o/\"",
        "\xc3\xa9",
    };
    size_t which = script_below(16);
    const char *text;

    if (which < sizeof LINES / sizeof *LINES)
        return LINES[which];
    if (which == sizeof LINES / sizeof *LINES)
        return long_text();
    text = take_text();
    for (const char *c = text; *c; c++) {
        if (*c < ' ' || *c > '~')
            return "a";
    }
    return *text ? text : "a";
}

static const char *
name(void)
{
    return script_below(4) ? PICK(NAMES) : take_text();
}

static int64_t
number(void)
{
    static const int64_t NUMBERS[] = {0,  1,         5,         600000,
                                      -1, INT64_MIN, INT64_MAX, 600001};

    return PICK(NUMBERS);
}

static size_t
make_fields(void)
{
    static const size_t COUNTS[] = {
        1, 2, 3, 0, TW_FIELDS_MAX, TW_FIELDS_MAX + 1};
    size_t count = PICK(COUNTS);

    for (size_t i = 0; i < count; i++)
        fields[i] = (struct tw_field){.name = name(),
                                      .value = script_below(8) ? name() : NULL,
                                      .kind = (uint32_t)script_below(7)};
    return count;
}

int
script_action(const struct tw_host *host, void *state,
              struct tw_action *action)
{
    memset(state, 0xa5, SCRIPT_STATE_SIZE);
    (void)host->option(host, name(), script_below(3));
    (void)host->member(host, name());
    (void)host->has(host, name());
    action->kind = (uint32_t)script_below(8);
    action->url = script_below(8) ? PICK(URLS) : take_text();
    action->field_count = make_fields();
    action->fields = script_below(16) ? fields : NULL;
    action->wait_ms = number();
    action->text = script_below(4) ? name() : NULL;
    action->flags = (uint32_t)script_below(16);
    action->code = script_below(4) ? name() : NULL;
    action->valid_s = number();
    action->scan = script_below(2) ? PICK(URLS) : take_text();
    return script_below(32) == 31;
}

void
script_reply(struct http_reply *reply)
{
    static const int STATUSES[] = {200, 400, 401, 500, 429, 302, 204, 0};
    const char *body = script_below(3) ? PICK(BODIES) : take_text();

    reply->status = PICK(STATUSES);
    reply->retry_after = number();
    (void)snprintf(reply->content_type, sizeof reply->content_type, "%s",
                   script_below(4) ? "application/json" : take_text());
    FUZZ_CHECK(secret_append_text(&reply->body, body));
    if (reply->retry_after < -1)
        reply->retry_after = -1;
    if (!reply->status)
        (void)tw_fail(&reply->err, TW_E_RETRY, "the line is dead");
}

void
script_begin(const uint8_t *data, size_t n)
{
    at = data;
    end = data + n;
}

void
script_end(void)
{
    while (text_count)
        free(texts[--text_count]);
}
