/* SPDX-License-Identifier: MIT */
/*
 * lanes-t.c - endpoints beside each other: each has its turn, and dead ones
 * leave places to those that live.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/unit/street.h"

/* However many each has, and whoever was first: a turn each. */
Test(lanes, endpoints_take_turns)
{
    struct street *one = street_of("https://one.test/token");
    struct street *two = street_of("https://two.test/token");
    struct lane_place place;
    struct ward *ward;

    for (size_t i = 0; i < 4; i++)
        two->wards[i]->lane = lane_find(&one->lanes, &two->profile, "");
    street_ask(one, 0, 4, NULL);
    for (size_t i = 0; i < 3; i++) {
        two->wards[i]->waiting = &two->waiters[i];
        lane_put(&one->lanes, two->wards[i], STREET_NOW);
    }
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(lane_take(&one->lanes, STREET_NOW, &place), one->wards[i],
                     "%zu", i);
        ward = lane_take(&one->lanes, STREET_NOW, &place);
        cr_assert_eq(ward, i < 3 ? two->wards[i] : NULL, "%zu", i);
    }
    lane_put(&one->lanes, two->wards[3], STREET_NOW);
    cr_assert_eq(lane_take(&one->lanes, STREET_NOW, &place), two->wards[3]);
    street_free(one);
    street_free(two);
}

/* One that comes again while another stands behind it stands there once. */
Test(lanes, none_is_lost_where_they_come_by_turns)
{
    struct street *one = street_of("https://one.test/token");
    struct street *two = street_of("https://two.test/token");
    struct lane_place place;

    two->wards[0]->lane = lane_find(&one->lanes, &two->profile, "");
    street_ask(one, 0, 1, NULL);
    two->wards[0]->waiting = &two->waiters[0];
    lane_put(&one->lanes, two->wards[0], STREET_NOW);
    street_ask(one, 1, 2, NULL);
    cr_expect_eq(lane_take(&one->lanes, STREET_NOW, &place), one->wards[0]);
    cr_expect_eq(lane_take(&one->lanes, STREET_NOW, &place), two->wards[0]);
    street_free(one);
    street_free(two);
}

/* 200 dead endpoints with some profiles each, and one that lives. */
Test(lanes, dead_endpoints_leave_places_to_one_that_lives)
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
            lane_put(&lanes, dead[i]->wards[j], STREET_NOW);
        }
    }
    while (lane_take(&lanes, STREET_NOW, &place))
        begun++;
    cr_assert_eq(begun, LANES_MAX - LANES_ASKED);
    good->wards[0]->lane = lane_find(&lanes, &good->profile, "");
    good->wards[0]->waiting = &good->waiters[0];
    lane_put(&lanes, good->wards[0], STREET_NOW);
    cr_assert_eq(lane_take(&lanes, STREET_NOW, &place), good->wards[0]);
    lane_end(&lanes, &place, LANE_ANSWERED);

    /* All known to fail by now, the good one is due by itself. */
    for (struct lane *lane = lanes.first; lane; lane = lane->next) {
        for (int turn = 0; turn < TURNS; turn++) {
            place = (struct lane_place){.lane = lane, .turn = (enum turn)turn};
            while (lane->turns[turn].running)
                lane_end(&lanes, &place, LANE_SILENT);
        }
    }
    while (lane_take(&lanes, STREET_NOW, &place))
        lane_end(&lanes, &place, LANE_SILENT);
    for (size_t i = 0; i < 200; i++) {
        street_fail(dead[i], 0, 4);
        for (size_t j = 0; j < 4; j++)
            lane_put(&lanes, dead[i]->wards[j], STREET_NOW);
    }
    good->wards[0]->waiting = NULL;
    lane_put(&lanes, good->wards[0], STREET_NOW);
    for (begun = 0; (ward = lane_take(&lanes, STREET_NOW, &place)); begun++)
        came = came || ward == good->wards[0];
    cr_assert(came);
    cr_assert_eq(begun, LANES_DOUBTED + 1);
    for (size_t i = 0; i < 200; i++)
        street_free(dead[i]);
    street_free(good);
    lanes_clear(&lanes);
}

Test(lanes, commands_go_one_at_a_time)
{
    struct street *street = street_of(NULL);
    char names[512];
    size_t n, again;

    street_put(street, 0, TENANTS);
    n = street_take(street, 0, names, sizeof names);
    cr_assert(n > 1 && n <= LANE_COMMANDS);
    for (size_t i = 0; i < n; i++)
        lane_doubt(&street->lanes, &street->places[i]);
    again = street_take(street, n, names, sizeof names);
    cr_assert(again > 1 && again <= n);
    for (size_t i = n; i < n + again; i++)
        lane_doubt(&street->lanes, &street->places[i]);
    cr_assert_eq(street_take(street, 0, names, sizeof names), 0);
    street_free(street);
}
