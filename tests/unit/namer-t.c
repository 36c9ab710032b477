/* SPDX-License-Identifier: MIT */
/*
 * namer-t.c - users' names, from a user database that is quick, slow, or
 * hangs.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pwd.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helper/serve/namer.h"

static atomic_int asked, delay_ms;
static atomic_bool hangs, fails;
static sem_t let_go;

/* In the C library's place. */
int
getpwuid_r(uid_t uid, struct passwd *user, char *buffer, size_t size,
           struct passwd **result)
{
    *result = NULL;
    (void)atomic_fetch_add(&asked, 1);
    (void)usleep((useconds_t)atomic_load(&delay_ms) * 1000);
    if (atomic_load(&hangs))
        (void)sem_wait(&let_go);
    if (uid == 15 && atomic_load(&fails))
        return EIO;
    if (uid == 13)
        return 0;
    (void)snprintf(buffer, size, uid == 14 ? "no/name" : "u%u", (unsigned)uid);
    *user = (struct passwd){.pw_name = buffer};
    *result = user;
    return 0;
}

int
getpwnam_r(const char *name, struct passwd *user, char *buffer, size_t size,
           struct passwd **result)
{
    (void)buffer;
    (void)size;
    *result = NULL;
    if (strcmp(name, "anna") != 0)
        return 0;
    *user = (struct passwd){.pw_uid = 61001};
    *result = user;
    return 0;
}

static struct loop loop = LOOP_INIT;
static struct namer *namer;
static int told;
static uid_t told_uid;

static void
on_told(void *arg, uid_t uid)
{
    cr_assert_eq(arg, &told);
    told++;
    told_uid = uid;
}

static enum host_name found;
static char found_name[NAMER_FIND_MAX + 1];
static unsigned found_id;

static void
on_found(void *arg, enum host_name kind, const char *name, unsigned id)
{
    cr_assert_eq(arg, &told);
    told++;
    found = kind;
    found_id = id;
    (void)strcpy(found_name, name);
}

static void
set_up(void)
{
    const struct namer_host host = {on_told, on_found, &told};

    cr_assert_eq(sem_init(&let_go, 0, 0), 0);
    cr_assert_eq(loop_open(&loop, NULL), TW_OK);
    namer = namer_open(&loop, &host);
    cr_assert_not_null(namer);
}

static void
tear_down(void)
{
    namer_close(namer);
    loop_close(&loop);
}

TestSuite(namer, .init = set_up, .fini = tear_down, .timeout = 30);

/* "?": not known yet. */
static const char *
look(uid_t uid, int64_t now_ms)
{
    static char text[NAME_PART_MAX + 1];

    return namer_name(namer, uid, now_ms, text) ? text : "?";
}

static void
await(int count)
{
    while (told < count)
        cr_assert_eq(loop_wait(&loop, LOOP_NEVER, NULL), TW_OK);
}

/* As soon as it is known. */
static const char *
name_of(uid_t uid)
{
    const char *name = look(uid, loop_now_ms());

    if (name[0] != '?')
        return name;
    await(told + 1);
    cr_expect_eq(told_uid, uid);
    return look(uid, loop_now_ms());
}

Test(namer, knows_names_and_who_has_none)
{
    char text[NAME_PART_MAX + 1];

    cr_expect_str_eq(look(7, loop_now_ms()), "?", "nobody waits");
    cr_expect_str_eq(name_of(7), "u7");
    cr_expect_str_eq(name_of(0), "u0");
    cr_expect_str_eq(name_of(13), "");
    cr_expect_str_eq(name_of(14), "");
    cr_expect(namer_name(NULL, 8, 1, text));
    cr_expect_str_eq(text, "u8", "without a thread it is waited for");
    namer_close(NULL);
}

Test(namer, knows_nothing_of_a_database_that_fails)
{
    char text[NAME_PART_MAX + 1];

    fails = true;
    cr_expect_str_eq(look(15, loop_now_ms()), "?");
    await(1);
    cr_expect_eq(told_uid, 15, "who waits is told");
    cr_expect_not(namer_name(NULL, 15, 1, text));
    cr_expect_str_eq(look(15, loop_now_ms()), "?", "not that it has none");
    await(2);
    fails = false;
    cr_expect_str_eq(name_of(15), "u15", "and it is asked again");
}

Test(namer, asks_once_in_a_minute)
{
    int64_t now_ms;

    for (int i = 0; i < 5; i++)
        cr_expect_str_eq(name_of(7), "u7");
    cr_expect_eq(asked, 1);
    cr_expect_str_eq(name_of(7 + NAMER_NAMES), "u263");
    cr_expect_str_eq(name_of(7), "u7");
    cr_expect_eq(asked, 3);
    now_ms = loop_now_ms() + NAMER_MS;
    cr_expect_str_eq(look(7, now_ms), "?");
    await(told + 1);
    cr_expect_eq(asked, 4);
}

Test(namer, asks_one_question_at_a_time)
{
    int64_t now_ms = loop_now_ms();

    delay_ms = 200;
    cr_expect_str_eq(look(7, now_ms), "?");
    cr_expect_str_eq(look(8, now_ms), "?");
    cr_expect_str_eq(look(7, now_ms), "?");
    await(1);
    cr_expect_eq(asked, 1);
    cr_expect_str_eq(look(7, now_ms), "u7");
    cr_expect_eq(namer_late_ms(namer), LOOP_NEVER, "nothing is asked for");
    cr_expect_str_eq(name_of(8), "u8");
    cr_expect_eq(asked, 2);
}

Test(namer, knows_when_one_that_hangs_is_late)
{
    int64_t now_ms;

    cr_expect_eq(namer_late_ms(NULL), LOOP_NEVER);
    cr_expect_str_eq(name_of(6), "u6");
    hangs = true;
    now_ms = loop_now_ms();
    cr_expect_str_eq(look(7, now_ms), "?");
    cr_expect_str_eq(look(8, now_ms + 1000), "?");
    cr_expect_eq(namer_late_ms(namer), now_ms + NAMER_LATE_MS);
    cr_expect_str_eq(look(6, now_ms), "u6", "who is known stays known");
    hangs = false;
    cr_assert_eq(sem_post(&let_go), 0);
    await(2);
    cr_expect_str_eq(look(7, now_ms), "u7", "what came late is there");
    cr_expect_str_eq(name_of(8), "u8", "and it is asked again");
    cr_expect_eq(asked, 3);
}

Test(namer, ends_while_it_hangs)
{
    hangs = true;
    cr_expect_str_eq(look(7, loop_now_ms()), "?");
    while (!asked)
        (void)usleep(1000);
    namer_close(namer); /* waits for nobody: it would for ever */
    namer = NULL;
    cr_assert_eq(sem_post(&let_go), 0);
    (void)usleep(50000);
    cr_expect_eq(told, 0);
}

Test(namer, finds_whose_a_name_is)
{
    char longer[NAMER_FIND_MAX + 2];
    int64_t now_ms = loop_now_ms();

    cr_assert(namer_find(namer, HOST_USER, "anna", now_ms));
    cr_expect_not(namer_find(namer, HOST_USER, "bert", now_ms), "one by one");
    cr_expect_eq(namer_late_ms(namer), now_ms + NAMER_LATE_MS);
    await(1);
    cr_expect_eq(found, HOST_USER);
    cr_expect_eq(found_id, 61001);
    cr_expect_str_eq(found_name, "anna");
    cr_assert(namer_find(namer, HOST_USER, "bert", now_ms));
    await(2);
    cr_expect_eq(found, HOST_NOBODY);
    cr_expect_str_eq(found_name, "bert");
    (void)memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    cr_expect_not(namer_find(namer, HOST_USER, longer, now_ms));
    cr_expect_str_eq(name_of(7), "u7", "and then it names again");
}
