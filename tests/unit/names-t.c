/* SPDX-License-Identifier: MIT */
/*
 * names-t.c - the names that a person is told of: each once, and which of them
 * hide another's.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/index.h"
#include "provider/cli/names.h"

Test(names, are_there_once_and_in_their_order)
{
    AUTO_NAMES names = {.names = NULL};
    char text[16];

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++) {
            (void)snprintf(text, sizeof text, "name-%d", i);
            cr_assert(names_add(&names, text));
        }
    }
    cr_assert_eq(names.count, 1000);
    cr_expect_str_eq(names.names[0], "name-0");
    cr_expect_str_eq(names.names[999], "name-999");
}

Test(names, are_what_can_be_one)
{
    static const char *const NONE[] = {"", "a/b", "..", "a@b@c", "@", "a b"};
    AUTO_NAMES names = {.names = NULL};

    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        cr_assert(names_add(&names, NONE[i]));
    cr_expect_eq(names.count, 0);
    cr_expect_not(names_hide(&names, "a"));
}

/* Of a template that is broken nobody knows which instances it has. */
Test(names, of_what_is_left_out_hide_it_and_instances)
{
    AUTO_NAMES names = {.names = NULL};
    AUTO_INDEX index = INDEX_INIT;

    cr_assert(secret_append_text(&index.text, "tokenward-index=1\nprofile=a\n"
                                              "left_out=b\nleft_out=t@\n"
                                              "profile=c@x\n"));
    cr_assert(names_add_left_out(&names, &index));
    cr_assert_eq(names.count, 2);
    cr_expect(names_hide(&names, "b"));
    cr_expect(names_hide(&names, "t@x"));
    cr_expect_not(names_hide(&names, "a"));
    cr_expect_not(names_hide(&names, "t"));
    cr_expect_not(names_hide(&names, "c@x"));
    cr_expect(index_hides(&index, "a"));
    cr_expect(index_hides(&index, "b"));
    cr_expect(index_hides(&index, "t@x"));
    cr_expect(index_hides(&index, "c@x"));
    cr_expect_not(index_hides(&index, "t"));
    cr_expect_not(index_hides(&index, "b@x"));
    cr_expect_not(index_hides(&index, "c@y"));
}
