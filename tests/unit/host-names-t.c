/* SPDX-License-Identifier: MIT */
/*
 * host-names-t.c - names of users and groups: each is asked for once, and
 * one that was nobody's may come to be somebody's.
 */
#include <criterion/criterion.h>

#include "helper/base/host_names.h"

static struct host_names names;

static void
tear_down(void)
{
    host_names_clear(&names);
}

TestSuite(host_names, .fini = tear_down, .timeout = 60);

static void
expect(enum host_name kind, const char *name, enum host_name expected,
       unsigned id)
{
    unsigned found = 4711;

    cr_expect_eq(host_names_find(&names, kind, name, &found), expected, "%s",
                 name);
    if (expected != HOST_NOBODY)
        cr_expect_eq(found, id, "%s: %u", name, found);
}

Test(host_names, knows_users_from_groups)
{
    expect(HOST_USER, "root", HOST_USER, 0);
    expect(HOST_GROUP, "root", HOST_GROUP, 0);
    expect(HOST_USER, "root", HOST_USER, 0);
    expect(HOST_USER, "nobody-of-that-name", HOST_NOBODY, 0);
}

Test(host_names, learns_of_one_that_was_nobody)
{
    static const char *const NAMES[] = {"absent-a", "absent-b", "absent-c"};

    for (size_t i = 0; i < 3; i++)
        expect(HOST_USER, NAMES[i], HOST_NOBODY, 0);
    for (unsigned i = 0; i < 3; i++) {
        unsigned turn = (i + 1) % 3; /* neither the first nor the last one */

        cr_expect(host_names_learn(&names, HOST_USER, NAMES[turn], 100 + i));
        expect(HOST_USER, NAMES[turn], HOST_USER, 100 + i);
        cr_expect_not(
            host_names_learn(&names, HOST_USER, NAMES[turn], 200 + i));
    }
    cr_expect_null(names.absent);
    cr_expect_not(host_names_learn(&names, HOST_GROUP, "absent-a", 1));
    cr_expect_not(host_names_learn(&names, HOST_USER, "never-asked", 1));
    cr_expect_not(host_names_learn(&names, HOST_USER, "root", 1));
}
