/* SPDX-License-Identifier: MIT */
/*
 * bell-t.c - what is a request of the doorbell, and how many one user has.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/serve/bell.h"
#include "provider/base/doorbell.h"

struct row {
    const char *text;
    enum bell_command command; /* 0: refused */
    int64_t min_valid, generation;
};

static const struct row ROWS[] = {
    {"command=ensure\nprofile=a\n", BELL_ENSURE, -1, 0},
    {"command=ensure\nprofile=a\nmin_valid=60\n", BELL_ENSURE, 60, 0},
    {"profile=a\ncommand=ensure\nfuture=x\n", BELL_ENSURE, -1, 0},
    {"command=ensure\nprofile=a", BELL_ENSURE, -1, 0},
    {"command=reject\nprofile=a\ngeneration=7\n", BELL_REJECT, -1, 7},
    {"command=leave\nprofile=a@b\n", BELL_LEAVE, -1, 0},
    {"command=ensure\nprofile=a\nmin_valid=0\n", BELL_ENSURE, 0, 0},
    {"command=ensure\nprofile=a\nmin_valid=253402300799\n", BELL_ENSURE,
     TIME_MAX_S, 0},
    {"command=reject\nprofile=a\ngeneration=1\n", BELL_REJECT, -1, 1},
    {"command=leave\n", 0, 0, 0},
    {"command=leave\nprofile=a/b\n", 0, 0, 0},
    {"command=status\n", BELL_STATUS, -1, 0},
    {"command=ensure\n", 0, 0, 0},
    {"command=reject\nprofile=a\n", 0, 0, 0},
    {"command=reject\nprofile=a\ngeneration=0\n", 0, 0, 0},
    {"command=reject\ngeneration=7\n", 0, 0, 0},
    {"profile=../a\ncommand=ensure\n", 0, 0, 0},
    {"command=get\ncommand=status\n", 0, 0, 0},
    {"command=status\nand more\n", 0, 0, 0},
    {"command=ensure\nprofile=a\nmin_valid=253402300800\n", 0, 0, 0},
    {"command=ensure\nprofile=a\nmin_valid=9223372036854775807\n", 0, 0, 0},
    {"command=ensure\nprofile=../a\n", 0, 0, 0},
    {"command=ensure\nprofile=a/b\n", 0, 0, 0},
    {"command=ensure\nprofile=\n", 0, 0, 0},
    {"command=ensure\nprofile=a\nmin_valid=-1\n", 0, 0, 0},
    {"command=ensure\nprofile=a\nmin_valid=99999999999999999999\n", 0, 0, 0},
    {"command=ensure\nprofile=a\nmin_valid=1x\n", 0, 0, 0},
    {"command=get\nprofile=a\n", 0, 0, 0},
    {"profile=a\n", 0, 0, 0},
    {"command=ensure\rprofile=a\n", 0, 0, 0},
    {"ensure a\n", 0, 0, 0},
    {"=x\n", 0, 0, 0},
    {"", 0, 0, 0},
};

Test(bell, what_a_request_is)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct row *row = &ROWS[i];
        struct bell_request request = {.generation = 42};
        char text[DOORBELL_REQUEST_MAX + 1];
        enum tw_status status;
        struct tw_error err;

        (void)strcpy(text, row->text);
        status = bell_parse(text, strlen(row->text), &request, &err);
        cr_expect_eq(status, row->command ? TW_OK : TW_E_USAGE, "row %zu", i);
        if (status) {
            cr_expect_eq(request.generation, 42, "row %zu: untouched", i);
            continue;
        }
        cr_expect_eq(request.command, row->command, "row %zu", i);
        cr_expect_eq(request.min_valid, row->min_valid, "row %zu", i);
        cr_expect_eq(request.generation, row->generation, "row %zu", i);
    }
}

Test(bell, a_nul_is_no_text)
{
    char text[] = "command=ensure\nprofile=a\0b\n";
    struct bell_request request;

    cr_assert_eq(bell_parse(text, sizeof text - 1, &request, NULL),
                 TW_E_USAGE);
}

Test(allowance, callers_of_one_user)
{
    static struct allowances allowances;
    struct allowance *allowance = NULL;

    for (int i = 0; i < ALLOWANCE_CALLERS; i++)
        cr_assert(allowance = allowance_enter(&allowances, 7, 0));
    cr_assert_null(allowance_enter(&allowances, 7, 0));
    cr_assert_not_null(allowance_enter(&allowances, 8, 0));
    allowance_leave(allowance);
    cr_assert_not_null(allowance_enter(&allowances, 7, 0));
}

Test(allowance, requests_of_one_user)
{
    static struct allowances allowances;
    struct allowance *allowance = allowance_enter(&allowances, 7, 0);

    for (int i = 0; i < ALLOWANCE_BURST; i++)
        cr_assert(allowance_spend(allowance, 0));
    cr_assert_not(allowance_spend(allowance, 0));
    allowance_leave(allowance); /* another call is no new budget */
    allowance = allowance_enter(&allowances, 7, 5);
    cr_assert_not(allowance_spend(allowance, 5));
    cr_assert(allowance_spend(allowance, 1000 / ALLOWANCE_RATE));
    cr_assert_not(allowance_spend(allowance, 1000 / ALLOWANCE_RATE));
    cr_assert(allowance_spend(allowance, INT64_MAX / 2));
}

Test(allowance, fetches_of_one_user)
{
    static struct allowances allowances;
    struct allowance *allowance = allowance_enter(&allowances, 7, 0);

    for (int i = 0; i < ALLOWANCE_FETCHES; i++)
        cr_assert(allowance_fetch(allowance, 0));
    cr_assert_not(allowance_fetch(allowance, 0));
    cr_assert(allowance_spend(allowance, 0), "requests are counted apart");
    allowance_leave(allowance);
    allowance_leave(allowance_enter(&allowances, 8, 10));
    allowance = allowance_enter(&allowances, 7, 20);
    cr_assert_not(allowance_fetch(allowance, 20), "another's call forgets it");
    cr_assert(allowance_fetch(allowance, 1000));
    cr_assert_not(allowance_fetch(allowance, 1000));
    cr_assert(allowance_fetch(allowance, INT64_MAX / 2));
}

Test(allowance, users_are_forgotten_when_nothing_is_owed)
{
    static struct allowances allowances;

    for (uid_t uid = 0; uid < ALLOWANCE_USERS; uid++) {
        struct allowance *allowance = allowance_enter(&allowances, uid, 0);

        cr_assert(allowance && allowance_spend(allowance, 0));
        allowance_leave(allowance);
    }
    cr_assert_null(allowance_enter(&allowances, 9999, 0));
    cr_assert_not_null(allowance_enter(&allowances, 9999, 1000));
}
