/* SPDX-License-Identifier: MIT */
/*
 * quota-t.c - how many fetches there are in a time, to the second.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper/store/quota.h"
#include "provider/base/auto.h"
#include "tests/unit/scratch.h"

#define NOW INT64_C(1800000000)
#define HOUR 3600

static struct profile profile = {.name = (char[]){"p"},
                                 .file = "/c/p.yaml",
                                 .request = {.max_fetches = 3,
                                             .max_fetches_s = HOUR,
                                             .max_fetches_line = 7}};

static void
set_up(void)
{
    scratch_make();
    (void)setenv("XDG_STATE_HOME", scratch_path(""), 1);
    cr_assert_eq(mkdir(scratch_path("tokenward"), 0700), 0);
}

TestSuite(quota, .init = set_up, .fini = scratch_remove);

/* The count, of these times. */
static void
put(const char *text)
{
    scratch_put("tokenward/.fetches.p", 0600, text, strlen(text));
}

static void
expect(const char *text)
{
    char found[256] = "";
    FILE *file = fopen(scratch_path("tokenward/.fetches.p"), "r");

    cr_assert_not_null(file);
    (void)!fread(found, 1, sizeof found - 1, file);
    (void)fclose(file);
    cr_expect_str_eq(found, text);
}

static enum tw_status
look(int64_t now)
{
    int64_t next;

    return quota_look(&profile, false, now, &next, NULL);
}

static void
expect_refusal(int64_t now, const char *when)
{
    struct tw_error err;
    int64_t next;

    cr_expect_eq(quota_take(&profile, false, now, &err), TW_E_RETRY);
    cr_expect_not_null(strstr(err.message, "/c/p.yaml:7: profile 'p': "));
    cr_expect_not_null(strstr(err.message, when), "%s", err.message);
    cr_expect_eq(quota_look(&profile, false, now, &next, NULL), TW_E_RETRY);
}

Test(quota, is_of_any_hour_to_the_second)
{
    int64_t next;

    cr_expect_eq(quota_take(&profile, false, NOW, NULL), TW_OK);
    cr_expect_eq(quota_take(&profile, false, NOW + 10, NULL), TW_OK);
    cr_expect_eq(quota_take(&profile, false, NOW + 20, NULL), TW_OK);
    expect("000001800000000\n000001800000010\n000001800000020\n");
    expect_refusal(NOW + 30, "allowed in 3570 s, at 2027-01-15 09:00:00Z");
    cr_expect_eq(quota_look(&profile, false, NOW + 30, &next, NULL),
                 TW_E_RETRY);
    cr_expect_eq(next, NOW + HOUR);
    expect_refusal(NOW + HOUR - 1, "allowed in 1 s");
    cr_expect_eq(look(NOW + HOUR), TW_OK);
    cr_expect_eq(quota_take(&profile, false, NOW + HOUR, NULL), TW_OK,
                 "then, as it was said");
    expect("000001800003600\n000001800000010\n000001800000020\n");
    expect_refusal(NOW + HOUR + 1, "allowed in 9 s");
}

/* As when the profile allowed more before. */
Test(quota, is_of_the_last_ones_in_whatever_order)
{
    put("000001800000040\n000001800000010\n000001800000030\n"
        "000001800000020\n");
    expect_refusal(NOW + 50, "allowed in 3570 s");
    put("000001800000040\n000001800000010\n000001799990000\n"
        "000001800000020\n000001799990001\n");
    expect_refusal(NOW + 50, "allowed in 3560 s");
}

Test(quota, believes_no_time_that_is_none_or_to_come)
{
    put("-00001800000000\ngarbage garbage\n0000018000000x0\n"
        "000001800000000 00000180000000");
    cr_expect_eq(quota_take(&profile, false, NOW + 1, NULL), TW_OK);
    put("000001800000000 000001800000000 000001800000000 ");
    cr_expect_eq(quota_take(&profile, false, NOW + 1, NULL), TW_OK);
    put("000002800000000\n000002800000000\n000002800000000\n");
    expect_refusal(NOW + 60, "allowed in 3600 s");
    put("000002800000000\n000001800000010\n000001800000020\n");
    expect_refusal(NOW + 60, "allowed in 3550 s");
    expect("000001800000060\n000001800000010\n000001800000020\n");
}

Test(quota, is_forgotten_and_looked_at_without_being_made)
{
    AUTO_CLOSE int dir = open(scratch_path("tokenward"), O_PATH | O_CLOEXEC);

    put("000001800000000\n000001800000010\n000001800000020\n");
    quota_forget(dir, "p");
    cr_expect_neq(access(scratch_path("tokenward/.fetches.p"), F_OK), 0);
    cr_expect_eq(look(NOW), TW_OK);
    cr_expect_neq(access(scratch_path("tokenward/.fetches.p"), F_OK), 0);
    put("000001800000000\n000001800000010\n000001800000020\n");
    cr_assert_eq(chmod(scratch_path("tokenward/.fetches.p"), 0620), 0);
    cr_expect_eq(look(NOW), TW_OK, "what is not ours is told when it counts");
    cr_expect_eq(quota_take(&profile, false, NOW, NULL), TW_E_ACCESS);
}
