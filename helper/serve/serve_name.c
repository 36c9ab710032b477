/* SPDX-License-Identifier: MIT */
/*
 * serve_name.c - who asks for a user's instance waits until the user database
 * has said what they are called, and keeps nobody else waiting; see serve.h.
 *
 * The trap is a database that hangs: then nobody waits any more, until it has
 * answered.
 */
#include "helper/serve/serve.h"

/* It may be gone then. */
static void
go_on(struct serve *serve, struct caller *caller)
{
    struct tw_error err;
    struct peer peer;

    caller_take_up(caller);
    if (caller_peer(caller, &peer)) {
        serve_act(serve, caller, &peer, &caller->request);
        return;
    }
    (void)tw_fail(&err, TW_E_SYSTEM, "who called cannot be told any more");
    caller_answer(caller, &err, NULL);
}

bool
serve_puts_off(struct serve *serve, struct caller *caller,
               const struct peer *peer, const struct bell_request *request)
{
    int64_t now_ms = loop_now_ms();

    if (request->command == BELL_STATUS || !serve->namer ||
        !serve_user_is_unnamed(serve, peer, request) ||
        namer_late_ms(serve->namer) <= now_ms)
        return false;
    caller_put_off(caller, request, &serve->unnamed,
                   now_ms + SERVE_UNNAMED_MS);
    return true;
}

/* Whoever is known goes on, up to the first one who is asked for. */
void
serve_name_next(struct serve *serve)
{
    char name[NAME_PART_MAX + 1];

    while (serve->unnamed.first) {
        struct caller *caller = caller_put_off_as(serve->unnamed.first);

        if (!namer_name(serve->namer, caller->allowance->uid, loop_now_ms(),
                        name))
            return;
        go_on(serve, caller);
    }
}

void
serve_named(void *arg, uid_t uid)
{
    struct serve *serve = arg;
    struct timed *patience = serve->unnamed.first;

    while (patience) {
        struct caller *caller = caller_put_off_as(patience);

        patience = patience->following;
        if (caller->allowance->uid == uid)
            go_on(serve, caller);
    }
    serve_name_next(serve);
}

int64_t
serve_unnamed_turn(struct serve *serve, int64_t now_ms)
{
    int64_t late_ms = namer_late_ms(serve->namer), next_ms;
    struct timed *first;

    while ((first = late_ms <= now_ms ? serve->unnamed.first
                                      : timed_due(&serve->unnamed, now_ms)))
        go_on(serve, caller_put_off_as(first));
    next_ms = timed_next(&serve->unnamed);
    return next_ms != LOOP_NEVER && late_ms < next_ms ? late_ms : next_ms;
}
