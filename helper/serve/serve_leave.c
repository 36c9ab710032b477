/* SPDX-License-Identifier: MIT */
/*
 * serve_leave.c - a user's last session has ended, and what was kept for it
 * goes; see serve.h.
 *
 * A fetch that is under way publishes nothing any more, and who waits for one,
 * as that session's own login may, does so in vain.  The ward rests as if its
 * user had not asked for long, and wakes when the user does.
 *
 * The trap is what such a fetch brings all the same: its server knows a token
 * that is not wanted, or says when to come again, and a process of its own may
 * publish.  So its directory stays until then, and its end is looked at, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "helper/login/lifetime.h"
#include "helper/serve/serve.h"
#include "helper/serve/task.h"
#include "helper/store/discard.h"
#include "provider/base/epoch.h"

#define REMOVE_MS 200 /* others wait while it is done */

/* Has a login of this user anything to do with it? */
static enum tw_status
check(const struct ward *ward, const struct peer *peer,
      const struct profile *profile, struct tw_error *err)
{
    if (!ward->users || !profile->login || ward->uid != peer->uid)
        return tw_fail(err, TW_E_ACCESS,
                       "'%s' is not kept for a login of this caller",
                       ward->name);
    return TW_OK;
}

static bool
forget(int dir, const char *name)
{
    return unlinkat(dir, name, 0) == 0 || errno == ENOENT;
}

static bool
is_under_way(const struct serve *serve, const struct ward *ward)
{
    const struct task *task = serve->running;

    while (task && strcmp(task->ward->name, ward->name) != 0)
        task = task->next;
    return task != NULL;
}

/* A note of failures stays, or whoever leaves and comes back would have a
 * server asked that said when: of one that another answered for, too, and one
 * that is yet to come. */
static bool
remove_kept(const struct serve *serve, const struct ward *ward)
{
    struct discard discard = {.deadline_ms = clock_monotonic_ms() + REMOVE_MS};
    AUTO_CLOSE int dir =
        openat(serve->store.root, ward->name,
               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const struct store_profile place = {
        .store = &serve->store, .name = ward->name, .dir = dir, .lock = -1};
    int64_t wait_s;

    if (dir < 0 || (!store_is_noted(&place, clock_now(), &wait_s) &&
                    !is_under_way(serve, ward)))
        return discard_directory(&discard, serve->store.root, ward->name);
    return forget(dir, "token") && forget(dir, "record");
}

/* What is kept is revoked, if it is to be, and removed. */
static enum tw_status
end_kept(struct serve *serve, const struct ward *ward, struct tw_error *err)
{
    bool gone;

    serve_revoke(serve, ward);
    gone = remove_kept(serve, ward);
    epoch_bump(serve->store.root, 0644);
    return gone ? TW_OK
                : tw_fail(err, TW_E_SYSTEM, "%s/%s could not be removed whole",
                          serve->store.path, ward->name);
}

/* There may be one of a ward that a reload has put another in place of.  True:
 * the scribe is at what is to be removed. */
static bool
forsake_tasks(struct serve *serve, const struct ward *ward)
{
    bool result = false;

    for (struct task *task = serve->running; task; task = task->next) {
        if (strcmp(task->ward->name, ward->name) != 0)
            continue;
        task->job.is_moot = true;
        result = result || job_is_writing(&task->job);
    }
    return result;
}

bool
serve_leave_ends(const struct profile *profile, const char *name)
{
    return profile->login &&
           lifetime_is_over(profile->login_lifetime,
                            lifetime_lingers(strchr(name, '@') + 1));
}

enum tw_status
serve_leave(struct serve *serve, const struct peer *peer, struct ward *ward,
            const struct profile *profile, struct tw_error *err)
{
    enum tw_status status = check(ward, peer, profile, err);
    struct tw_error ended;

    if (status || !serve_leave_ends(profile, ward->name))
        return status;
    if (forsake_tasks(serve, ward))
        scribe_settle(serve->scribe);
    status = end_kept(serve, ward, err);
    ward_rest(ward);
    schedule_drop(&serve->schedule, &ward->entry);
    lane_leave(ward);
    (void)tw_fail(&ended, TW_E_RETRY,
                  "the session that '%s' was kept for has ended", ward->name);
    serve_answer(serve, ward, &ended);
    (void)ward_look(&serve->wards, ward, &serve->store, clock_now());
    return status;
}

void
serve_leave_after(struct serve *serve, const struct task *task)
{
    const struct ward *ward = wards_find(&serve->wards, task->ward->name);
    struct tw_error err;

    if (!ward || !ward->users) /* it is nobody's any more, or not a user's */
        return;
    serve_revoke_unkept(serve, ward, &task->job);
    if (ward_is_idle(ward, clock_now()) && end_kept(serve, ward, &err))
        (void)session_fail(serve->session, &err);
}
