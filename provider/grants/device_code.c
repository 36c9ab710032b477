/* SPDX-License-Identifier: MIT */
/*
 * device_code.c - the device authorization grant (RFC 8628).
 *
 * A person is asked once: a refresh token that came with their login is used
 * from then on.  Without one, the server is asked for a code, the person is
 * told, and the token endpoint is asked again and again, never faster than
 * the server says: slow_down adds five seconds for good, an outage doubles
 * the wait until it is over.  How long the person may take is the helper's
 * affair.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "provider/grants/fields.h"

#define GRANT_TYPE "urn:ietf:params:oauth:grant-type:device_code"
#define INTERVAL_S 5       /* when the server says none (RFC 8628 3.2) */
#define SLOWER_S 5         /* for slow_down (RFC 8628 3.5) */
#define INTERVAL_MAX_S 600 /* no wait may be longer */
#define URL_SIZE 2049
#define CODE_SIZE 65

struct exchange {
    struct form form;
    char url[URL_SIZE], scan[URL_SIZE], code[CODE_SIZE];
    int64_t interval_s; /* as the server wants it */
    int64_t wait_s;     /* the same, and more during an outage */
};

static const struct tw_option OPTIONS[] = {
    {"audience", TW_OPTION_TEXT, 0,
     "whom the token is for, where the server asks for it by that name"},
    {"device_authorization_endpoint", TW_OPTION_ENDPOINT, TW_OPTION_REQUIRED,
     "where a login is asked for (RFC 8628 3.1)"},
    {"resource", TW_OPTION_URLS, 0,
     "URIs of the services the token is for (RFC 8707)"},
    {"scope", TW_OPTION_SCOPE, 0,
     "what the token shall allow; many servers want offline_access for a "
     "refresh token"},
};

static void
ask_for_code(const struct tw_host *host, struct form *form,
             struct tw_action *action)
{
    const char *endpoint =
        host->option(host, "device_authorization_endpoint", 0);

    if (!endpoint) { /* without one, the token endpoint would be asked */
        action->kind = TW_ACTION_FAIL;
        action->text = "no device_authorization_endpoint is known: write it, "
                       "where the issuer does not say it";
        return;
    }
    form_begin(form, NULL);
    form_add_option(form, host, "scope");
    form_add_option(form, host, "audience");
    form_add_resources(form, host);
    form_post(form, action);
    action->flags = TW_POST_ANSWER;
    action->url = endpoint;
}

/* NULL when there is none, or when it is too long to be one. */
static const char *
copy(char *out, size_t size, const char *text)
{
    if (!text || strlen(text) >= size)
        return NULL;
    return strcpy(out, text);
}

/* What is no number of them counts as not said, be it written as a text or
 * as less than nothing. */
static int64_t
seconds(const struct tw_host *host, const char *name, int64_t otherwise)
{
    const char *text = host->member(host, name);

    return text && *text && !text[strspn(text, "0123456789")]
               ? strtoll(text, NULL, 10)
               : otherwise;
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
    exchange->wait_s = exchange->interval_s;
    action->kind = TW_ACTION_TELL;
    action->url = copy(exchange->url, sizeof exchange->url, url);
    action->code = copy(exchange->code, sizeof exchange->code,
                        host->member(host, "user_code"));
    action->scan = copy(exchange->scan, sizeof exchange->scan,
                        host->member(host, "verification_uri_complete"));
    action->valid_s = seconds(host, "expires_in", 0);
    if (action->url && action->code)
        return;
    action->kind = TW_ACTION_FAIL;
    action->text = "the device_authorization_endpoint sends no "
                   "verification_uri, or no user_code that can be shown";
}

static void
wait(struct exchange *exchange, struct tw_action *action)
{
    if (exchange->wait_s > INTERVAL_MAX_S)
        exchange->wait_s = INTERVAL_MAX_S;
    action->kind = TW_ACTION_WAIT;
    action->wait_ms = exchange->wait_s * 1000;
}

static void
ask_for_token(struct form *form, struct tw_action *action)
{
    form_begin(form, GRANT_TYPE);
    form_add(form, "device_code", "device_code", TW_FIELD_MEMBER);
    form_post(form, action);
}

/* interval_s 0: no code has been asked for, so it is the kept refresh token
 * that was refused. */
static void
go_on(struct exchange *exchange, const char *error, struct tw_action *action)
{
    bool is_slow = strcmp(error, "slow_down") == 0;

    if (exchange->interval_s &&
        strcmp(error, "temporarily_unavailable") == 0) {
        exchange->wait_s *= 2;
    } else if (exchange->interval_s &&
               (is_slow || strcmp(error, "authorization_pending") == 0)) {
        exchange->interval_s += is_slow ? SLOWER_S : 0;
        exchange->wait_s = exchange->interval_s;
    } else {
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
            form_refresh(host, &exchange->form, action);
        else
            ask_for_code(host, &exchange->form, action);
        return 0;
    case TW_EVENT_ANSWER:
        tell(host, exchange, action);
        return 0;
    case TW_EVENT_TOLD:
        wait(exchange, action);
        return 0;
    case TW_EVENT_WAITED:
        ask_for_token(&exchange->form, action);
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
