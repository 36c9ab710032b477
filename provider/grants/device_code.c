/* SPDX-License-Identifier: MIT */
/*
 * device_code.c - the device authorization grant (RFC 8628).
 *
 * A person is asked once: a refresh token that came with their login is used
 * from then on.  Without one, the server is asked for a code, the person is
 * told, and the token endpoint is asked again and again, never faster than
 * the server says: slow_down adds five seconds for good, an outage doubles
 * the wait.  How long the person may take is the helper's affair.
 */
#include <stdlib.h>
#include <string.h>

#include "provider/tokenward-provider.h"

#define GRANT_TYPE "urn:ietf:params:oauth:grant-type:device_code"
#define INTERVAL_S 5       /* when the server says none (RFC 8628 3.2) */
#define SLOWER_S 5         /* for slow_down (RFC 8628 3.5) */
#define INTERVAL_MAX_S 600 /* no wait may be longer */
#define URL_SIZE 2049
#define CODE_SIZE 65
#define RESOURCES_MAX 32 /* as many as a profile may list */

struct exchange {
    struct tw_field fields[3 + RESOURCES_MAX];
    char url[URL_SIZE], scan[URL_SIZE], code[CODE_SIZE];
    int64_t interval_s;
};

static const struct tw_option OPTIONS[] = {
    {"audience", TW_OPTION_TEXT, 0,
     "whom the token is for, where the server asks for it by that name"},
    {"device_authorization_endpoint", TW_OPTION_URL, TW_OPTION_REQUIRED,
     "where a login is asked for (RFC 8628 3.1)"},
    {"resource", TW_OPTION_URLS, 0,
     "URIs of the services the token is for (RFC 8707)"},
    {"scope", TW_OPTION_SCOPE, 0,
     "what the token shall allow; many servers want offline_access for a "
     "refresh token"},
};

static void
add(struct tw_action *action, struct tw_field *fields, uint32_t kind,
    const char *name, const char *value)
{
    if (!value)
        return;
    fields[action->field_count++] =
        (struct tw_field){.name = name, .value = value, .kind = kind};
    action->fields = fields;
}

static void
add_resources(const struct tw_host *host, struct exchange *exchange,
              struct tw_action *action)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        add(action, exchange->fields, TW_FIELD_TEXT, "resource",
            host->option(host, "resource", i));
}

/* What was granted is not named again: a person may have granted less. */
static void
refresh(const struct tw_host *host, struct exchange *exchange,
        struct tw_action *action)
{
    struct tw_field *fields = exchange->fields;

    add(action, fields, TW_FIELD_TEXT, "grant_type", "refresh_token");
    add(action, fields, TW_FIELD_KEPT, "refresh_token", "refresh_token");
    add_resources(host, exchange, action);
    action->kind = TW_ACTION_POST;
}

static void
ask_for_code(const struct tw_host *host, struct exchange *exchange,
             struct tw_action *action)
{
    struct tw_field *fields = exchange->fields;

    add(action, fields, TW_FIELD_TEXT, "scope",
        host->option(host, "scope", 0));
    add(action, fields, TW_FIELD_TEXT, "audience",
        host->option(host, "audience", 0));
    add_resources(host, exchange, action);
    action->kind = TW_ACTION_POST;
    action->flags = TW_POST_ANSWER;
    action->url = host->option(host, "device_authorization_endpoint", 0);
}

/* NULL when there is none, or when it is too long to be one. */
static const char *
copy(char *out, size_t size, const char *text)
{
    if (!text || strlen(text) >= size)
        return NULL;
    return strcpy(out, text);
}

static int64_t
seconds(const struct tw_host *host, const char *name, int64_t otherwise)
{
    const char *text = host->member(host, name);

    return text ? strtoll(text, NULL, 10) : otherwise;
}

/* Google calls it verification_url. */
static void
tell(const struct tw_host *host, struct exchange *exchange,
     struct tw_action *action)
{
    const char *url = host->member(host, "verification_uri");

    if (!url)
        url = host->member(host, "verification_url");
    exchange->interval_s = seconds(host, "interval", INTERVAL_S);
    if (exchange->interval_s < 1)
        exchange->interval_s = 1;
    if (exchange->interval_s > INTERVAL_MAX_S)
        exchange->interval_s = INTERVAL_MAX_S;
    action->kind = TW_ACTION_TELL;
    action->url = copy(exchange->url, sizeof exchange->url, url);
    action->code = copy(exchange->code, sizeof exchange->code,
                        host->member(host, "user_code"));
    action->scan = copy(exchange->scan, sizeof exchange->scan,
                        host->member(host, "verification_uri_complete"));
    action->valid_s = seconds(host, "expires_in", 0);
}

static void
wait(struct exchange *exchange, struct tw_action *action)
{
    if (exchange->interval_s > INTERVAL_MAX_S)
        exchange->interval_s = INTERVAL_MAX_S;
    action->kind = TW_ACTION_WAIT;
    action->wait_ms = exchange->interval_s * 1000;
}

static void
ask_for_token(struct exchange *exchange, struct tw_action *action)
{
    struct tw_field *fields = exchange->fields;

    add(action, fields, TW_FIELD_TEXT, "grant_type", GRANT_TYPE);
    add(action, fields, TW_FIELD_MEMBER, "device_code", "device_code");
    action->kind = TW_ACTION_POST;
}

/* interval_s 0: no code has been asked for, so it is the kept refresh token
 * that was refused. */
static void
go_on(struct exchange *exchange, const char *error, struct tw_action *action)
{
    int64_t interval_s = exchange->interval_s;

    if (interval_s && strcmp(error, "slow_down") == 0)
        exchange->interval_s += SLOWER_S;
    else if (interval_s && strcmp(error, "temporarily_unavailable") == 0)
        exchange->interval_s *= 2;
    else if (!interval_s || strcmp(error, "authorization_pending") != 0) {
        action->kind = TW_ACTION_FAIL;
        return;
    }
    wait(exchange, action);
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    struct exchange *exchange = state;

    switch (event->kind) {
    case TW_EVENT_START:
        if (host->has(host, "refresh_token") & TW_HAS_KEPT)
            refresh(host, exchange, action);
        else
            ask_for_code(host, exchange, action);
        return 0;
    case TW_EVENT_ANSWER:
        tell(host, exchange, action);
        return 0;
    case TW_EVENT_TOLD:
        wait(exchange, action);
        return 0;
    case TW_EVENT_WAITED:
        ask_for_token(exchange, action);
        return 0;
    case TW_EVENT_REFUSED:
        go_on(exchange, event->error, action);
        return 0;
    case TW_EVENT_TOKEN:
        action->kind = TW_ACTION_DONE;
        return 0;
    default:
        action->kind = TW_ACTION_FAIL;
        return 0;
    }
}

TW_PROVIDER_V1(.name = "device_code",
               .summary = "a person logs in with a browser, here or "
                          "elsewhere (RFC 8628)",
               .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT |
                        TW_KEEPS_REFRESH_TOKEN | TW_NEEDS_PERSON,
               .options = OPTIONS,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .state_size = sizeof(struct exchange), .advance = advance);
