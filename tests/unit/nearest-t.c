/* SPDX-License-Identifier: MIT */
/*
 * nearest-t.c - how far away what somebody wrote may be from what they meant.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "provider/base/nearest.h"

/* The nearest of @candidates, which spaces part, or "". */
static const char *
nearest_of(const char *written, const char *candidates)
{
    static char words[256];
    struct nearest nearest = {.written = written};

    cr_assert_lt(strlen(candidates), sizeof words);
    (void)strcpy(words, candidates);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        nearest_look(&nearest, word);
    return nearest.best ? nearest.best : "";
}

Test(nearest, is_one_slip_away_in_a_short_word_and_two_in_a_long_one)
{
    cr_expect_str_eq(nearest_of("gat", "set get"), "get");
    cr_expect_str_eq(nearest_of("egt", "set get"), "get", "swapped");
    cr_expect_str_eq(nearest_of("lsit", "list"), "list", "swapped");
    cr_expect_str_eq(nearest_of("lost", "list"), "list");
    cr_expect_str_eq(nearest_of("lots", "list"), "");
    cr_expect_str_eq(nearest_of("abc", "get"), "");
    cr_expect_str_eq(nearest_of("loost", "list"), "list", "five letters");
    cr_expect_str_eq(nearest_of("staetus", "status"), "status");
    cr_expect_str_eq(nearest_of("xtatuy", "status"), "status");
    cr_expect_str_eq(nearest_of("xtatyy", "status"), "");
    cr_expect_str_eq(nearest_of("stat", "status"), "");
    cr_expect_str_eq(nearest_of("", "a"), "");
}

Test(nearest, is_the_first_of_those_that_are_as_near)
{
    cr_expect_str_eq(nearest_of("payed", "payer paged payee"), "payer");
    cr_expect_str_eq(nearest_of("payed", "prayer payees payed"), "payed");
}

/* What is too long to be looked at is near to nothing. */
Test(nearest, has_a_length)
{
    char word[NEAREST_LEN_MAX + 2], other[NEAREST_LEN_MAX + 2];

    memset(word, 'x', sizeof word);
    memset(other, 'x', sizeof other);
    word[NEAREST_LEN_MAX] = other[NEAREST_LEN_MAX] = '\0';
    other[0] = 'y';
    cr_expect_str_eq(nearest_of(word, other), other);
    word[NEAREST_LEN_MAX] = other[NEAREST_LEN_MAX] = 'x';
    word[NEAREST_LEN_MAX + 1] = other[NEAREST_LEN_MAX + 1] = '\0';
    cr_expect_str_eq(nearest_of(word, other), "");
}
