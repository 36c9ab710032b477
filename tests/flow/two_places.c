/* SPDX-License-Identifier: MIT */
/*
 * two_places.c - a made-up grant of somebody else's that knows both ways to
 * have a person log in, and leaves both places to the issuer.
 */
#include <tokenward-provider.h>

static const struct tw_option OPTIONS[] = {
    {"authorization_endpoint", TW_OPTION_URL, TW_OPTION_REQUIRED, "browsers"},
    {"device_authorization_endpoint", TW_OPTION_URL, TW_OPTION_REQUIRED,
     "telephones"},
    {"scope", TW_OPTION_SCOPE, 0, "what the token shall allow"},
};

struct places {
    struct tw_field fields[4];
};

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    struct places *places = state;

    if (event->kind != TW_EVENT_START) {
        action->kind =
            event->kind == TW_EVENT_TOKEN ? TW_ACTION_DONE : TW_ACTION_FAIL;
        return 0;
    }
    places->fields[0] =
        (struct tw_field){"grant_type", "urn:x:places", TW_FIELD_TEXT, 0};
    for (unsigned i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++)
        places->fields[i + 1] = (struct tw_field){
            OPTIONS[i].name, host->option(host, OPTIONS[i].name, 0),
            TW_FIELD_TEXT, 0};
    action->kind = TW_ACTION_POST;
    action->fields = places->fields;
    action->field_count = 4;
    return 0;
}

TW_PROVIDER_V1(.name = "two_places", .summary = "a browser or a telephone",
               .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .options = OPTIONS, .state_size = sizeof(struct places),
               .advance = advance);
