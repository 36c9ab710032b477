/* SPDX-License-Identifier: MIT */
/*
 * file.c - somebody else brings the token and puts it into a file.
 *
 * Nobody is asked here: the helper reads the file like an endpoint's answer,
 * and again whenever it looks different.
 */
#include "provider/tokenward-provider.h"

static const struct tw_option OPTIONS[] = {
    {"file", TW_OPTION_FILE, TW_OPTION_REQUIRED,
     "holds the token, or a JSON token response"},
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
        action->text = "file";
        return 0;
    case TW_EVENT_TOKEN:
        action->kind = TW_ACTION_DONE;
        return 0;
    default:
        action->kind = TW_ACTION_FAIL;
        return 0;
    }
}

TW_PROVIDER_V1(.name = "file",
               .summary = "another program's file holds the token",
               .options = OPTIONS,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .advance = advance);
