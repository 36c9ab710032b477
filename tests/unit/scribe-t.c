/* SPDX-License-Identifier: MIT */
/*
 * scribe-t.c - what is put is committed in order, several at a time, and what
 * came of it told by the loop; and all of it is there when that is waited for.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helper/base/scribe.h"
#include "helper/store/store.h"

#define PLACES 20
#define ORDERS 200

static char root[80], names[PLACES][8];
static struct store store = {.root = -1};
static struct store_profile places[PLACES];
static struct {
    struct scribe_order order;
    struct store_change change;
    enum tw_status status;
    struct tw_error err;
} tasks[ORDERS];
static struct loop loop;
static size_t told, rests;

static void
set_up(void)
{
    strcpy(root, "/tmp/tokenward-scribe.XXXXXX");
    cr_assert_not_null(mkdtemp(root));
    cr_assert_eq(store_open(root, false, &store, NULL), TW_OK);
    for (size_t i = 0; i < PLACES; i++) {
        (void)snprintf(names[i], sizeof names[i], "p%zu", i);
        cr_assert_eq(store_enter(&store, names[i], &places[i], NULL), TW_OK);
    }
    cr_assert_eq(loop_open(&loop, NULL), TW_OK);
}

static void
tear_down(void)
{
    char command[128];

    for (size_t i = 0; i < ORDERS; i++)
        store_change_clear(&tasks[i].change);
    for (size_t i = 0; i < PLACES; i++)
        store_leave(&places[i]);
    store_close(&store);
    loop_close(&loop);
    (void)snprintf(command, sizeof command, "rm -rf %s", root);
    (void)!system(command);
}

TestSuite(scribe, .init = set_up, .fini = tear_down, .timeout = 60);

static void
commit(void *arg)
{
    size_t i = (size_t)arg;

    tasks[i].status = store_commit(&tasks[i].change, &tasks[i].err);
}

static void
rest(void)
{
    store_rest();
    rests++;
}

static void
on_done(void *arg)
{
    cr_expect_eq((size_t)arg, told, "out of order");
    told++;
}

/* The @i-th: the next generation of its place, or again the one before. */
static struct scribe_order *
prepare(size_t i, bool is_stale)
{
    int64_t expected = (int64_t)(i / PLACES) - is_stale;
    struct now now = clock_now();
    char token[24];
    const struct record record = {.profile = "p",
                                  .generation = expected + 1,
                                  .token_type = "Bearer",
                                  .token = token,
                                  .token_len =
                                      (size_t)sprintf(token, "token-%zu", i),
                                  .issued_at = now.wall,
                                  .expires = moment_after(now, 100),
                                  .lifetime = 100,
                                  .refresh_at = now.wall + 75};

    tasks[i].order = (struct scribe_order){
        .work = commit, .rest = rest, .done = on_done, .arg = (void *)i};
    tasks[i].change = (struct store_change)STORE_CHANGE_INIT;
    cr_assert_eq(store_prepare(&places[i % PLACES], &record, expected,
                               &tasks[i].change, NULL),
                 TW_OK);
    return &tasks[i].order;
}

static void
expect_kept(size_t i)
{
    AUTO_RECORD kept = RECORD_INIT;
    char token[24];

    (void)snprintf(token, sizeof token, "token-%zu", i);
    cr_assert_eq(store_record(&places[i % PLACES], &kept, NULL), TW_OK);
    cr_expect_str_eq(kept.token, token);
    cr_expect_eq(kept.generation, (int64_t)(i / PLACES) + 1);
}

Test(scribe, commits_in_order_and_tells_the_loop)
{
    struct scribe *scribe = scribe_open(&loop, SCRIBE_SEVERAL);

    cr_assert_not_null(scribe);
    for (size_t i = 0; i < ORDERS; i++)
        scribe_put(scribe, prepare(i, false));
    while (told < ORDERS)
        cr_assert_eq(loop_wait(&loop, LOOP_NEVER, NULL), TW_OK);
    for (size_t i = 0; i < ORDERS; i++)
        cr_expect_eq(tasks[i].status, TW_OK);
    for (size_t i = ORDERS - PLACES; i < ORDERS; i++)
        expect_kept(i);
    scribe_close(scribe);
}

static bool
is_asleep(const char *thread)
{
    char path[64], state = 0;
    FILE *file;

    (void)snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", thread);
    file = fopen(path, "re");
    if (!file)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 0;
    (void)fclose(file);
    return state == 'S';
}

static bool
all_others_are_asleep(void)
{
    DIR *threads = opendir("/proc/self/task");
    const struct dirent *entry;
    bool result = true;

    cr_assert_not_null(threads);
    while ((entry = readdir(threads))) {
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != getpid())
            result = is_asleep(entry->d_name) && result;
    }
    (void)closedir(threads);
    return result;
}

/* A wake-up and a lock are for several of them, unless nothing else is to be
 * done.  A thread that is not waiting takes what it finds. */
Test(scribe, works_at_several_or_when_there_is_a_lull)
{
    struct scribe *scribe = scribe_open(&loop, SCRIBE_SEVERAL);

    while (!all_others_are_asleep())
        (void)usleep(1000);
    for (size_t i = 0; i < SCRIBE_SEVERAL; i++)
        scribe_put(scribe, prepare(i, false));
    while (told < SCRIBE_SEVERAL)
        cr_assert_eq(loop_wait(&loop, LOOP_NEVER, NULL), TW_OK);
    cr_expect_eq(rests, 1);
    scribe_put(scribe, prepare(SCRIBE_SEVERAL, false));
    while (told <= SCRIBE_SEVERAL)
        cr_assert_eq(loop_wait(&loop, LOOP_NEVER, NULL), TW_OK);
    cr_expect_eq(rests, 2);
    expect_kept(SCRIBE_SEVERAL);
    scribe_close(scribe);
}

static void
on_ready(void *arg, int fd, uint32_t events)
{
    size_t *calls = arg;

    (void)fd;
    (void)events;
    ++*calls;
}

/* As one who rings all the time would keep it. */
Test(scribe, is_not_kept_from_its_work_by_a_loop_without_a_lull)
{
    struct scribe *scribe = scribe_open(&loop, SCRIBE_SEVERAL);
    int always = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    size_t calls = 0;

    cr_assert(loop_watch(&loop, always, EPOLLIN, on_ready, &calls));
    scribe_put(scribe, prepare(0, false));
    while (told < 1)
        cr_assert_eq(loop_wait(&loop, LOOP_NEVER, NULL), TW_OK);
    cr_expect_geq(calls, LOOP_LULL_MAX);
    expect_kept(0);
    scribe_close(scribe);
    (void)close(always);
}

Test(scribe, says_why_it_failed)
{
    struct scribe *scribe = scribe_open(&loop, SCRIBE_SEVERAL);

    scribe_put(scribe, prepare(0, false));
    for (size_t i = 1; i < PLACES; i++)
        scribe_put(scribe, prepare(i, false));
    scribe_put(scribe, prepare(PLACES, true));
    while (told < PLACES + 1)
        cr_assert_eq(loop_wait(&loop, LOOP_NEVER, NULL), TW_OK);
    cr_expect_eq(tasks[PLACES].status, TW_E_RETRY);
    cr_expect_str_eq(tasks[PLACES].err.message,
                     "the token of 'p0' was rejected or replaced "
                     "meanwhile");
    expect_kept(0);
    scribe_close(scribe);
}

Test(scribe, is_done_when_it_has_settled_or_closed)
{
    struct scribe *scribe = scribe_open(&loop, SCRIBE_SEVERAL);

    for (size_t i = 0; i < PLACES; i++)
        scribe_put(scribe, prepare(i, false));
    scribe_settle(scribe);
    for (size_t i = 0; i < PLACES; i++)
        expect_kept(i);
    for (size_t i = PLACES; i < 2 * PLACES; i++)
        scribe_put(scribe, prepare(i, false));
    scribe_close(scribe);
    for (size_t i = PLACES; i < 2 * PLACES; i++)
        expect_kept(i);
    cr_expect_eq(told, 0, "nobody is called but by the loop");
}

Test(scribe, none_commits_at_once)
{
    scribe_put(NULL, prepare(0, false));
    cr_expect_eq(told, 1);
    expect_kept(0);
    scribe_settle(NULL);
    scribe_close(NULL);
}
