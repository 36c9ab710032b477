/* SPDX-License-Identifier: MIT */
/*
 * serve_bell.c - what is done for those who ring: requests for one profile
 * become one fetch, and its end answers them all; see serve.h.
 */
#include <stdio.h>
#include <sys/socket.h>

#include "helper/fetch/publish.h"
#include "helper/serve/serve.h"
#include "provider/base/lines.h"

/* A user's profiles are that user's; the system's, its service's and root's,
 * and each its readers'.  @profile: NULL for what is of no profile. */
static bool
may_ask(const struct serve *serve, const struct peer *peer,
        const struct profile *profile)
{
    return peer->uid == 0 || peer->uid == geteuid() ||
           (profile && serve->store.system &&
            readers_has(profile_readers(profile), peer->uid, peer->groups,
                        peer->group_count));
}

/* Who may read the token now, by our word. */
static void
write_down(struct serve *serve, const struct caller *caller, const char *name)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    AUTO_RECORD record = RECORD_INIT;
    struct audit_answer answer = {.door = "doorbell"};
    const struct ward *ward = wards_find(&serve->wards, name);
    struct ucred peer;
    socklen_t n = sizeof peer;

    if (!serve->audit.path || !ward || !ward->profile ||
        getsockopt(caller->fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0 ||
        ward_profile(&serve->wards, ward, &profile, NULL) ||
        !serve_alive(serve, profile, &record))
        return;
    answer.uid = peer.uid;
    answer.pid = peer.pid;
    audit_tell(&serve->audit, &answer, &record, clock_now().wall);
}

static void
tell(struct waiter *waiter, const struct tw_error *result)
{
    struct caller *caller = (struct caller *)waiter;

    if (!result->status)
        write_down(caller->bell->host.arg, caller, caller->profile);
    caller_answer(caller, result, NULL);
}

/* One tenant's wishes shall not fill the lane that others share. */
static bool
is_limited(const struct serve *serve, const struct peer *peer)
{
    return serve->store.system && peer->uid != 0 && peer->uid != geteuid();
}

/* What is due is fetched anyway. */
static enum tw_status
may_have_fetched(const struct serve *serve, const struct caller *caller,
                 const struct peer *peer, const struct ward *ward,
                 struct tw_error *err)
{
    if (!is_limited(serve, peer) ||
        (ward &&
         (ward->task || schedule_due(&ward->entry.facts, clock_now()) <=
                            clock_now().boot)) ||
        allowance_fetch(caller->allowance, loop_now_ms()))
        return TW_OK;
    return tw_fail(err, TW_E_RETRY,
                   "more than %d fetches of one user in a minute that were "
                   "not due",
                   ALLOWANCE_FETCHES);
}

/* What became due while nobody asked for it was let go. */
static void
wake(struct serve *serve, struct ward *ward)
{
    struct now now = clock_now();
    bool was_idle = ward_is_idle(ward, now);

    ward->asked = now.boot;
    if (was_idle && !ward->task &&
        !schedule_put(&serve->schedule, &ward->entry, now))
        (void)tw_no_memory(&serve->broken);
}

static void
ensure(struct serve *serve, struct caller *caller, const struct peer *peer,
       struct ward *ward, const struct profile *profile, int64_t min_valid)
{
    static const struct tw_error GOOD = {.status = TW_OK};
    struct tw_error err;

    wake(serve, ward);
    (void)snprintf(caller->profile, sizeof caller->profile, "%s", ward->name);
    if (serve_is_good(serve, profile, min_valid)) {
        write_down(serve, caller, ward->name);
        caller_answer(caller, &GOOD, NULL);
        return;
    }
    if (may_have_fetched(serve, caller, peer, ward, &err)) {
        caller_answer(caller, &err, NULL);
        return;
    }
    caller->waiter.told = tell;
    caller->waiter.allowance =
        is_limited(serve, peer) ? caller->allowance : NULL;
    serve_await(serve, ward, &caller->waiter, min_valid);
}

static void
reject(struct serve *serve, struct caller *caller, const struct peer *peer,
       struct ward *ward, const struct profile *profile, int64_t generation)
{
    struct now now = clock_now();
    struct tw_error err = {.status = TW_OK};

    if (may_have_fetched(serve, caller, peer, NULL, &err)) {
        caller_answer(caller, &err, NULL);
        return;
    }
    (void)publish_rejection(&serve->store, ward->name,
                            profile_readers(profile), generation, &err);
    (void)ward_look(&serve->wards, ward, &serve->store, now);
    if (!ward->task && !schedule_put(&serve->schedule, &ward->entry, now))
        (void)tw_no_memory(&serve->broken);
    caller_answer(caller, &err, NULL);
}

static void
leave(struct serve *serve, struct caller *caller, const struct peer *peer,
      struct ward *ward, const struct profile *profile)
{
    struct tw_error err = {.status = TW_OK};

    (void)serve_leave(serve, peer, ward, profile, &err);
    caller_answer(caller, &err, NULL);
}

static void
tell_status(const struct serve *serve, struct caller *caller)
{
    AUTO_SECRET more = SECRET_INIT(1024);
    struct tw_error err = {.status = TW_OK};

    if (!lines_put_int64(&more, "profiles", (int64_t)serve->wards.count) ||
        !lines_put_int64(&more, "failing", (int64_t)serve->wards.failing) ||
        !lines_put_int64(&more, "failing_on_refresh",
                         (int64_t)serve->hooks.failing) ||
        !lines_put_int64(&more, "fetching", (int64_t)serve->running_count) ||
        !lines_put(&more, "reload",
                   tw_status_name((int)serve_reload_fault(serve)->status)))
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
        serve_reload(serve);
}

/* The ward that is meant, and its profile, if this caller may have them. */
static enum tw_status
find(struct serve *serve, const struct peer *peer,
     const struct bell_request *request, struct ward **ward,
     const struct profile **profile, struct tw_error *err)
{
    enum tw_status status = TW_OK;

    *ward = wards_find(&serve->wards, request->profile);
    if (!*ward || ((*ward)->users && !serve_user_leaves(peer, *ward, request)))
        status = serve_user(serve, peer, request, ward, err);
    if (!status)
        status = ward_profile(&serve->wards, *ward, profile, err);
    if (!status && !may_ask(serve, peer, *profile))
        status = tw_fail(err, TW_E_ACCESS,
                         "the caller is no reader: see readers in "
                         "tokenward-profiles(5)");
    return status;
}

void
serve_act(struct serve *serve, struct caller *caller, const struct peer *peer,
          const struct bell_request *request)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    struct ward *ward = NULL;
    struct tw_error err = {.status = TW_OK};

    if (request->command != BELL_STATUS) {
        catch_up(serve);
        /* Who leaves and comes back has a token fetched that was not due. */
        if (request->command == BELL_LEAVE)
            (void)may_have_fetched(serve, caller, peer, NULL, &err);
        if (!err.status)
            (void)find(serve, peer, request, &ward, &profile, &err);
    } else if (!may_ask(serve, peer, NULL)) {
        (void)tw_fail(&err, TW_E_ACCESS,
                      "what there is in all is told to the service and root");
    }
    if (err.status)
        caller_answer(caller, &err, NULL);
    else if (request->command == BELL_STATUS)
        tell_status(serve, caller);
    else if (request->command == BELL_ENSURE)
        ensure(serve, caller, peer, ward, profile, request->min_valid);
    else if (request->command == BELL_LEAVE)
        leave(serve, caller, peer, ward, profile);
    else
        reject(serve, caller, peer, ward, profile, request->generation);
}

void
serve_asked(void *arg, struct caller *caller,
            const struct bell_request *request)
{
    struct serve *serve = arg;
    struct tw_error err;
    struct peer peer;

    if (!caller_peer(caller, &peer)) {
        (void)tw_fail(&err, TW_E_ACCESS, "the caller is in too many groups");
        caller_answer(caller, &err, NULL);
    } else if (!serve_puts_off(serve, caller, &peer, request)) {
        serve_act(serve, caller, &peer, request);
    }
}
