/* SPDX-License-Identifier: MIT */
/*
 * serve-adopt-t.c - a set of profiles takes another's place: who waits, what
 * is looked at, and what is tried again.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/serve/serve.h"
#include "helper/store/index_write.h"
#include "tests/unit/loading.h"

static struct serve serve;
static struct session session;
static bool fails; /* the watch, and the index */
static unsigned watched, written, complaints;
static const struct tw_error NONE = {.status = TW_OK};

/* The linker puts these in the place of what needs more of a host. */
enum tw_status __wrap_watch_set(struct watch *watch,
                                const struct profile_set *set, bool *missed,
                                struct tw_error *err);
enum tw_status __wrap_index_write(const struct profile_set *set,
                                  const struct profile_scope *scope,
                                  const struct store *store,
                                  struct tw_error *err);
bool __wrap_loop_watch(struct loop *loop, int fd, uint32_t events,
                       loop_ready *ready, void *arg);
enum tw_status __wrap_session_fail(struct session *of,
                                   const struct tw_error *err);
bool __wrap_renewal_is_busy(const struct renewal *renewal);

enum tw_status
__wrap_watch_set(struct watch *watch, const struct profile_set *set,
                 bool *missed, struct tw_error *err)
{
    (void)watch;
    cr_expect_eq(set, &serve.era->set);
    watched++;
    *missed = false;
    return fails ? tw_fail(err, TW_E_SYSTEM, "inotify") : TW_OK;
}

enum tw_status
__wrap_index_write(const struct profile_set *set,
                   const struct profile_scope *scope,
                   const struct store *store, struct tw_error *err)
{
    (void)scope;
    (void)store;
    cr_expect_eq(set, &serve.era->set);
    written++;
    return fails ? tw_fail(err, TW_E_SYSTEM, "index") : TW_OK;
}

bool
__wrap_loop_watch(struct loop *loop, int fd, uint32_t events,
                  loop_ready *ready, void *arg)
{
    (void)loop;
    (void)fd;
    (void)events;
    (void)ready;
    (void)arg;
    return true;
}

enum tw_status
__wrap_session_fail(struct session *of, const struct tw_error *err)
{
    (void)of;
    complaints++;
    return (enum tw_status)err->status;
}

bool
__wrap_renewal_is_busy(const struct renewal *renewal)
{
    (void)renewal;
    return false;
}

static struct profile_set
load(void)
{
    struct profile_set set;
    struct tw_error err;

    cr_assert_eq(loading_load(false, &set, &err), TW_OK, "%s", err.message);
    return set;
}

static void
reload(void)
{
    struct profile_set set = load();

    serve_reloaded(&serve, &set, &NONE);
}

static void
set_up(void)
{
    loading_begin();
    loading_put_profile("profiles.d/a.yaml", 0600, "stays", "{env: A}");
    loading_put_profile("profiles.d/b.yaml", 0600, "goes", "{env: A}");
    serve = (struct serve){.session = &session,
                           .store = {.root = -1},
                           .watch = WATCH_INIT,
                           .reload_ms = LOOP_NEVER,
                           .again_ms = LOOP_NEVER,
                           .watch_ms = LOOP_NEVER,
                           .index_ms = LOOP_NEVER,
                           .strays_ms = LOOP_NEVER,
                           .absent_ms = LOOP_NEVER,
                           .late_ms = LOOP_NEVER,
                           .end_ms = LOOP_NEVER,
                           .refused = {.status = TW_E_RETRY}};
    reload();
    cr_assert(serve.era);
}

static void
tear_down(void)
{
    wards_clear(&serve.wards);
    schedule_clear(&serve.schedule);
    era_release(serve.era);
    scratch_remove();
}

TestSuite(serve_adopt, .init = set_up, .fini = tear_down, .timeout = 60);

/* As if it had no set. */
static void
start(enum tw_status broken)
{
    struct profile_set set;

    wards_clear(&serve.wards);
    schedule_clear(&serve.schedule);
    era_release(serve.era);
    serve.era = NULL;
    serve.unlooked = NULL;
    serve.again_ms = LOOP_NEVER;
    set = load();
    if (broken)
        (void)tw_fail(&set.broken, broken, "it is left out");
    serve_reloaded(&serve, &set, &NONE);
}

static enum tw_status last_told;

static void
tell(struct waiter *waiter, const struct tw_error *result)
{
    (void)waiter;
    last_told = (enum tw_status)result->status;
}

Test(serve_adopt, the_first_set_clears_what_was_said_while_it_was_read)
{
    cr_expect_eq(serve.refused.status, TW_OK);
    cr_expect_eq(serve.again_ms, LOOP_NEVER);
    cr_expect_eq(serve.strays_ms, LOOP_NEVER, "whoever loads looks at them");
    cr_expect_eq(serve.wards.count, 2);
}

Test(serve_adopt, who_waits_goes_on_or_is_told_that_there_is_nothing)
{
    static struct waiter for_one = {.told = tell}, for_other = {.told = tell};
    struct ward *stays = wards_find(&serve.wards, "stays");
    const struct profile *before = stays->profile;

    serve_await(&serve, stays, &for_one, 0);
    serve_await(&serve, wards_find(&serve.wards, "goes"), &for_other, 0);
    scratch_tick();
    cr_assert_eq(unlink(scratch_path("profiles.d/b.yaml")), 0);
    reload();
    cr_expect_eq(last_told, TW_E_NOT_FOUND);
    cr_expect_null(for_other.ward);
    cr_expect_eq(for_one.ward, stays);
    cr_expect_neq(stays->profile, before);
    cr_expect(stays->in_lane);
    cr_expect_eq(serve.unlooked, serve.wards.first);
    cr_expect_neq(serve.strays_ms, LOOP_NEVER, "what is kept is looked at");
}

/* Its name is another profile's by now, which nobody has given up. */
Test(serve_adopt, what_a_user_gave_up_does_not_outlast_the_set)
{
    static struct profile sample = {.name = NULL};
    static const struct profile_template users = {.sample = &sample,
                                                  .of_users = true};
    struct ward *ward = wards_add_user(&serve.wards, &users, "own@anna", 1);

    cr_assert(ward);
    ward->is_given_up = true;
    loading_put_profile("profiles.d/c.yaml", 0600, "own@anna", "{env: A}");
    reload();
    ward = wards_find(&serve.wards, "own@anna");
    cr_assert(ward && !ward->users);
    cr_expect_not(ward->is_given_up);
}

Test(serve_adopt, the_set_before_is_let_go)
{
    struct era *before = serve.era;

    before->holds++; /* as a task does that is under way */
    reload();
    cr_expect_neq(serve.era, before);
    cr_expect_eq(before->holds, 1);
    era_release(before);
}

Test(serve_adopt, what_is_being_fetched_is_not_lined_up_beside_that)
{
    static struct waiter somebody = {.told = tell};
    static struct task task;
    struct ward *stays = wards_find(&serve.wards, "stays");

    stays->task = &task;
    serve_await(&serve, stays, &somebody, 0);
    reload();
    cr_expect_not(stays->in_lane);
    stays->task = NULL;
}

Test(serve_adopt, watch_and_index_are_tried_until_they_are_there)
{
    int64_t now_ms;

    cr_expect_eq(watched, 1);
    cr_expect_eq(written, 1);
    fails = true;
    reload();
    cr_expect_eq(complaints, 2);
    now_ms = serve.watch_ms > serve.index_ms ? serve.watch_ms : serve.index_ms;
    cr_assert_neq(now_ms, LOOP_NEVER);
    cr_expect_geq(serve_reload_turn(&serve, now_ms), now_ms);
    cr_expect_eq(watched, 3);
    cr_expect_eq(written, 3);
    cr_expect_eq(complaints, 2, "told once");
    fails = false;
    now_ms = serve.watch_ms > serve.index_ms ? serve.watch_ms : serve.index_ms;
    cr_expect_eq(serve_reload_turn(&serve, now_ms), LOOP_NEVER);
    cr_expect_eq(watched, 4);
    cr_expect_eq(written, 4);
    fails = true;
    reload();
    cr_expect_eq(complaints, 4, "which is over, so that it is told again");
}

/* Reads the set, of which something is broken for good. */
static bool
takes(bool was_passing, bool is_again, bool is_passing)
{
    const struct era *before = serve.era;
    struct profile_set set = load();

    serve.era->set.is_passing = was_passing;
    serve.is_again = is_again;
    (void)tw_fail(&set.broken, TW_E_CONFIG, "it is broken");
    set.is_passing = is_passing;
    serve_reloaded(&serve, &set, &NONE);
    cr_expect_not(serve.is_again);
    return serve.era != before;
}

Test(serve_adopt, what_the_start_left_out_comes_beside_what_is_broken)
{
    cr_expect_not(takes(false, true, false), "nothing was left out for that");
    cr_expect_not(takes(true, false, false), "somebody asked for all");
    cr_expect_not(takes(true, true, true), "it is left out still");
    cr_expect(takes(true, true, false));
    cr_expect_eq(serve.refused.status, TW_OK);
    cr_expect_eq(serve.strays_ms, LOOP_NEVER, "what is broken is not gone");
    scratch_tick();
    cr_assert_eq(unlink(scratch_path("profiles.d/b.yaml")), 0);
    cr_expect_not(takes(true, true, false), "another one would be lost");
}

Test(serve_adopt,
     what_is_left_out_for_now_is_tried_again_beside_what_is_broken)
{
    cr_expect_not(takes(false, false, false));
    cr_expect_eq(serve.again_ms, LOOP_NEVER);
    cr_expect_not(takes(false, false, true));
    cr_expect_neq(serve.again_ms, LOOP_NEVER);
}

Test(serve_adopt, a_start_is_tried_again_for_what_was_no_fault_of_the_files)
{
    start(TW_E_CONFIG);
    cr_expect_eq(serve.again_ms, LOOP_NEVER);
    cr_expect_eq(serve.refused.status, TW_OK, "the rest is taken");
    start(TW_E_SYSTEM);
    cr_expect_neq(serve.again_ms, LOOP_NEVER);
}
