/* SPDX-License-Identifier: MIT */
/*
 * misdeeds.c - a provider that does what MISDEED says: EXIT, CRASH, HANG or
 * PRINT, in its constructor if IN_CONSTRUCTOR is 1, else when it is asked; or
 * LIE, with an action that cannot be.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <tokenward-provider.h>
#include <unistd.h>

#define EXIT 1
#define CRASH 2
#define HANG 3
#define PRINT 4
#define LIE 5

static void
misbehave(void)
{
    switch (MISDEED) {
    case EXIT:
        exit(0);
    case CRASH:
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer takes it */
        (void)raise(SIGSEGV);
        *(volatile int *)8 = 0;
        break;
    case HANG:
        for (;;)
            (void)pause();
    case PRINT:
        (void)puts("token=planted");
        (void)fflush(stdout);
        break;
    default:
        break;
    }
}

static void __attribute__((constructor)) begin(void)
{
    if (IN_CONSTRUCTOR)
        misbehave();
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    static const struct tw_field FIELDS[] = {
        {"grant_type", "client_credentials", TW_FIELD_TEXT, 0},
        {"scope", "payments", TW_FIELD_TEXT, 0},
    };

    (void)host;
    (void)state;
    if (!IN_CONSTRUCTOR)
        misbehave();
    action->kind =
        event->kind == TW_EVENT_TOKEN ? TW_ACTION_DONE : TW_ACTION_FAIL;
    if (event->kind != TW_EVENT_START)
        return 0;
    action->kind = TW_ACTION_POST;
    action->fields = MISDEED == LIE ? NULL : FIELDS;
    action->field_count = MISDEED == LIE ? UINT32_MAX : 2;
    return 0;
}

TW_PROVIDER_V1(.name = NAME, .summary = "behaves badly",
               .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT,
               .advance = advance);
