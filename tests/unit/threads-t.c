/* SPDX-License-Identifier: MIT */
/*
 * threads-t.c - many threads of one handle: records that change under them,
 * helpers that are slow, fail or hang.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "provider/tokenward.h"
#include "tests/unit/marks.h"
#include "tests/unit/published.h"
#include "tests/unit/under_valgrind.h"

#define THREADS 16
#define STACK (32 * 1024) /* what tokenward.h wants */
#define GETS 20000
#define REWRITES 300
#define SOME_GETS 200

static atomic_int failures, given;

TestSuite(threads, .init = published_set_up, .fini = published_tear_down,
          .timeout = 120);

static void
run_all(struct tw_handle *handle, void *(*run)(void *))
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, run, handle), 0);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
}

static struct tw_handle *
open_handle(void)
{
    struct tw_handle *handle = NULL;

    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    return handle;
}

static bool
is_whole(const struct tw_token *token)
{
    return strcmp(tw_token_value(token) + strlen("token-"),
                  tw_token_scope(token) + strlen("scope-")) == 0;
}

static void *
get_many(void *handle)
{
    for (int i = 0; i < GETS; i++) {
        struct tw_token *token;

        if (tw_get(handle, 0, &token, NULL)) {
            failures++;
            continue;
        }
        failures += !is_whole(token);
        tw_token_free(token);
    }
    return NULL;
}

static void *
rewrite(void *unused)
{
    (void)unused;
    for (int64_t generation = 2; generation < REWRITES; generation++)
        publish(generation, 3600, 1000);
    return NULL;
}

Test(threads, share_a_handle_while_records_change)
{
    struct tw_handle *handle;
    pthread_t writer;

    publish(1, 3600, 1000);
    handle = open_handle();
    cr_assert_eq(pthread_create(&writer, NULL, rewrite, NULL), 0);
    run_all(handle, get_many);
    (void)pthread_join(writer, NULL);
    cr_assert_eq(failures, 0);
    tw_close(handle);
}

static void *
get_one(void *handle)
{
    struct tw_error err = {.status = TW_OK};
    struct tw_token *token;

    if (tw_get(handle, 0, &token, &err) == TW_OK) {
        given++;
        tw_token_free(token);
    } else if (err.status == TW_E_DENIED &&
               strcmp(err.message, "no\nask") == 0) {
        failures++;
    }
    return NULL;
}

Test(threads, without_a_token_share_one_helper)
{
    struct tw_handle *handle = open_handle();
    char script[256];

    publish(1, 3600, 1000);
    (void)snprintf(script, sizeof script,
                   "sleep 1; mv %s/tokenward/p/later %s/tokenward/p/record; "
                   "echo status=ok",
                   published_top, published_top);
    helper_is(script);
    cr_assert_eq(renameat(published_place, "record", published_place, "later"),
                 0);
    run_all(handle, get_one);
    cr_assert_eq(given, THREADS);
    cr_assert_eq(helper_starts(), 1);
    tw_close(handle);
}

Test(threads, without_a_token_share_one_failure)
{
    struct tw_handle *handle = open_handle();
    int64_t start = clock_monotonic_ms();

    helper_is("sleep 1; printf 'status=denied\\nmessage=no\\nhint=ask\\n'");
    run_all(handle, get_one);
    cr_assert_eq(failures, THREADS);
    cr_assert_lt(helper_starts(), 4, "started %d times", helper_starts());
    cr_assert_lt(clock_monotonic_ms() - start, 10000);
    tw_close(handle);
}

/* A token for 50 s of 3600, and helpers that hang. */
static void *
get_some(void *handle)
{
    for (int i = 0; i < SOME_GETS; i++) {
        struct tw_token *token;

        if (tw_get(handle, TW_MIN_VALID_DEFAULT, &token, NULL)) {
            failures++;
            continue;
        }
        given++;
        tw_token_free(token);
    }
    return NULL;
}

Test(threads, with_a_living_token_wait_for_nobody)
{
    struct tw_handle *handle = open_handle();
    int64_t start;

    publish(1, 50, -10);
    helper_is("sleep 1; echo status=retry; echo message=down");
    start = clock_monotonic_ms();
    run_all(handle, get_some);
    cr_assert_eq(given, THREADS * SOME_GETS);
    cr_assert_eq(failures, 0);
    /* One thread waits for its helper, the others are served meanwhile. */
    cr_assert_leq(helper_starts(), 3);
    cr_assert_lt(clock_monotonic_ms() - start, 10000);
    tw_close(handle);
}

static int
open_descriptors(void)
{
    AUTO_CLOSEDIR DIR *list = opendir("/proc/self/fd");
    int count = 0;

    while (list && readdir(list))
        count++;
    return count;
}

Test(threads, one_that_is_cancelled_ends_its_get)
{
    struct tw_handle *handle = open_handle();
    int64_t start = clock_monotonic_ms();
    int before = open_descriptors();
    pthread_t thread;

    helper_is("sleep 1; printf 'status=denied\\nmessage=no\\nhint=ask\\n'");
    cr_assert_eq(pthread_create(&thread, NULL, get_one, handle), 0);
    while (helper_starts() == 0)
        (void)poll(NULL, 0, 10);
    cr_assert_eq(pthread_cancel(thread), 0);
    (void)pthread_join(thread, NULL);
    cr_assert_eq(failures, 1);
    cr_assert_eq(open_descriptors(), before);
    (void)get_one(handle);
    cr_assert_eq(failures, 2);
    cr_assert_lt(clock_monotonic_ms() - start, 10000);
    tw_close(handle);
}

Test(threads, an_answer_is_not_shared_for_ever)
{
    struct tw_handle *handle = open_handle();
    struct tw_token *token;

    helper_is("echo status=denied; echo message=no; echo hint=ask");
    (void)get_one(handle);
    (void)get_one(handle);
    cr_assert_eq(failures, 2);
    cr_assert_eq(helper_starts(), 2);
    publish(1, 3600, 1000);
    cr_assert_eq(tw_get(handle, 0, &token, NULL), TW_OK);
    tw_token_free(token);
    tw_close(handle);
}

static void *
get_and_reject(void *handle)
{
    struct tw_token *token;
    struct tw_error err;

    for (int i = 0; i < 3; i++) {
        if (tw_get(handle, 0, &token, &err))
            continue;
        given++;
        failures += tw_reject(handle, token, &err) != TW_OK;
        tw_token_free(token);
    }
    return NULL;
}

Test(threads, need_a_small_stack)
{
    struct tw_handle *handle = open_handle();
    pthread_attr_t small;
    pthread_t thread;
    char script[256];

    if (!WIPES || under_valgrind())
        cr_skip_test("the stack is somebody else's, too");
    publish(1, 3600, 1000);
    (void)snprintf(script, sizeof script,
                   "mv %s/tokenward/p/later %s/tokenward/p/record; "
                   "echo status=ok",
                   published_top, published_top);
    helper_is(script);
    cr_assert_eq(renameat(published_place, "record", published_place, "later"),
                 0);
    cr_assert_eq(pthread_attr_init(&small), 0);
    cr_assert_eq(pthread_attr_setstacksize(&small, STACK), 0);
    cr_assert_eq(pthread_create(&thread, &small, get_and_reject, handle), 0);
    (void)pthread_join(thread, NULL);
    (void)pthread_attr_destroy(&small);
    cr_assert_eq(given, 3);
    cr_assert_eq(failures, 0);
    tw_close(handle);
}
