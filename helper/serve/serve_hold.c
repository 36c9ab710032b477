/* SPDX-License-Identifier: MIT */
/*
 * serve_hold.c - a fetch has ended: what is kept now, and when there is to be
 * another one; see serve.h.
 *
 * The trap is a profile that is always due (a full disk, a lock that another
 * process holds, fetches that are used up while the token lives): whatever
 * ends is put off by a second at least, and for as long as is known.
 */
#include "helper/serve/serve.h"
#include "helper/store/quota.h"
#include "provider/base/clock.h"

/* What a failure without a note was, a profile's is looked at for longer. */
static void
hold(struct wards *wards, struct ward *ward, const struct tw_error *result,
     struct now now)
{
    enum tw_status status = (enum tw_status)result->status;

    if (!status) {
        ward->failures = 0;
        return;
    }
    ward_fails(wards, ward, true);
    if (schedule_due(&ward->entry.facts, now) > now.boot)
        return; /* its note says when */
    if (ward->failures < INT16_MAX)
        ward->failures++;
    schedule_hold(&ward->entry.facts, status, ward->failures, now,
                  arc4random());
}

/* Used up are the fetches that there may be: nobody is asked before there is
 * one again, and until then a living token is all there is. */
static void
await_quota(const struct serve *serve, struct ward *ward, struct now now)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    int64_t next;

    if (ward->profile->request.max_fetches &&
        !ward_profile(&serve->wards, ward, &profile, NULL) &&
        quota_look(profile, serve->store.system, now.wall, &next, NULL))
        schedule_wait(&ward->entry.facts, next - now.wall, now);
}

/* A job says what it has published; of another profile than the current one,
 * for a session that has ended, rejected since, or after anything else, what
 * is kept is looked at.  Whoever waits while another process is at it may want
 * more than what is kept and not due. */
void
serve_put_back(struct serve *serve, struct ward *ward, const struct task *task)
{
    struct now now = clock_now();
    int64_t due;

    if (!ward->profile)
        return;
    if (task->era == serve->era && !task->job.is_moot && task->job.published &&
        task->job.is_told && task->job.brought.generation >= ward->generation)
        ward_hear(&serve->wards, ward, &task->job.brought, now);
    else
        (void)ward_look(&serve->wards, ward, &serve->store, now);
    hold(&serve->wards, ward, &task->result, now);
    if (task->result.status ||
        schedule_due(&ward->entry.facts, now) <= now.boot)
        await_quota(serve, ward, now);
    due = schedule_due(&ward->entry.facts, now);
    if (due <= now.boot || (task->is_contended && ward->waiting))
        due = now.boot + SERVE_CONTENDED_S;
    if (ward_is_idle(ward, now))
        return;
    if (!schedule_put_at(&serve->schedule, &ward->entry, due))
        (void)tw_no_memory(&serve->broken);
}
