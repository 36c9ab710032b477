/* SPDX-License-Identifier: MIT */
/*
 * serve_bell.c - what is done for those who ring: requests for one profile
 * become one fetch, and its end answers them all; see serve.h.
 */
#include <string.h>
#include <sys/socket.h>

#include "helper/fingerprint.h"
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

/* The kept token is this profile's and lives for long enough. */
static bool
is_good(const struct serve *serve, const struct ward *ward, int64_t min_valid)
{
    AUTO_RECORD record = RECORD_INIT;
    char fingerprint[FINGERPRINT_SIZE], path[NAME_MAX];
    int64_t left;

    (void)snprintf(path, sizeof path, "%s/record", ward->name);
    if (record_read(serve->store.root, path, geteuid(), !serve->store.system,
                    &record, NULL) ||
        !fingerprint_of(ward->profile, fingerprint) ||
        strcmp(record.fingerprint, fingerprint) != 0 ||
        strcmp(record.source_mark, ward->profile->mark->text) != 0 ||
        record_is_behind(&record))
        return false;
    left = record_left(&record, clock_now());
    return left > 0 && left >= record_wanted(&record, min_valid);
}

static void
ensure(struct serve *serve, struct caller *caller, struct ward *ward,
       int64_t min_valid)
{
    static const struct tw_error GOOD = {.status = TW_OK};

    if (is_good(serve, ward, min_valid)) {
        caller_answer(caller, &GOOD, NULL);
        return;
    }
    caller->ward = ward;
    caller->next = ward->waiting;
    ward->waiting = caller;
    if (min_valid > ward->min_valid)
        ward->min_valid = min_valid;
    if (!ward->task)
        lane_put_first(&serve->wards, ward);
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

void
serve_left(void *arg, struct caller *caller)
{
    struct caller **at = &caller->ward->waiting;

    (void)arg;
    while (*at && *at != caller)
        at = &(*at)->next;
    if (*at)
        *at = caller->next;
    caller->ward = NULL;
}

void
serve_answer(struct ward *ward, const struct tw_error *result)
{
    struct caller *caller = ward->waiting;

    ward->waiting = NULL;
    ward->min_valid = TW_MIN_VALID_DEFAULT;
    while (caller) {
        struct caller *next = caller->next;

        caller_answer(caller, result, NULL);
        caller = next;
    }
}
