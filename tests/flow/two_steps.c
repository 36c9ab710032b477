/* SPDX-License-Identifier: MIT */
/*
 * two_steps.c - a made-up grant of somebody else's: a number is asked for, a
 * person is told of it, and after a moment it buys a token, together with a
 * secret.  No refresh token is kept.
 */
#include <tokenward-provider.h>

static const struct tw_option OPTIONS[] = {
    {"number_endpoint", TW_OPTION_URL, TW_OPTION_REQUIRED, "has a number"},
    {"pin", TW_OPTION_SECRET, TW_OPTION_REQUIRED, "goes with the number"},
    {"scope", TW_OPTION_SCOPE, 0, "what the token shall allow"},
};

struct steps {
    struct tw_field fields[4];
};

static void
ask_for_number(const struct tw_host *host, struct tw_action *action)
{
    action->kind = TW_ACTION_POST;
    action->url = host->option(host, "number_endpoint", 0);
    action->flags = TW_POST_ANSWER | TW_POST_NO_CLIENT;
}

static void
tell(const struct tw_host *host, struct tw_action *action)
{
    action->kind = TW_ACTION_TELL;
    action->text = "Look there.";
    action->url = host->option(host, "number_endpoint", 0);
    action->code = "ABCD";
}

static void
buy(const struct tw_host *host, struct steps *steps, struct tw_action *action)
{
    struct tw_field *fields = steps->fields;

    fields[0] = (struct tw_field){"grant_type", "urn:x:two", TW_FIELD_TEXT, 0};
    fields[1] = (struct tw_field){"number", "number", TW_FIELD_MEMBER, 0};
    fields[2] = (struct tw_field){"pin", "pin", TW_FIELD_SECRET, 0};
    fields[3] = (struct tw_field){"scope", host->option(host, "scope", 0),
                                  TW_FIELD_TEXT, 0};
    action->kind = TW_ACTION_POST;
    action->fields = fields;
    action->field_count = 4;
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    switch (event->kind) {
    case TW_EVENT_START:
        ask_for_number(host, action);
        break;
    case TW_EVENT_ANSWER:
        tell(host, action);
        break;
    case TW_EVENT_TOLD:
        action->kind = TW_ACTION_WAIT;
        action->wait_ms = 100;
        break;
    case TW_EVENT_WAITED:
        buy(host, state, action);
        break;
    case TW_EVENT_TOKEN:
        action->kind = TW_ACTION_DONE;
        break;
    default:
        action->kind = TW_ACTION_FAIL;
        break;
    }
    return 0;
}

TW_PROVIDER_V1(.name = "two_steps", .summary = "a number, a person, a token",
               .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT | TW_NEEDS_PERSON,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .options = OPTIONS, .state_size = sizeof(struct steps),
               .advance = advance);
