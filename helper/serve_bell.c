/* SPDX-License-Identifier: MIT */
/*
 * serve_bell.c - what is done for those who ring: requests for one profile
 * become one fetch, and its end answers them all; see serve.h.
 */
#include <sys/socket.h>

#include "helper/publish.h"
#include "helper/serve.h"
#include "provider/base/lines.h"

#define PEER_GROUPS_MAX 1024 /* who is in more is refused */

/* One of @ward's readers?  As the kernel knew the caller when it called. */
static bool
is_reader(const struct caller *caller, const struct ucred *peer,
          const struct ward *ward)
{
    gid_t groups[PEER_GROUPS_MAX + 1];
    socklen_t n = sizeof groups - sizeof *groups;

    if (getsockopt(caller->fd, SOL_SOCKET, SO_PEERGROUPS, groups, &n) < 0)
        return false;
    groups[n / sizeof *groups] = peer->gid;
    return readers_has(&ward->profile->readers, peer->uid, groups,
                       n / sizeof *groups + 1);
}

/* A user's profiles are that user's; the system's, its service's and root's,
 * and each its readers'.  @ward: NULL for what is of no profile. */
static bool
may_ask(const struct serve *serve, const struct caller *caller,
        const struct ward *ward)
{
    struct ucred peer;
    socklen_t n = sizeof peer;

    if (getsockopt(caller->fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0)
        return false;
    return peer.uid == 0 || peer.uid == geteuid() ||
           (ward && serve->store.system && is_reader(caller, &peer, ward));
}

static void
tell(struct waiter *waiter, const struct tw_error *result)
{
    caller_answer((struct caller *)waiter, result, NULL);
}

static void
ensure(struct serve *serve, struct caller *caller, struct ward *ward,
       int64_t min_valid)
{
    static const struct tw_error GOOD = {.status = TW_OK};

    if (serve_is_good(serve, ward, min_valid)) {
        caller_answer(caller, &GOOD, NULL);
        return;
    }
    caller->waiter.told = tell;
    serve_await(serve, ward, &caller->waiter, min_valid);
}

static void
reject(struct serve *serve, struct caller *caller, struct ward *ward,
       int64_t generation)
{
    struct now now = clock_now();
    struct tw_error err = {.status = TW_OK};

    (void)publish_rejection(&serve->store, ward->name, generation, &err);
    (void)ward_look(ward, &serve->store, now);
    if (!ward->task && !schedule_put(&serve->schedule, &ward->entry, now))
        (void)tw_no_memory(&serve->broken);
    caller_answer(caller, &err, NULL);
}

static void
tell_status(const struct serve *serve, struct caller *caller)
{
    AUTO_SECRET more = SECRET_INIT(1024);
    struct tw_error err = {.status = TW_OK};

    if (!lines_put_int64(&more, "profiles", (int64_t)serve->wards.count) ||
        !lines_put_int64(&more, "failing", (int64_t)serve->failing) ||
        !lines_put_int64(&more, "fetching", (int64_t)serve->running_count) ||
        !lines_put(&more, "reload",
                   tw_status_name((int)serve->refused.status)))
        (void)tw_no_memory(&err);
    caller_answer(caller, &err, &more);
}

/* A user who has just changed a profile asks for the new one.  The system's
 * callers are not those who change its profiles. */
static void
catch_up(struct serve *serve)
{
    if (serve->session->options.system)
        return;
    if (serve->watch.fd >= 0 && watch_read(&serve->watch))
        serve->reload_ms = loop_now_ms();
    if (serve->reload_ms != LOOP_NEVER)
        serve_reload_now(serve);
}

void
serve_asked(void *arg, struct caller *caller,
            const struct bell_request *request)
{
    struct serve *serve = arg;
    struct ward *ward = NULL;
    struct tw_error err;

    if (request->command != BELL_STATUS) {
        catch_up(serve);
        ward = wards_find(&serve->wards, request->profile);
        if (!ward) {
            (void)tw_fail(&err, TW_E_NOT_FOUND,
                          "the resident helper has no profile '%s'",
                          request->profile);
            caller_answer(caller, &err, NULL);
            return;
        }
    }
    if (!may_ask(serve, caller, ward)) {
        (void)tw_fail(&err, TW_E_ACCESS,
                      "the caller is no reader: see readers in "
                      "tokenward-profiles(5)");
        caller_answer(caller, &err, NULL);
    } else if (!ward) {
        tell_status(serve, caller);
    } else if (request->command == BELL_ENSURE) {
        ensure(serve, caller, ward, request->min_valid);
    } else {
        reject(serve, caller, ward, request->generation);
    }
}
