/* SPDX-License-Identifier: MIT */
/*
 * exec.c - a command has the token, or knows how to get it.
 *
 * Nobody is asked here: the helper runs the command and reads what it prints
 * like an endpoint's answer.
 */
#include "provider/tokenward-provider.h"

static const struct tw_option OPTIONS[] = {
    {"command", TW_OPTION_COMMAND, TW_OPTION_REQUIRED,
     "[PROGRAM, ARGUMENT, ...]: prints the token, or a JSON token response"},
};

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    (void)host;
    (void)state;
    switch (event->kind) {
    case TW_EVENT_START:
        action->kind = TW_ACTION_TAKE;
        action->text = "command";
        return 0;
    case TW_EVENT_TOKEN:
        action->kind = TW_ACTION_DONE;
        return 0;
    default:
        action->kind = TW_ACTION_FAIL;
        return 0;
    }
}

TW_PROVIDER_V1(.name = "exec", .summary = "a command prints the token",
               .options = OPTIONS,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .advance = advance);
