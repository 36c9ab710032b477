/* SPDX-License-Identifier: MIT */
/*
 * renewal-t.c - profiles are read again by a thread, also while the user
 * database hangs.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pwd.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "helper/serve/renewal.h"
#include "tests/unit/loading.h"

static atomic_int asked;
static atomic_bool hangs;
static sem_t let_go;

/* In the C library's place. */
int
getpwnam_r(const char *name, struct passwd *user, char *entry, size_t size,
           struct passwd **found)
{
    (void)entry;
    if (size < 8192)
        return ERANGE; /* whoever asks may offer too little */
    (void)atomic_fetch_add(&asked, 1);
    if (atomic_load(&hangs))
        (void)sem_wait(&let_go);
    user->pw_uid = name[0] == 'b' ? 4712 : 4711;
    *found = strcmp(name, "nobody-knows") == 0 ? NULL : user;
    return 0;
}

static struct loop loop = LOOP_INIT;
static struct renewal *renewal;
static struct profile_set read_set;
static struct tw_error read_err;
static int told;
static const struct modules none = {.dir = "/nowhere"};

static void
on_told(void *arg, struct profile_set *set, const struct tw_error *err)
{
    cr_assert_eq(arg, &told);
    cr_expect_not(renewal_is_busy(renewal));
    told++;
    read_set = *set;
    read_err = *err;
}

static struct tw_error complaint;

static void
on_complaint(void *arg, const struct tw_error *err)
{
    cr_assert_eq(arg, &told);
    complaint = *err;
}

static void
set_up(void)
{
    struct profile_scope scope = {.system = true};

    cr_assert_eq(sem_init(&let_go, 0, 0), 0);
    cr_assert_eq(loop_open(&loop, NULL), TW_OK);
    loading_begin();
    scope.dir = scratch_path("");
    renewal = renewal_open(&loop, &scope, &none, on_told, &told);
    cr_assert_not_null(renewal);
}

static void
tear_down(void)
{
    profile_set_clear(&read_set);
    renewal_close(renewal);
    loop_close(&loop);
    scratch_remove();
}

TestSuite(renewal, .init = set_up, .fini = tear_down, .timeout = 30);

static void
put(const char *reader)
{
    char text[256];

    (void)snprintf(text, sizeof text,
                   "profiles:\n  pay:\n    token_endpoint: https://a.test/t\n"
                   "    client_id: c\n    client_secret: s3cret\n"
                   "    readers: {users: [%s]}\n",
                   reader);
    loading_put("profiles.d/pay.yaml", 0600, text);
}

static void
await(int count)
{
    while (told < count)
        cr_assert_eq(loop_wait(&loop, LOOP_NEVER, NULL), TW_OK);
}

Test(renewal, tells_what_a_thread_has_read)
{
    cr_expect_not(renewal_is_busy(renewal));
    put("anna");
    for (int i = 1; i <= 3; i++) {
        cr_assert(renewal_start(renewal, NULL, NULL));
        cr_expect(renewal_is_busy(renewal));
        await(i);
        cr_expect_eq(read_err.status, TW_OK, "%s", read_err.message);
        cr_assert_eq(read_set.count, 1);
        cr_expect_eq(read_set.broken_count, 0);
        cr_expect_eq(read_set.first->readers->users[0], 4711);
        profile_set_clear(&read_set);
    }
    cr_expect_eq(asked, 3, "each time anew");
}

Test(renewal, tells_what_is_broken_and_what_failed)
{
    put("nobody-knows");
    cr_assert(renewal_start(renewal, on_complaint, &told));
    await(1);
    cr_expect_eq(read_err.status, TW_OK);
    cr_expect_eq(read_set.broken_count, 1);
    cr_expect_not_null(strstr(read_set.broken.message, "nobody-knows"));
    cr_expect_str_eq(complaint.message, read_set.broken.message);
    profile_set_clear(&read_set);
    cr_assert_eq(chmod(scratch_path("profiles.d"), 0777), 0);
    cr_assert(renewal_start(renewal, NULL, NULL));
    await(2);
    cr_expect_eq(read_err.status, TW_E_ACCESS);
    cr_expect_eq(read_set.count, 0);
}

Test(renewal, reads_for_who_waits)
{
    struct profile_set set;
    struct tw_error err = {.status = TW_E_SYSTEM};

    put("anna");
    cr_assert_eq(renewal_read(renewal, NULL, NULL, &set, &err), TW_OK);
    cr_expect_eq(set.count, 1);
    profile_set_clear(&set);
}

static void
expect_reader(const char *name, uid_t uid)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    struct tw_error err;

    cr_assert_eq(profiles_find(&read_set, name, &profile, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(profile->readers->user_count, 1);
    cr_expect_eq(profile->readers->users[0], uid);
}

Test(renewal, asks_who_the_readers_of_instances_are)
{
    struct profile_set first;

    loading_put("profiles.d/own@.yaml", 0600,
                "profiles:\n  own@:\n    instances: [anna, bert]\n"
                "    token_endpoint: https://a.test/t\n    client_id: c\n"
                "    client_secret: {file: s.key}\n"
                "    readers: {users: ['%i']}\n");
    cr_assert(renewal_start(renewal, NULL, NULL));
    await(1);
    cr_expect_eq(read_set.broken_count, 0, "%s", read_set.broken.message);
    cr_expect_eq(asked, 2);
    cr_assert(renewal_start(renewal, NULL, NULL)); /* one asks, one knows */
    for (int i = 0; i < 100; i++) {
        expect_reader("own@anna", 4711);
        expect_reader("own@bert", 4712);
    }
    first = read_set;
    await(2);
    profile_set_clear(&first);
    hangs = true;
    expect_reader("own@anna", 4711);
    cr_expect_eq(asked, 4, "each by who reads, and once");
}

Test(renewal, finds_nothing_where_nothing_is)
{
    struct profile_scope nowhere = {.system = true, .dir = "/nowhere"};
    struct renewal *other =
        renewal_open(&loop, &nowhere, &none, on_told, &told);
    struct profile_set set;
    struct tw_error err;

    cr_assert_not_null(other);
    cr_assert_eq(renewal_read(other, NULL, NULL, &set, &err), TW_OK);
    cr_expect_eq(set.count, 0);
    cr_expect_eq(err.status, TW_OK, "which is no failure");
    profile_set_clear(&set);
    renewal_close(other);
}

Test(renewal, keeps_nobody_waiting_who_waits_for_something_else)
{
    const int64_t until_ms = loop_now_ms() + 50;

    hangs = true;
    put("anna");
    cr_assert(renewal_start(renewal, NULL, NULL));
    while (!asked)
        cr_assert_eq(loop_wait(&loop, loop_now_ms() + 1, NULL), TW_OK);
    cr_assert_eq(loop_wait(&loop, until_ms, NULL), TW_OK);
    cr_expect(renewal_is_busy(renewal));
    cr_expect_eq(told, 0);
    hangs = false;
    cr_assert_eq(sem_post(&let_go), 0);
    await(1);
    cr_expect_eq(read_set.count, 1, "what came late is there");
}

Test(renewal, ends_while_it_hangs)
{
    hangs = true;
    put("anna");
    cr_assert(renewal_start(renewal, NULL, NULL));
    while (!asked)
        (void)usleep(1000);
    renewal_close(renewal); /* waits for nobody: it would for ever */
    renewal = NULL;
    cr_assert_eq(sem_post(&let_go), 0);
    (void)usleep(50000);
    cr_expect_eq(told, 0);
}

Test(renewal, ends_after_it_has_read)
{
    put("anna");
    cr_assert(renewal_start(renewal, NULL, NULL));
    (void)usleep(50000); /* nobody was told yet, most likely */
    renewal_close(renewal);
    renewal = NULL;
    renewal_close(NULL);
    cr_expect_eq(told, 0);
}
