/* SPDX-License-Identifier: MIT */
/*
 * serve_absent.c - readers of instances that were nobody when their template
 * was read are asked for again, one after the other; see serve.h.
 *
 * Who is made a user later has the token then, without a word to us.  A thread
 * asks, since the user database may hang: until it has answered, the instance
 * is refused at once.
 */
#include "helper/serve/serve.h"

#define ROUND_MS 20000 /* for all of them, ... */
#define ONE_MS 500     /* ... and for each, at least */

/* The one that was asked for least; NULL: there is none. */
static struct host_id *
find_next(const struct serve *serve, int64_t *count)
{
    struct host_id *next = NULL;

    *count = 0;
    for (const struct profile_template *template = serve->era->set.templates;
         template; template = template->next) {
        for (struct host_id *absent = template->names.absent; absent;
             absent = absent->next_absent) {
            ++*count;
            if (!next || absent->asked < next->asked)
                next = absent;
        }
    }
    return next;
}

static int64_t
pause_ms(int64_t count)
{
    return count * ONE_MS > ROUND_MS ? ONE_MS : ROUND_MS / count;
}

void
serve_absent_again(struct serve *serve)
{
    int64_t count;

    serve->absent_ms = find_next(serve, &count)
                           ? loop_now_ms() + pause_ms(count)
                           : LOOP_NEVER;
}

int64_t
serve_absent_turn(struct serve *serve, int64_t now_ms)
{
    struct host_id *next;
    int64_t count;

    if (now_ms < serve->absent_ms)
        return serve->absent_ms;
    next = find_next(serve, &count);
    serve->absent_ms = next ? now_ms + pause_ms(count) : LOOP_NEVER;
    if (next && serve->namer) {
        next->asked++;
        (void)namer_find(serve->namer, next->kind, next->name, now_ms);
    }
    return serve->absent_ms;
}

void
serve_found(void *arg, enum host_name kind, const char *name, unsigned id)
{
    struct serve *serve = arg;
    bool some = false;

    for (struct profile_template *template = serve->era->set.templates;
         template && kind != HOST_NOBODY; template = template->next)
        some = host_names_learn(&template->names, kind, name, id) || some;
    if (some)
        serve_look_again(serve);
    serve_name_next(serve);
}
