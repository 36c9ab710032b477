/* SPDX-License-Identifier: MIT */
/*
 * jwt_bearer.c - a signed assertion is given for a token (RFC 7523 2.1).
 *
 * The assertion is somebody else's, read from where the profile says, or our
 * own: then the module composes the claims that say who, for whom and to
 * whom, and the helper adds the times and signs.  Texts are one line without
 * control characters, so that quotes and backslashes are all that JSON wants
 * escaped.
 */
#include <string.h>

#include "provider/grants/fields.h"

#define CLAIMS_MAX 16384 /* bytes; a scope alone has up to 8192 */

struct exchange {
    struct form form;
    char claims[CLAIMS_MAX];
    size_t len;
    int is_full;
};

static const struct tw_option OPTIONS[] = {
    {"assertion", TW_OPTION_SECRET, TW_OPTION_ISSUED,
     "the assertion; without it one is signed with the profile's key"},
    {"aud", TW_OPTION_TEXT, 0,
     "of a signed one: for whom it is; default issuer, or token_endpoint"},
    {"iss", TW_OPTION_TEXT, 0,
     "of a signed one: who says so; default client_id"},
    {"resource", TW_OPTION_URLS, 0,
     "URIs of the services the token is for (RFC 8707)"},
    {"scope", TW_OPTION_SCOPE, 0,
     "what the token shall allow; a claim of a signed one, too"},
    {"sub", TW_OPTION_TEXT, 0,
     "of a signed one: for whom the token is; default iss"},
};

static void
put(struct exchange *exchange, const char *bytes, size_t n)
{
    if (exchange->is_full || n >= CLAIMS_MAX - exchange->len) {
        exchange->is_full = 1;
        return;
    }
    memcpy(exchange->claims + exchange->len, bytes, n);
    exchange->len += n;
    exchange->claims[exchange->len] = '\0';
}

static void
put_text(struct exchange *exchange, const char *text)
{
    put(exchange, "\"", 1);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            put(exchange, "\\", 1);
        put(exchange, text, 1);
    }
    put(exchange, "\"", 1);
}

static void
put_claim(struct exchange *exchange, const char *name, const char *value)
{
    if (!value)
        return;
    put(exchange, exchange->len ? "," : "{", 1);
    put_text(exchange, name);
    put(exchange, ":", 1);
    put_text(exchange, value);
}

static const char *
option_or(const struct tw_host *host, const char *name, const char *other)
{
    const char *value = host->option(host, name, 0);

    return value ? value : other;
}

static int
compose(const struct tw_host *host, struct exchange *exchange)
{
    const char *issuer =
        option_or(host, "iss", host->option(host, "client_id", 0));
    const char *server =
        option_or(host, "issuer", host->option(host, "token_endpoint", 0));

    if (!issuer)
        return 0;
    put_claim(exchange, "iss", issuer);
    put_claim(exchange, "sub", option_or(host, "sub", issuer));
    put_claim(exchange, "aud", option_or(host, "aud", server));
    put_claim(exchange, "scope", host->option(host, "scope", 0));
    put(exchange, "}", 1);
    return 1;
}

static int
ask(const struct tw_host *host, struct exchange *exchange,
    struct tw_action *action)
{
    struct form *form = &exchange->form;

    form_begin(form, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    if (host->has(host, "assertion")) {
        form_add(form, "assertion", "assertion", TW_FIELD_SECRET);
    } else {
        if (!compose(host, exchange))
            return fail(action, "a signed assertion needs iss or client_id");
        if (exchange->is_full)
            return fail(action, "the claims are too long");
        form_add(form, "assertion", exchange->claims, TW_FIELD_SIGNED);
    }
    form_add_option(form, host, "scope");
    form_add_resources(form, host);
    form_post(form, action);
    return 0;
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    switch (event->kind) {
    case TW_EVENT_START:
        return ask(host, state, action);
    case TW_EVENT_TOKEN:
        action->kind = TW_ACTION_DONE;
        return 0;
    default:
        return fail(action, NULL);
    }
}

TW_PROVIDER_V1(.name = "jwt_bearer",
               .summary = "a signed assertion is given for a token (RFC 7523)",
               .needs = TW_NEEDS_ENDPOINT, .options = OPTIONS,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .state_size = sizeof(struct exchange), .advance = advance);
