/* SPDX-License-Identifier: MIT */
/*
 * lane-t.c - whose turn it is among those who share an endpoint, when some
 * hang, some fail, one asks for everything and some endpoints are dead.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/serve/wards.h"

#define TENANTS 64

static const struct now NOW = {.wall = 1800000000, .boot = 5000};

struct street {
    struct lanes lanes;
    struct profile profile;
    struct ward *wards[TENANTS];
    struct waiter waiters[TENANTS];
    struct lane_place places[TENANTS];
};

/* Wards of one endpoint, in no lane yet. */
static struct street *
street_of(const char *url)
{
    static const struct module OURS = {.provider.name = "client_credentials"};
    struct street *street = calloc(1, sizeof *street);

    cr_assert(street);
    street->profile.module = &OURS;
    street->profile.token_endpoint = (char *)(uintptr_t)url;
    for (size_t i = 0; i < TENANTS; i++) {
        struct ward *ward = calloc(1, sizeof *ward + 16);

        cr_assert(ward);
        (void)snprintf(ward->name, 16, "%zu", i);
        ward->lane = lane_find(&street->lanes, &street->profile, ward->name);
        cr_assert(ward->lane);
        street->wards[i] = ward;
    }
    return street;
}

static void
street_free(struct street *street)
{
    for (size_t i = 0; i < TENANTS; i++)
        free(street->wards[i]);
    lanes_clear(&street->lanes);
    free(street);
}

/* It has answered once. */
static void
answer_once(struct street *street)
{
    struct lane_place place;

    lane_put(&street->lanes, street->wards[TENANTS - 1], NOW);
    cr_assert_eq(lane_take(&street->lanes, NOW, &place),
                 street->wards[TENANTS - 1]);
    lane_end(&street->lanes, &place, LANE_ANSWERED);
}

static void
put(struct street *street, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        lane_put(&street->lanes, street->wards[i], NOW);
}

/* Somebody of @allowance waits for each. */
static void
ask(struct street *street, size_t from, size_t to, struct allowance *allowance)
{
    for (size_t i = from; i < to; i++) {
        struct waiter *waiter = &street->waiters[i];

        waiter->allowance = allowance;
        waiter->next = street->wards[i]->waiting;
        street->wards[i]->waiting = waiter;
    }
    put(street, from, to);
}

static void
fail(struct street *street, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        street->wards[i]->is_failing = true;
}

/* They have tokens, which are due for another one after so many seconds. */
static void
keep(struct street *street, size_t from, size_t to, int64_t due_s)
{
    const struct clocks refresh = {NOW.wall + due_s, NOW.boot + due_s};

    for (size_t i = from; i < to; i++) {
        street->wards[i]->generation = 1;
        street->wards[i]->entry.facts = (struct schedule_facts){
            .lifetime = due_s + 600,
            .end = {refresh.wall + 600, refresh.boot + 600},
            .refresh = refresh};
    }
}

/* Takes all that may begin; the result: how many, their names in @names. */
static size_t
take(struct street *street, size_t from, char *names, size_t size)
{
    struct ward *ward;
    size_t n = from;

    names[0] = '\0';
    while (n < TENANTS &&
           (ward = lane_take(&street->lanes, NOW, &street->places[n]))) {
        size_t used = strlen(names);

        (void)snprintf(names + used, size - used, "%s ", ward->name);
        n++;
    }
    return n - from;
}

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

    answer_once(street);
    ask(street, 0, 20, NULL);
    put(street, 20, 40);
    (void)take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "0 1 2 3 4 5 6 7 20 21 22 23 24 25 26 27 ");
    lane_end(&street->lanes, &street->places[3], LANE_ANSWERED);
    cr_assert_eq(take(street, 16, names, sizeof names), 1);
    cr_assert_str_eq(names, "8 ");
    street_free(street);
}

Test(lane,
     who_asks_again_keeps_the_place_and_who_is_asked_for_has_a_better_one)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];

    put(street, 0, 10);
    put(street, 0, 1);
    ask(street, 9, 10, NULL);
    (void)take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "9 0 1 ");
    street_free(street);
}

Test(lane, one_that_never_answered_is_asked_by_two_at_a_time)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];

    put(street, 0, 40);
    cr_assert_eq(take(street, 0, names, sizeof names), LANE_TROUBLED);
    lane_end(&street->lanes, &street->places[0], LANE_SILENT);
    cr_assert_eq(take(street, 2, names, sizeof names), 1);
    lane_end(&street->lanes, &street->places[1], LANE_NO_NEWS);
    cr_assert_eq(take(street, 3, names, sizeof names), 1);
    lane_end(&street->lanes, &street->places[2], LANE_ANSWERED);
    cr_assert_eq(take(street, 4, names, sizeof names), LANE_MAX - 1);
    street_free(street);
}

/* A tenant with 20 profiles that hang, all of them first in line; each round
 * is LANE_DOUBT_MS. */
Test(lane, who_hangs_leaves_the_place_to_others)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];
    size_t n;

    answer_once(street);
    put(street, 0, 20);
    cr_assert_eq(n = take(street, 0, names, sizeof names), LANE_MAX);
    put(street, 20, 21);
    for (size_t i = 0; i < n; i++)
        lane_doubt(&street->lanes, &street->places[i]);
    n += take(street, n, names, sizeof names);
    for (size_t i = LANE_MAX; i < n; i++)
        lane_doubt(&street->lanes, &street->places[i]);
    cr_assert_eq(take(street, n, names, sizeof names), 0);
    cr_assert_eq(n, 2 * LANE_MAX, "no more than these to one host");
    ask(street, 21, 22, NULL);
    cr_assert_eq(take(street, n, names, sizeof names), 1);
    cr_assert_str_eq(names, "21 ", "somebody waits");
    /* They end without an answer, and are known from then on. */
    for (size_t i = 0; i < n; i++)
        lane_end(&street->lanes, &street->places[i], LANE_SILENT);
    lane_end(&street->lanes, &street->places[n], LANE_ANSWERED);
    (void)take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "16 17 18 19 20 ");
    for (size_t i = 0; i < 5; i++)
        lane_end(&street->lanes, &street->places[i], LANE_ANSWERED);
    fail(street, 0, 16);
    put(street, 0, 16);
    cr_assert_eq(take(street, 0, names, sizeof names), LANE_DOUBTED);
    put(street, 22, 40);
    (void)take(street, 20, names, sizeof names);
    cr_assert_str_eq(names, "22 23 24 25 26 27 28 29 ");
    street_free(street);
}

Test(lane, one_user_has_so_many_under_way)
{
    struct street *street = street_of("https://a.test/token");
    struct allowance anna = {.uid = 1}, bert = {.uid = 2};
    char names[256];

    ask(street, 0, 20, &anna);
    ask(street, 20, 22, &bert);
    (void)take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "0 1 2 20 21 ");
    cr_assert_eq(anna.fetching, ALLOWANCE_FETCHING);
    /* bert wants one of those too. */
    ask(street, 10, 11, &bert);
    (void)take(street, 5, names, sizeof names);
    cr_assert_str_eq(names, "10 ");
    lane_end(&street->lanes, &street->places[1], LANE_ANSWERED);
    (void)take(street, 6, names, sizeof names);
    cr_assert_str_eq(names, "3 ");
    cr_assert_eq(bert.fetching, 3);
    cr_assert_eq(anna.fetching, 3);
    street_free(street);
}

/* Whose requests hang may go on waiting for what others read, too. */
Test(lane, what_is_due_is_not_held_up_by_who_waits_for_it)
{
    const struct now later = {.wall = NOW.wall + 60, .boot = NOW.boot + 60};
    struct street *street = street_of("https://a.test/token");
    struct allowance anna = {.uid = 1};
    struct lane_place place;
    char names[256];

    keep(street, 0, 20, 60);
    ask(street, 0, 4, &anna);
    (void)take(street, 0, names, sizeof names);
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

    put(street, 39, 40);
    ask(street, 0, 20, &anna);
    for (size_t i = 0; i < 20; i++)
        street->wards[i]->waiting = NULL;
    (void)take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "39 0 ");
    cr_assert_eq(anna.fetching, 0);
    street_free(street);
}

Test(lane, failing_ones_that_are_asked_for_have_few_places)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];

    fail(street, 0, 20);
    ask(street, 0, 20, NULL);
    ask(street, 20, 40, NULL);
    (void)take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "20 21 22 23 24 25 26 27 0 1 2 3 ");
    street_free(street);
}

/* It is not asked, its caller is told that it is not. */
Test(lane, one_that_is_held_back_stands_behind_no_failing_one)
{
    struct street *street = street_of("https://a.test/token");
    char names[256];

    fail(street, 0, 20);
    ask(street, 0, 19, NULL);
    schedule_hold(&street->wards[19]->entry.facts, TW_E_RETRY, 5, NOW, 0);
    ask(street, 19, 20, NULL);
    (void)take(street, 0, names, sizeof names);
    cr_assert_str_eq(names, "19 0 1 2 3 ");
    street_free(street);
}

/* However many each has, and whoever was first: a turn each. */
Test(lane, endpoints_take_turns)
{
    struct street *one = street_of("https://one.test/token");
    struct street *two = street_of("https://two.test/token");
    struct lane_place place;
    struct ward *ward;

    for (size_t i = 0; i < 4; i++)
        two->wards[i]->lane = lane_find(&one->lanes, &two->profile, "");
    ask(one, 0, 4, NULL);
    for (size_t i = 0; i < 3; i++) {
        two->wards[i]->waiting = &two->waiters[i];
        lane_put(&one->lanes, two->wards[i], NOW);
    }
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(lane_take(&one->lanes, NOW, &place), one->wards[i], "%zu",
                     i);
        ward = lane_take(&one->lanes, NOW, &place);
        cr_assert_eq(ward, i < 3 ? two->wards[i] : NULL, "%zu", i);
    }
    lane_put(&one->lanes, two->wards[3], NOW);
    cr_assert_eq(lane_take(&one->lanes, NOW, &place), two->wards[3]);
    street_free(one);
    street_free(two);
}

/* One that comes again while another stands behind it stands there once. */
Test(lane, none_is_lost_where_they_come_by_turns)
{
    struct street *one = street_of("https://one.test/token");
    struct street *two = street_of("https://two.test/token");
    struct lane_place place;

    two->wards[0]->lane = lane_find(&one->lanes, &two->profile, "");
    ask(one, 0, 1, NULL);
    two->wards[0]->waiting = &two->waiters[0];
    lane_put(&one->lanes, two->wards[0], NOW);
    ask(one, 1, 2, NULL);
    cr_expect_eq(lane_take(&one->lanes, NOW, &place), one->wards[0]);
    cr_expect_eq(lane_take(&one->lanes, NOW, &place), two->wards[0]);
    street_free(one);
    street_free(two);
}

/* 200 dead endpoints with some profiles each, and one that lives. */
Test(lane, dead_endpoints_leave_places_to_one_that_lives)
{
    struct lanes lanes = {.first = NULL};
    static struct street *dead[200];
    struct street *good = street_of("https://good.test/token");
    struct lane_place place;
    struct ward *ward;
    unsigned begun = 0;
    bool came = false;

    for (size_t i = 0; i < 200; i++) {
        static char urls[200][32];

        (void)snprintf(urls[i], sizeof urls[i], "https://d%zu.test/", i);
        dead[i] = street_of(urls[i]);
        for (size_t j = 0; j < 4; j++) {
            dead[i]->wards[j]->lane = lane_find(&lanes, &dead[i]->profile, "");
            cr_assert(dead[i]->wards[j]->lane);
            lane_put(&lanes, dead[i]->wards[j], NOW);
        }
    }
    while (lane_take(&lanes, NOW, &place))
        begun++;
    cr_assert_eq(begun, LANES_MAX - LANES_ASKED);
    good->wards[0]->lane = lane_find(&lanes, &good->profile, "");
    good->wards[0]->waiting = &good->waiters[0];
    lane_put(&lanes, good->wards[0], NOW);
    cr_assert_eq(lane_take(&lanes, NOW, &place), good->wards[0]);
    lane_end(&lanes, &place, LANE_ANSWERED);

    /* All known to fail by now, the good one is due by itself. */
    for (struct lane *lane = lanes.first; lane; lane = lane->next) {
        for (int turn = 0; turn < TURNS; turn++) {
            place = (struct lane_place){.lane = lane, .turn = (enum turn)turn};
            while (lane->turns[turn].running)
                lane_end(&lanes, &place, LANE_SILENT);
        }
    }
    while (lane_take(&lanes, NOW, &place))
        lane_end(&lanes, &place, LANE_SILENT);
    for (size_t i = 0; i < 200; i++) {
        fail(dead[i], 0, 4);
        for (size_t j = 0; j < 4; j++)
            lane_put(&lanes, dead[i]->wards[j], NOW);
    }
    good->wards[0]->waiting = NULL;
    lane_put(&lanes, good->wards[0], NOW);
    for (begun = 0; (ward = lane_take(&lanes, NOW, &place)); begun++)
        came = came || ward == good->wards[0];
    cr_assert(came);
    cr_assert_eq(begun, LANES_DOUBTED + 1);
    for (size_t i = 0; i < 200; i++)
        street_free(dead[i]);
    street_free(good);
    lanes_clear(&lanes);
}

Test(lane, commands_go_one_at_a_time)
{
    struct street *street = street_of(NULL);
    char names[512];
    size_t n, again;

    put(street, 0, TENANTS);
    n = take(street, 0, names, sizeof names);
    cr_assert(n > 1 && n <= LANE_COMMANDS);
    for (size_t i = 0; i < n; i++)
        lane_doubt(&street->lanes, &street->places[i]);
    again = take(street, n, names, sizeof names);
    cr_assert(again > 1 && again <= n);
    for (size_t i = n; i < n + again; i++)
        lane_doubt(&street->lanes, &street->places[i]);
    cr_assert_eq(take(street, 0, names, sizeof names), 0);
    street_free(street);
}
