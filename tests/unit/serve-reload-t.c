/* SPDX-License-Identifier: MIT */
/*
 * serve-reload-t.c - when profiles are read again, and what is said of those
 * that are refused.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/serve/serve.h"

#define AGAIN_MS 60000
#define SLACK_MS 10000 /* a busy host may take so long between two looks */

static struct serve serve;
static struct session session;
static struct era era;
static bool is_busy;
static unsigned started, told;
static int64_t now_ms;

static void
set_up(void)
{
    now_ms = loop_now_ms();
    session.options.system = true;
    serve = (struct serve){.session = &session,
                           .era = &era,
                           .watch = WATCH_INIT,
                           .reload_ms = LOOP_NEVER,
                           .again_ms = LOOP_NEVER,
                           .watch_ms = LOOP_NEVER,
                           .index_ms = LOOP_NEVER,
                           .late_ms = LOOP_NEVER,
                           .end_ms = LOOP_NEVER};
}

/* The linker puts these in the place of whoever reads, looks and tells. */
bool __wrap_renewal_is_busy(const struct renewal *renewal);
bool __wrap_renewal_start(struct renewal *renewal, renewal_complain *complain,
                          void *arg);
void __wrap_serve_check_place(struct serve *of);
void __wrap_log_failure(struct log *log, const char *event,
                        const char *profile, const struct tw_error *err);

bool
__wrap_renewal_is_busy(const struct renewal *renewal)
{
    (void)renewal;
    return is_busy;
}

bool
__wrap_renewal_start(struct renewal *renewal, renewal_complain *complain,
                     void *arg)
{
    (void)renewal;
    (void)complain;
    (void)arg;
    started++;
    is_busy = true;
    return true;
}

void
__wrap_serve_check_place(struct serve *of)
{
    (void)of;
}

void
__wrap_log_failure(struct log *log, const char *event, const char *profile,
                   const struct tw_error *err)
{
    (void)log;
    (void)profile;
    cr_expect_str_eq(event, "reload");
    cr_expect_neq(err->status, TW_OK);
    told++;
}

TestSuite(serve_reload, .init = set_up, .timeout = 60);

static void
end_reading(enum tw_status status, const char *message)
{
    struct profile_set set = {.count = 0};
    struct tw_error err;

    is_busy = false;
    (void)tw_fail(&err, status, "%s", message);
    serve_reloaded(&serve, &set, &err);
}

Test(serve_reload, wants_its_turn_for_whatever_comes_first)
{
    int64_t *const moments[] = {&serve.reload_ms, &serve.again_ms,
                                &serve.watch_ms, &serve.index_ms};

    cr_expect_eq(serve_reload_turn(&serve, now_ms), LOOP_NEVER);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        for (size_t j = 0; j < sizeof moments / sizeof *moments; j++)
            *moments[j] = now_ms + 2000;
        *moments[i] = now_ms + 1000;
        cr_expect_eq(serve_reload_turn(&serve, now_ms), now_ms + 1000,
                     "moment %zu", i);
    }
    cr_expect_eq(started, 0);
}

Test(serve_reload, reads_once_at_a_time)
{
    serve.reload_ms = now_ms;
    (void)serve_reload_turn(&serve, now_ms);
    cr_expect_eq(started, 1);
    cr_expect_not(serve.is_again, "it was asked to");
    serve.reload_ms = now_ms; /* meanwhile */
    (void)serve_reload_turn(&serve, now_ms);
    cr_expect_eq(started, 1);
    is_busy = false;
    (void)serve_reload_turn(&serve, now_ms);
    cr_expect_eq(started, 2);
}

Test(serve_reload, knows_that_nobody_asked)
{
    serve.again_ms = now_ms;
    (void)serve_reload_turn(&serve, now_ms);
    cr_expect_eq(started, 1);
    cr_expect(serve.is_again);
    cr_expect_eq(serve.again_ms, LOOP_NEVER);
}

Test(serve_reload, tells_once_that_it_is_late)
{
    int64_t late_ms;

    serve.reload_ms = now_ms;
    late_ms = serve_reload_turn(&serve, now_ms);
    cr_expect_geq(late_ms, now_ms + RENEWAL_LATE_MS);
    cr_expect_leq(late_ms, loop_now_ms() + RENEWAL_LATE_MS);
    cr_expect_eq(serve_reload_turn(&serve, late_ms - 1), late_ms);
    cr_expect_eq(told, 0);
    cr_expect_eq(serve_reload_turn(&serve, late_ms), LOOP_NEVER);
    cr_expect_eq(serve_reload_turn(&serve, late_ms + 1), LOOP_NEVER);
    cr_expect_eq(told, 1);
    cr_expect_eq(serve.reloads, 1, "metrics are to say so, too");
    cr_expect_eq(serve.refused.status, TW_E_RETRY);
}

Test(serve_reload, tries_again_what_was_no_fault_of_the_files)
{
    for (int i = TW_OK + 1; i <= TW_E_SYSTEM; i++) {
        enum tw_status status = (enum tw_status)i;
        bool passes = status == TW_E_SYSTEM || status == TW_E_RETRY;

        serve.again_ms = LOOP_NEVER;
        end_reading(status, "it failed");
        cr_expect_eq(serve.refused.status, i);
        if (!passes)
            cr_expect_eq(serve.again_ms, LOOP_NEVER, "status %d", i);
        else
            cr_expect(serve.again_ms >= now_ms + AGAIN_MS &&
                          serve.again_ms <= now_ms + AGAIN_MS + SLACK_MS,
                      "status %d", i);
    }
}

/* Whatever else is broken in what was read since. */
Test(serve_reload, tries_again_while_a_profile_of_the_start_is_left_out)
{
    era.set.is_passing = true;
    end_reading(TW_E_CONFIG, "it is broken");
    cr_expect_neq(serve.again_ms, LOOP_NEVER);
}

Test(serve_reload, tells_the_same_once_unless_somebody_asks)
{
    end_reading(TW_E_SYSTEM, "one");
    cr_expect_eq(told, 1);
    serve.is_again = true;
    end_reading(TW_E_SYSTEM, "one");
    cr_expect_eq(told, 1);
    serve.is_again = true;
    end_reading(TW_E_SYSTEM, "two");
    cr_expect_eq(told, 2);
    end_reading(TW_E_SYSTEM, "two");
    cr_expect_eq(told, 3, "somebody asked");
    cr_expect_eq(serve.reloads, 4);
    serve.refused.status = TW_OK;
    serve.is_again = true;
    end_reading(TW_E_SYSTEM, "two");
    cr_expect_eq(told, 4, "it was over");
}

Test(serve_reload, takes_nothing_once_it_is_to_end)
{
    struct profile_set set = {.count = 0};
    const struct tw_error none = {.status = TW_OK};

    serve.end_ms = now_ms;
    serve_reloaded(&serve, &set, &none);
    cr_expect_eq(serve.era, &era);
    cr_expect_eq(told, 0);
}
