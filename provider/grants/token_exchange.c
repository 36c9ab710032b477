/* SPDX-License-Identifier: MIT */
/*
 * token_exchange.c - one token is given for another (RFC 8693).
 *
 * What comes back may be no bearer token at all: token_type N_A says that it
 * is of issued_token_type and nothing else.  Whoever asked for an access
 * token must not get such a one, and nobody gets another type than the one
 * asked for; but an access token may well be a JWT, so these two pass for
 * each other.
 */
#include <string.h>

#include "provider/grants/fields.h"

#define TYPE_PREFIX "urn:ietf:params:oauth:token-type:"
#define ACCESS_TOKEN TYPE_PREFIX "access_token"
#define JWT TYPE_PREFIX "jwt"

static const struct tw_option OPTIONS[] = {
    {"actor_token", TW_OPTION_SECRET, TW_OPTION_ISSUED,
     "a token of who acts for the subject"},
    {"actor_token_type", TW_OPTION_TEXT, 0, "its type; default access_token"},
    {"audience", TW_OPTION_TEXT, 0,
     "the name of the service the new token is for"},
    {"requested_token_type", TW_OPTION_TEXT, 0,
     "the type of token wanted; without it the server chooses"},
    {"resource", TW_OPTION_URLS, 0,
     "URIs of the services the new token is for (RFC 8707)"},
    {"scope", TW_OPTION_SCOPE, 0,
     "what the new token shall allow: scope tokens separated by spaces"},
    {"subject_token", TW_OPTION_SECRET, TW_OPTION_REQUIRED | TW_OPTION_ISSUED,
     "the token that is given: it says for whom"},
    {"subject_token_type", TW_OPTION_TEXT, 0,
     "its type; default access_token"},
};

/* RFC 8693 3, by their last word; anything else is sent as it stands. */
static const char *const TYPES[] = {
    ACCESS_TOKEN,
    TYPE_PREFIX "id_token",
    JWT,
    TYPE_PREFIX "refresh_token",
    TYPE_PREFIX "saml1",
    TYPE_PREFIX "saml2",
};

static const char *
type_of(const char *written)
{
    for (size_t i = 0; written && i < sizeof TYPES / sizeof *TYPES; i++) {
        if (strcmp(written, TYPES[i] + strlen(TYPE_PREFIX)) == 0)
            return TYPES[i];
    }
    return written;
}

static const char *
type_option(const struct tw_host *host, const char *name)
{
    return type_of(host->option(host, name, 0));
}

static const char *
type_or_default(const struct tw_host *host, const char *name)
{
    const char *type = type_option(host, name);

    return type ? type : ACCESS_TOKEN;
}

static int
ask(const struct tw_host *host, struct form *form, struct tw_action *action)
{
    const char *wanted = type_option(host, "requested_token_type");
    int acts = host->has(host, "actor_token");

    if (!acts && host->option(host, "actor_token_type", 0))
        return fail(action, "actor_token_type says of what type actor_token "
                            "is, and there is none");
    form_begin(form, "urn:ietf:params:oauth:grant-type:token-exchange");
    form_add(form, "subject_token", "subject_token", TW_FIELD_SECRET);
    form_add_text(form, "subject_token_type",
                  type_or_default(host, "subject_token_type"));
    if (acts) {
        form_add(form, "actor_token", "actor_token", TW_FIELD_SECRET);
        form_add_text(form, "actor_token_type",
                      type_or_default(host, "actor_token_type"));
    }
    form_add_text(form, "requested_token_type", wanted);
    form_add_option(form, host, "audience");
    form_add_option(form, host, "scope");
    form_add_resources(form, host);
    form_post(form, action);
    if (!wanted || strcmp(wanted, ACCESS_TOKEN) != 0)
        action->flags = TW_POST_UNTYPED;
    return 0;
}

static int
is_access_or_jwt(const char *type)
{
    return strcmp(type, ACCESS_TOKEN) == 0 || strcmp(type, JWT) == 0;
}

/* A server that does not say what it issued is believed. */
static int
judge(const struct tw_host *host, struct tw_action *action)
{
    const char *wanted = type_option(host, "requested_token_type");
    const char *issued = host->member(host, "issued_token_type");

    if (wanted && issued && strcmp(wanted, issued) != 0 &&
        !(is_access_or_jwt(wanted) && is_access_or_jwt(issued)))
        return fail(action, "the server issued a token of another type than "
                            "requested_token_type");
    action->kind = TW_ACTION_DONE;
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
        return judge(host, action);
    default:
        return fail(action, NULL);
    }
}

TW_PROVIDER_V1(.name = "token_exchange",
               .summary = "one token is given for another (RFC 8693)",
               .needs = TW_NEEDS_ENDPOINT, .options = OPTIONS,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .state_size = sizeof(struct form), .advance = advance);
