/* SPDX-License-Identifier: MIT */
/*
 * readers-t.c - who is one of a profile's readers, and which set of them has
 * room for another.
 */
#include <criterion/criterion.h>

#include "helper/base/readers.h"

static uid_t users[] = {1001, 1002, 1003};
static gid_t groups[] = {50, 60};
static char *units[] = {(char[]){"shop.service"}, (char[]){"pay@.service"}};
static const struct readers ALL = {.users = users,
                                   .groups = groups,
                                   .units = units,
                                   .user_count = 3,
                                   .group_count = 2,
                                   .unit_count = 2};
static const struct readers NONE = {.users = NULL};

Test(readers, are_users_and_members_of_groups)
{
    const gid_t member[] = {7, 60}, stranger[] = {7, 70};

    cr_expect(readers_has(&ALL, 1003, NULL, 0));
    cr_expect(!readers_has(&ALL, 1004, NULL, 0));
    cr_expect(!readers_has(&ALL, 50, NULL, 0), "a group's number is no user");
    cr_expect(readers_has(&ALL, 1004, member, 2));
    cr_expect(!readers_has(&ALL, 1004, stranger, 2));
    cr_expect(!readers_has(&NONE, 1001, member, 2));
}

Test(readers, cover_those_who_are_all_among_them)
{
    const struct readers some = {.users = users + 1,
                                 .groups = groups,
                                 .user_count = 2,
                                 .group_count = 1};
    uid_t another[] = {1002, 1004};
    gid_t elsewhere[] = {70};
    const struct readers user = {.users = another, .user_count = 2};
    const struct readers group = {.groups = elsewhere, .group_count = 1};

    cr_expect(readers_cover(&ALL, &some));
    cr_expect(!readers_cover(&some, &ALL));
    cr_expect(readers_cover(&ALL, &ALL));
    cr_expect(readers_cover(&NONE, &NONE));
    cr_expect(readers_cover(&ALL, &NONE));
    cr_expect(!readers_cover(&ALL, &user), "one of its users is none");
    cr_expect(!readers_cover(&ALL, &group), "nor is its group");
}

Test(readers, are_units_and_instances_of_a_template)
{
    cr_expect(readers_has_unit(&ALL, "shop.service"));
    cr_expect(readers_has_unit(&ALL, "pay@eu.service"));
    cr_expect(!readers_has_unit(&ALL, "pay.service"));
    cr_expect(!readers_has_unit(&NONE, "shop.service"));
}
