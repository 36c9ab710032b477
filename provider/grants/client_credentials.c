/* SPDX-License-Identifier: MIT */
/*
 * client_credentials.c - the client credentials grant (RFC 6749 4.4).
 *
 * One request, one answer.  The helper adds the client's authentication; a
 * scope that the profile does not name is left out, never sent empty.
 */
#include "provider/grants/fields.h"

static const struct tw_option OPTIONS[] = {
    {"audience", TW_OPTION_TEXT, 0,
     "whom the token is for, where the server asks for it by that name"},
    {"resource", TW_OPTION_URLS, 0,
     "URIs of the services the token is for (RFC 8707)"},
    {"scope", TW_OPTION_SCOPE, 0,
     "what the token shall allow: scope tokens separated by spaces"},
};

static int
ask(const struct tw_host *host, struct form *form, struct tw_action *action)
{
    form_begin(form, "client_credentials");
    form_add_option(form, host, "scope");
    form_add_option(form, host, "audience");
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

TW_PROVIDER_V1(.name = "client_credentials",
               .summary = "the program itself is the client, no user is "
                          "involved (RFC 6749 4.4)",
               .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT,
               .options = OPTIONS,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .state_size = sizeof(struct form), .advance = advance);
