/* SPDX-License-Identifier: MIT */
/*
 * lane-t.c - whose turn it is among those who share an endpoint, when some
 * hang, some fail, one asks for everything.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/street.h"

/* As a profile may name it: of that length it is still one of its own. */
Test(lane, an_address_longer_than_a_name_is_cut)
{
    char url[1024] = "https://";
    struct street *street;

    memset(url + strlen(url), 'h', sizeof url - strlen(url) - 1);
    street = street_of(url);
    cr_assert_eq(strlen(street->wards[0]->lane->name), 511);
    cr_assert_eq(strncmp(street->wards[0]->lane->name, url, 511), 0);
    cr_assert_eq(street->wards[0]->lane, street->wards[1]->lane);
    street_free(street);
}

Test(lane, first_come_first_served)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];

    street_answer_once(street);
    street_ask(street, 0, 20, NULL);
    street_put(street, 20, 40);
    (void)street_take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "0 1 2 3 4 5 6 7 20 21 22 23 24 25 26 27 ");
    lane_end(&street->lanes, &street->places[3], LANE_ANSWERED);
    cr_assert_eq(street_take(street, 16, names, sizeof names), 1);
    cr_assert_str_eq(names, "8 ");
    street_free(street);
}

Test(lane,
     who_asks_again_keeps_the_place_and_who_is_asked_for_has_a_better_one)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];

    street_put(street, 0, 10);
    street_put(street, 0, 1);
    street_ask(street, 9, 10, NULL);
    (void)street_take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "9 0 1 ");
    street_free(street);
}

Test(lane, one_that_never_answered_is_asked_by_two_at_a_time)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];

    street_put(street, 0, 40);
    cr_assert_eq(street_take(street, 0, names, sizeof names), LANE_TROUBLED);
    lane_end(&street->lanes, &street->places[0], LANE_SILENT);
    cr_assert_eq(street_take(street, 2, names, sizeof names), 1);
    lane_end(&street->lanes, &street->places[1], LANE_NO_NEWS);
    cr_assert_eq(street_take(street, 3, names, sizeof names), 1);
    lane_end(&street->lanes, &street->places[2], LANE_ANSWERED);
    cr_assert_eq(street_take(street, 4, names, sizeof names), LANE_MAX - 1);
    street_free(street);
}

/* A tenant with 20 profiles that hang, all of them first in line; each round
 * is LANE_DOUBT_MS. */
Test(lane, who_hangs_leaves_the_place_to_others)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];
    size_t n;

    street_answer_once(street);
    street_put(street, 0, 20);
    cr_assert_eq(n = street_take(street, 0, names, sizeof names), LANE_MAX);
    street_put(street, 20, 21);
    for (size_t i = 0; i < n; i++)
        lane_doubt(&street->lanes, &street->places[i]);
    n += street_take(street, n, names, sizeof names);
    for (size_t i = LANE_MAX; i < n; i++)
        lane_doubt(&street->lanes, &street->places[i]);
    cr_assert_eq(street_take(street, n, names, sizeof names), 0);
    cr_assert_eq(n, 2 * LANE_MAX, "no more than these to one host");
    street_ask(street, 21, 22, NULL);
    cr_assert_eq(street_take(street, n, names, sizeof names), 1);
    cr_assert_str_eq(names, "21 ", "somebody waits");
    /* They end without an answer, and are known from then on. */
    for (size_t i = 0; i < n; i++)
        lane_end(&street->lanes, &street->places[i], LANE_SILENT);
    lane_end(&street->lanes, &street->places[n], LANE_ANSWERED);
    (void)street_take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "16 17 18 19 20 ");
    for (size_t i = 0; i < 5; i++)
        lane_end(&street->lanes, &street->places[i], LANE_ANSWERED);
    street_fail(street, 0, 16);
    street_put(street, 0, 16);
    cr_assert_eq(street_take(street, 0, names, sizeof names), LANE_DOUBTED);
    street_put(street, 22, 40);
    (void)street_take(street, 20, names, sizeof names);
    cr_assert_str_eq(names, "22 23 24 25 26 27 28 29 ");
    street_free(street);
}

Test(lane, one_user_has_so_many_under_way)
{
    struct street *street = street_of("https://a.test/token");
    struct allowance anna = {.uid = 1}, bert = {.uid = 2};
    char names[256];

    street_ask(street, 0, 20, &anna);
    street_ask(street, 20, 22, &bert);
    (void)street_take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "0 1 2 20 21 ");
    cr_assert_eq(anna.fetching, ALLOWANCE_FETCHING);
    /* bert wants one of those too. */
    street_ask(street, 10, 11, &bert);
    (void)street_take(street, 5, names, sizeof names);
    cr_assert_str_eq(names, "10 ");
    lane_end(&street->lanes, &street->places[1], LANE_ANSWERED);
    (void)street_take(street, 6, names, sizeof names);
    cr_assert_str_eq(names, "3 ");
    cr_assert_eq(bert.fetching, 3);
    cr_assert_eq(anna.fetching, 3);
    street_free(street);
}

/* Whose requests hang may go on waiting for what others read, too. */
Test(lane, what_is_due_is_not_held_up_by_who_waits_for_it)
{
    const struct now later = {.wall = STREET_NOW.wall + 60,
                              .boot = STREET_NOW.boot + 60};
    struct street *street = street_of("https://a.test/token");
    struct allowance anna = {.uid = 1};
    struct lane_place place;
    char names[256];

    street_keep(street, 0, 20, 60);
    street_ask(street, 0, 4, &anna);
    (void)street_take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "0 1 2 ", "she has enough under way");
    cr_expect_eq(lane_take(&street->lanes, later, &place), street->wards[3],
                 "rung for before it was due");
    cr_expect_null(place.payer);
    lane_end(&street->lanes, &place, LANE_ANSWERED);
    /* It keeps its place, however often she rings. */
    lane_put(&street->lanes, street->wards[4], later);
    lane_put(&street->lanes, street->wards[5], later);
    street->waiters[4].allowance = &anna;
    street->wards[4]->waiting = &street->waiters[4];
    lane_put(&street->lanes, street->wards[4], later);
    cr_expect_eq(lane_take(&street->lanes, later, &place), street->wards[4]);
    cr_expect_eq(anna.fetching, ALLOWANCE_FETCHING);
    street_free(street);
}

/* Who rings and hangs up has gained nothing. */
Test(lane, whose_callers_are_gone_is_one_of_those_that_are_due)
{
    struct street *street = street_of("https://a.test/token");
    struct allowance anna = {.uid = 1};
    char names[256];

    street_put(street, 39, 40);
    street_ask(street, 0, 20, &anna);
    for (size_t i = 0; i < 20; i++)
        street->wards[i]->waiting = NULL;
    (void)street_take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "39 0 ");
    cr_assert_eq(anna.fetching, 0);
    street_free(street);
}

Test(lane, failing_ones_that_are_asked_for_have_few_places)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];

    street_fail(street, 0, 20);
    street_ask(street, 0, 20, NULL);
    street_ask(street, 20, 40, NULL);
    (void)street_take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "20 21 22 23 24 25 26 27 0 1 2 3 ");
    street_free(street);
}

/* It is not asked, its caller is told that it is not. */
Test(lane, one_that_is_held_back_stands_behind_no_failing_one)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];

    street_fail(street, 0, 20);
    street_ask(street, 0, 19, NULL);
    schedule_hold(&street->wards[19]->entry.facts, TW_E_RETRY, 5, STREET_NOW,
                  0);
    street_ask(street, 19, 20, NULL);
    (void)street_take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "19 0 1 2 3 ");
    street_free(street);
}
