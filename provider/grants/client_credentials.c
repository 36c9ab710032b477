/* SPDX-License-Identifier: MIT */
/*
 * client_credentials.c - the client credentials grant (RFC 6749 4.4).
 *
 * One request, one answer.  The helper adds the client's authentication; a
 * scope that the profile does not name is left out, never sent empty.  The
 * shortest provider there is: a specimen for others.
 */
#include "provider/tokenward-provider.h"

#define RESOURCES_MAX 32 /* as many as a profile may list */

struct exchange {
    struct tw_field fields[3 + RESOURCES_MAX];
};

static const struct tw_option OPTIONS[] = {
    {"audience", TW_OPTION_TEXT, 0,
     "whom the token is for, where the server asks for it by that name"},
    {"resource", TW_OPTION_URLS, 0,
     "URIs of the services the token is for (RFC 8707)"},
    {"scope", TW_OPTION_SCOPE, 0,
     "what the token shall allow: scope tokens separated by spaces"},
};

static void
add(struct tw_action *action, struct tw_field *fields, const char *name,
    const char *value)
{
    if (!value)
        return;
    fields[action->field_count++] =
        (struct tw_field){.name = name, .value = value, .kind = TW_FIELD_TEXT};
}

static void
ask(const struct tw_host *host, struct exchange *exchange,
    struct tw_action *action)
{
    struct tw_field *fields = exchange->fields;

    add(action, fields, "grant_type", "client_credentials");
    add(action, fields, "scope", host->option(host, "scope", 0));
    add(action, fields, "audience", host->option(host, "audience", 0));
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        add(action, fields, "resource", host->option(host, "resource", i));
    action->kind = TW_ACTION_POST;
    action->fields = fields;
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    switch (event->kind) {
    case TW_EVENT_START:
        ask(host, state, action);
        return 0;
    case TW_EVENT_TOKEN:
        action->kind = TW_ACTION_DONE;
        return 0;
    default:
        action->kind = TW_ACTION_FAIL;
        return 0;
    }
}

TW_PROVIDER_V1(.name = "client_credentials",
               .summary = "the program itself is the client, no user is "
                          "involved (RFC 6749 4.4)",
               .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT,
               .options = OPTIONS,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .state_size = sizeof(struct exchange), .advance = advance);
