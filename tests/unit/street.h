/* SPDX-License-Identifier: MIT */
/*
 * street.h - wards who share an endpoint, for the tests of lanes.
 */
#ifndef TW_TESTS_STREET_H
#define TW_TESTS_STREET_H

#include "helper/serve/wards.h"

#define TENANTS 64

/* What all of it goes by. */
#define STREET_NOW ((struct now){.wall = 1800000000, .boot = 5000})

struct street {
    struct lanes lanes;
    struct profile profile;
    struct ward *wards[TENANTS];
    struct waiter waiters[TENANTS];
    struct lane_place places[TENANTS];
};

/* street_of: wards of one endpoint, in no lane yet. */
struct street *street_of(const char *url);
void street_free(struct street *street);

/* street_answer_once: its endpoint has, to the last of them. */
void street_answer_once(struct street *street);

/* Those from @from to @to: stand in their lane; are asked for by somebody of
 * @allowance, and stand there; have failed; have tokens, which are due for
 * another one in so many seconds. */
void street_put(struct street *street, size_t from, size_t to);
void street_ask(struct street *street, size_t from, size_t to,
                struct allowance *allowance);
void street_fail(struct street *street, size_t from, size_t to);
void street_keep(struct street *street, size_t from, size_t to, int64_t due_s);

/* street_take: all that may begin, into the places from @from on; the result:
 * how many, their names in @names. */
size_t street_take(struct street *street, size_t from, char *names,
                   size_t size);

#endif
