/* SPDX-License-Identifier: MIT */
/*
 * refresh_token.c - the refresh token as a grant of its own (RFC 6749 6).
 *
 * The first one comes from the profile or from `tokenward login`; each answer
 * may bring the next, which the helper keeps and which counts from then on.
 * When the kept one is refused, the profile's may be newer and is tried once.
 */
#include <string.h>

#include "provider/grants/fields.h"

struct exchange {
    struct form form;
    int tried_secret;
};

static const struct tw_option OPTIONS[] = {
    {"audience", TW_OPTION_TEXT, 0,
     "whom the token is for, where the server asks for it by that name"},
    {"refresh_token", TW_OPTION_SECRET, 0,
     "the first refresh token; without it tokenward login asks for one"},
    {"resource", TW_OPTION_URLS, 0,
     "URIs of the services the token is for (RFC 8707)"},
    {"scope", TW_OPTION_SCOPE, 0,
     "less than what was granted: scope tokens separated by spaces"},
};

static void
redeem(const struct tw_host *host, struct exchange *exchange,
       enum tw_field_kind kind, struct tw_action *action)
{
    struct form *form = &exchange->form;

    exchange->tried_secret = kind == TW_FIELD_SECRET;
    form_begin(form, "refresh_token");
    form_add(form, "refresh_token", "refresh_token", kind);
    form_add_option(form, host, "scope");
    form_add_option(form, host, "audience");
    form_add_resources(form, host);
    form_post(form, action);
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    struct exchange *exchange = state;
    int has = host->has(host, "refresh_token");

    switch (event->kind) {
    case TW_EVENT_START:
        if (has & (TW_HAS_KEPT | TW_HAS_SECRET))
            redeem(host, exchange,
                   has & TW_HAS_KEPT ? TW_FIELD_KEPT : TW_FIELD_SECRET,
                   action);
        else
            action->kind = TW_ACTION_TELL; /* nobody can go on but a person */
        return 0;
    case TW_EVENT_TOKEN:
        action->kind = TW_ACTION_DONE;
        return 0;
    case TW_EVENT_REFUSED:
        if (strcmp(event->error, "invalid_grant") == 0 &&
            (has & TW_HAS_SECRET) && !exchange->tried_secret) {
            redeem(host, exchange, TW_FIELD_SECRET, action);
            return 0;
        }
        action->kind = TW_ACTION_FAIL;
        return 0;
    default:
        action->kind = TW_ACTION_FAIL;
        return 0;
    }
}

TW_PROVIDER_V1(.name = "refresh_token",
               .summary = "a refresh token that was granted elsewhere "
                          "(RFC 6749 6)",
               .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT |
                        TW_KEEPS_REFRESH_TOKEN,
               .options = OPTIONS,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .state_size = sizeof(struct exchange), .advance = advance);
