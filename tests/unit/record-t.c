/* SPDX-License-Identifier: MIT */
/*
 * record-t.c - records are read whole or not at all, and say how long a token
 * lives.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/clock.h"
#include "provider/base/record.h"

static void
fill(struct secret *out, const char *text)
{
    *out = SECRET_INIT(RECORD_MAX);
    cr_assert(secret_append_text(out, text));
}

static const char WHOLE[] = "tokenward-record=1\nprofile=p\ngeneration=3\n"
                            "token_type=Bearer\naccess_token=tok\n"
                            "scope=a b\nissued_at=1000\nexpires_at=4600\n"
                            "boottime_expires=3700\nlifetime=3600\n"
                            "refresh_at=3700\nfuture_key=x\nexport=A=token\n";

Test(record, is_read_and_written_alike)
{
    AUTO_RECORD record = RECORD_INIT;
    AUTO_RECORD again = RECORD_INIT;
    AUTO_SECRET text, out = SECRET_INIT(RECORD_MAX);

    fill(&text, WHOLE);
    cr_assert_eq(record_parse(&text, &record, NULL), TW_OK);
    cr_assert_eq(record.generation, 3);
    cr_assert_str_eq(record.token, "tok");
    cr_assert_str_eq(record.scope, "a b");
    cr_assert_eq(record.expires.wall, 4600);
    cr_assert_str_eq(record.exports[0], "A=token");
    cr_assert(record_format(&record, &out));
    cr_assert_eq(record_parse(&out, &again, NULL), TW_OK);
    cr_assert_str_eq(again.token, "tok");
    cr_assert_eq(again.lifetime, 3600);
}

Test(record, is_read_in_any_order_and_the_last_of_two_counts)
{
    static const char BACKWARDS[] =
        "tokenward-record=1\nexport=A=token\nfuture_key=x\n"
        "boot_id=00000000-1111-2222-3333-444444444444\nwlcg_discovery=1\n"
        "refresh_at=3700\nlifetime=3600\nboottime_expires=3700\n"
        "expires_at=4600\nissued_at=1000\nexport=B=file\nscope=no\n"
        "scope=a b\naccess_token=tok\ntoken_type=Bearer\ngeneration=3\n"
        "generations=4\nprofile=p\n";
    AUTO_RECORD record = RECORD_INIT;
    AUTO_SECRET text;

    fill(&text, BACKWARDS);
    cr_assert_eq(record_parse(&text, &record, NULL), TW_OK);
    cr_assert_str_eq(record.profile, "p");
    cr_assert_eq(record.generation, 3);
    cr_assert_str_eq(record.scope, "a b");
    cr_assert_eq(record.refresh_at, 3700);
    cr_assert_eq(record.wlcg_discovery, 1);
    cr_assert_str_eq(record.expires.boot_id,
                     "00000000-1111-2222-3333-444444444444");
    cr_assert_eq(record.export_count, 2);
    cr_assert_str_eq(record.exports[1], "B=file");
}

Test(record, cut_anywhere_is_no_record)
{
    for (size_t n = 0; n < strlen(WHOLE) - strlen("refresh_at=3700\nfuture_"
                                                  "key=x\nexport=A=token\n");
         n++) {
        AUTO_RECORD record = RECORD_INIT;
        AUTO_SECRET text = SECRET_INIT(RECORD_MAX);

        cr_assert(secret_append(&text, WHOLE, n));
        if (n == 0)
            continue;
        /* Without lifetime= nothing is whole. */
        cr_assert_eq(record_parse(&text, &record, NULL), TW_E_NOT_FOUND,
                     "cut at %zu", n);
    }
}

Test(record, is_refused_with_a_foreign_version_or_a_bad_value)
{
    const char *const bad[] = {
        "tokenward-record=2\nprofile=p\n",
        "profile=p\n",
        "tokenward-record=1\nprofile=p\ngeneration=1\ntoken_type=Bearer\n"
        "access_token=a b\nissued_at=1\nexpires_at=2\nboottime_expires=2\n"
        "lifetime=1\nrefresh_at=1\n",
        "tokenward-record=1\nprofile=p\ngeneration=0\ntoken_type=Bearer\n"
        "access_token=ab\nissued_at=1\nexpires_at=2\nboottime_expires=2\n"
        "lifetime=1\nrefresh_at=1\n",
        "tokenward-record=1\nprofile=p\ngeneration=1\ntoken_type=Bearer\n"
        "access_token=ab\nissued_at=1\nexpires_at=2\nboottime_expires=2\n"
        "lifetime=1\nrefresh_at=1\nboot_id=00000000-1111\n",
        /* The next one's could not be counted. */
        "tokenward-record=1\nprofile=p\ngeneration=9223372036854775807\n"
        "token_type=Bearer\naccess_token=ab\nissued_at=1\nexpires_at=2\n"
        "boottime_expires=2\nlifetime=1\nrefresh_at=1\n",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        AUTO_RECORD record = RECORD_INIT;
        AUTO_SECRET text;

        fill(&text, bad[i]);
        cr_assert_eq(record_parse(&text, &record, NULL), TW_E_NOT_FOUND, "%zu",
                     i);
    }
}

Test(record, wants_no_more_than_its_lifetime_gives)
{
    struct record record = {.lifetime = 3600};

    cr_assert_eq(record_wanted(&record, TW_MIN_VALID_DEFAULT), 60);
    cr_assert_eq(record_wanted(&record, 100), 100);
    cr_assert_eq(record_wanted(&record, 100000), 1800);
    record.lifetime = 60;
    cr_assert_eq(record_wanted(&record, TW_MIN_VALID_DEFAULT), 6);
}

Test(record, is_alive_only_if_both_clocks_say_so)
{
    struct now now = clock_now();
    struct record record = {.token = "t", .lifetime = 3600};

    record.expires = moment_after(now, 3600);
    cr_assert_eq(record_left(&record, now), 3600);
    /* The wall clock was set back by an hour and by ten years. */
    now.wall -= 3600;
    cr_assert_eq(record_left(&record, now), 3600);
    now.boot += 3601;
    cr_assert_leq(record_left(&record, now), 0);
    /* Forward: dead by the wall clock. */
    now = clock_now();
    now.wall += 315360000;
    cr_assert_leq(record_left(&record, now), 0);
    /* Another boot's boottime is not compared; ten years back is no life. */
    now = clock_now();
    strcpy(record.expires.boot_id, "00000000-0000-0000-0000-000000000000");
    now.boot = 1;
    cr_assert_eq(record_left(&record, now), 3600);
    now.wall -= 315360000;
    cr_assert_leq(record_left(&record, now), 0);
}
