/* SPDX-License-Identifier: MIT */
/*
 * namer-t.c - users' names, from a user database that is quick, slow, or
 * hangs.
 */
#include <criterion/criterion.h>
#include <pwd.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helper/namer.h"
#include "provider/base/clock.h"

static atomic_int asked, delay_ms;
static atomic_bool hangs;
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
    if (uid == 13)
        return 0;
    (void)snprintf(buffer, size, uid == 14 ? "no/name" : "u%u", (unsigned)uid);
    *user = (struct passwd){.pw_name = buffer};
    *result = user;
    return 0;
}

static void
set_up(void)
{
    cr_assert_eq(sem_init(&let_go, 0, 0), 0);
}

TestSuite(namer, .init = set_up, .timeout = 30);

/* "?": not known yet. */
static const char *
name_of(struct namer *namer, uid_t uid, int64_t now_ms)
{
    static char text[NAME_PART_MAX + 1];

    return namer_name(namer, uid, now_ms, text) ? text : "?";
}

static void
check_names(struct namer *namer)
{
    cr_expect_str_eq(name_of(namer, 7, 1), "u7");
    cr_expect_str_eq(name_of(namer, 0, 1), "u0");
    cr_expect_str_eq(name_of(namer, 13, 1), "");
    cr_expect_str_eq(name_of(namer, 14, 1), "");
}

Test(namer, knows_names_and_who_has_none)
{
    struct namer *namer = namer_open();

    cr_assert_not_null(namer);
    check_names(namer);
    check_names(NULL);
    namer_close(namer);
    namer_close(NULL);
}

Test(namer, asks_once_in_a_minute)
{
    struct namer *namer = namer_open();

    for (int i = 0; i < 5; i++)
        cr_expect_str_eq(name_of(namer, 7, i * 1000), "u7");
    cr_expect_eq(asked, 1);
    cr_expect_str_eq(name_of(namer, 7 + NAMER_NAMES, 5000), "u263");
    cr_expect_str_eq(name_of(namer, 7, 6000), "u7");
    cr_expect_eq(asked, 3);
    cr_expect_str_eq(name_of(namer, 7, 6000 + NAMER_MS), "u7");
    cr_expect_eq(asked, 4);
    namer_close(namer);
}

Test(namer, waits_for_a_slow_one)
{
    struct namer *namer = namer_open();

    delay_ms = 200;
    cr_expect_str_eq(name_of(namer, 7, 1), "u7");
    cr_expect_str_eq(name_of(namer, 8, 1), "u8");
    namer_close(namer);
}

Test(namer, waits_once_for_one_that_hangs)
{
    struct namer *namer = namer_open();
    int64_t began_ms, first_ms;

    cr_expect_str_eq(name_of(namer, 6, 1), "u6");
    hangs = true;
    began_ms = clock_monotonic_ms();
    cr_expect_str_eq(name_of(namer, 7, 2), "?");
    first_ms = clock_monotonic_ms() - began_ms;
    cr_expect_geq(first_ms, NAMER_WAIT_MS - 1);
    cr_expect_lt(first_ms, NAMER_WAIT_MS + 1000);
    began_ms = clock_monotonic_ms();
    for (uid_t uid = 7; uid < 17; uid++)
        cr_expect_str_eq(name_of(namer, uid, 3), "?");
    cr_expect_lt(clock_monotonic_ms() - began_ms, 1000);
    cr_expect_str_eq(name_of(namer, 6, 4), "u6", "who is known stays known");
    cr_expect_eq(asked, 2);
    hangs = false;
    cr_assert_eq(sem_post(&let_go), 0);
    for (int i = 0; i < 100 && name_of(namer, 7, 5)[0] == '?'; i++)
        (void)usleep(10000);
    cr_expect_str_eq(name_of(namer, 7, 5), "u7", "what came late is there");
    for (int i = 0; i < 100 && name_of(namer, 8, 5)[0] == '?'; i++)
        (void)usleep(10000);
    delay_ms = 200;
    cr_expect_str_eq(name_of(namer, 9, 6), "u9", "and it is waited for again");
    namer_close(namer);
}

Test(namer, ends_while_it_hangs)
{
    struct namer *namer = namer_open();
    int64_t began_ms = clock_monotonic_ms();

    hangs = true;
    cr_expect_str_eq(name_of(namer, 7, 1), "?");
    namer_close(namer);
    cr_expect_lt(clock_monotonic_ms() - began_ms, NAMER_WAIT_MS + 1000);
}
