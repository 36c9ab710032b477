/* SPDX-License-Identifier: MIT */
/*
 * street.c - see street.h.
 */
#include "tests/unit/street.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct street *
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

void
street_free(struct street *street)
{
    for (size_t i = 0; i < TENANTS; i++)
        free(street->wards[i]);
    lanes_clear(&street->lanes);
    free(street);
}

void
street_answer_once(struct street *street)
{
    struct lane_place place;

    lane_put(&street->lanes, street->wards[TENANTS - 1], STREET_NOW);
    cr_assert_eq(lane_take(&street->lanes, STREET_NOW, &place),
                 street->wards[TENANTS - 1]);
    lane_end(&street->lanes, &place, LANE_ANSWERED);
}

void
street_put(struct street *street, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        lane_put(&street->lanes, street->wards[i], STREET_NOW);
}

void
street_ask(struct street *street, size_t from, size_t to,
           struct allowance *allowance)
{
    for (size_t i = from; i < to; i++) {
        struct waiter *waiter = &street->waiters[i];

        waiter->allowance = allowance;
        waiter->next = street->wards[i]->waiting;
        street->wards[i]->waiting = waiter;
    }
    street_put(street, from, to);
}

void
street_fail(struct street *street, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        street->wards[i]->is_failing = true;
}

void
street_keep(struct street *street, size_t from, size_t to, int64_t due_s)
{
    const struct clocks refresh = {STREET_NOW.wall + due_s,
                                   STREET_NOW.boot + due_s};

    for (size_t i = from; i < to; i++) {
        street->wards[i]->generation = 1;
        street->wards[i]->entry.facts = (struct schedule_facts){
            .lifetime = due_s + 600,
            .end = {refresh.wall + 600, refresh.boot + 600},
            .refresh = refresh};
    }
}

size_t
street_take(struct street *street, size_t from, char *names, size_t size)
{
    struct ward *ward;
    size_t n = from;

    names[0] = '\0';
    while (n < TENANTS && (ward = lane_take(&street->lanes, STREET_NOW,
                                            &street->places[n]))) {
        size_t used = strlen(names);

        (void)snprintf(names + used, size - used, "%s ", ward->name);
        n++;
    }
    return n - from;
}
