/* SPDX-License-Identifier: MIT */
/*
 * record-t.c - records are read whole or not at all, and say how long a token
 * lives.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "provider/base/clock.h"
#include "provider/base/record.h"
#include "tests/unit/scratch.h"

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

/* WHOLE, with @line instead of the one that begins as it does up to its '=',
 * or without that one, if nothing follows the '='. */
static void
fill_but_for(struct secret *out, const char *line)
{
    const char *value = strchr(line, '=') + 1;
    size_t n = (size_t)(value - line);
    bool found = false;

    *out = SECRET_INIT(RECORD_MAX);
    for (const char *at = WHOLE; *at;) {
        size_t len = strcspn(at, "\n") + 1;
        bool is_it = strncmp(at, line, n) == 0;

        found = found || is_it;
        if (!is_it)
            cr_assert(secret_append(out, at, len));
        else if (*value)
            cr_assert(secret_append_text(out, line) &&
                      secret_append(out, "\n", 1));
        at += len;
    }
    cr_assert(found, "%s", line);
}

Test(record, is_whole_with_each_of_its_lines_alone)
{
    static const struct {
        const char *line;
        enum tw_status status;
    } ROWS[] = {
        {"profile=q", TW_OK},
        {"tokenward-record=2", TW_E_NOT_FOUND},
        {"tokenward-record=", TW_E_NOT_FOUND},
        {"profile=", TW_E_NOT_FOUND},
        {"generation=", TW_E_NOT_FOUND},
        {"generation=-1", TW_E_NOT_FOUND},
        {"generation=1x", TW_E_NOT_FOUND},
        {"generation=9223372036854775806", TW_OK},
        {"token_type=", TW_E_NOT_FOUND},
        {"access_token=", TW_OK},
        {"issued_at=-1", TW_E_NOT_FOUND},
        {"issued_at=0", TW_OK},
        {"issued_at=253402300799", TW_OK},
        {"issued_at=253402300800", TW_E_NOT_FOUND},
        {"expires_at=-1", TW_E_NOT_FOUND},
        {"expires_at=253402300800", TW_E_NOT_FOUND},
        {"boottime_expires=-1", TW_E_NOT_FOUND},
        {"boottime_expires=253402300800", TW_E_NOT_FOUND},
        {"refresh_at=", TW_E_NOT_FOUND},
        {"refresh_at=-1", TW_E_NOT_FOUND},
        {"refresh_at=253402300800", TW_E_NOT_FOUND},
        {"lifetime=", TW_E_NOT_FOUND},
        {"lifetime=-1", TW_E_NOT_FOUND},
        {"lifetime=1", TW_OK},
        {"lifetime=253402300799", TW_OK},
        {"lifetime=253402300800", TW_E_NOT_FOUND},
        {"future_key", TW_E_NOT_FOUND},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        AUTO_RECORD record = RECORD_INIT;
        AUTO_SECRET text = SECRET_INIT(RECORD_MAX);

        if (strchr(ROWS[i].line, '='))
            fill_but_for(&text, ROWS[i].line);
        else
            cr_assert(secret_append_text(&text, WHOLE) &&
                      secret_append_text(&text, ROWS[i].line));
        cr_expect_eq(record_parse(&text, &record, NULL), ROWS[i].status, "%s",
                     ROWS[i].line);
        cr_expect_eq(record.text.len != 0, ROWS[i].status == TW_OK, "%s",
                     ROWS[i].line);
    }
}

Test(record, has_so_many_exports_and_no_more)
{
    AUTO_RECORD record = RECORD_INIT;
    AUTO_SECRET text;

    fill(&text, WHOLE);
    for (int i = 0; i < 3 * RECORD_EXPORTS_MAX; i++)
        cr_assert(secret_append_text(&text, "export=B=file\n"));
    cr_assert_eq(record_parse(&text, &record, NULL), TW_OK);
    cr_expect_eq(record.export_count, RECORD_EXPORTS_MAX);
    cr_expect_str_eq(record.exports[0], "A=token");
}

static enum tw_status
read_file(uid_t owner, bool private)
{
    AUTO_RECORD record = RECORD_INIT;

    return record_read(AT_FDCWD, scratch_path("record"), owner, private,
                       &record, NULL);
}

Test(record, is_believed_of_its_owner_s_file_alone, .init = scratch_make,
     .fini = scratch_remove)
{
    static char long_text[RECORD_MAX + 1];
    const size_t n = strlen(WHOLE);

    memset(long_text, 'x', sizeof long_text);
    memcpy(long_text, WHOLE, n);
    memcpy(long_text + n, "x=", 2);
    scratch_put("record", 0600, WHOLE, n);
    cr_expect_eq(read_file(geteuid(), true), TW_OK);
    cr_expect_eq(read_file(geteuid(), false), TW_OK);
    cr_expect_eq(read_file(geteuid() + 1, true), TW_E_ACCESS);
    cr_expect_eq(read_file(geteuid() + 1, false), TW_E_ACCESS);
    for (mode_t bit = 01; bit <= 040; bit <<= 1) {
        bool writes = (bit & 022) != 0;

        scratch_put("record", 0600 | bit, WHOLE, n);
        cr_expect_eq(read_file(geteuid(), true), TW_E_ACCESS, "%o",
                     (unsigned)bit);
        cr_expect_eq(read_file(geteuid(), false), writes ? TW_E_ACCESS : TW_OK,
                     "%o", (unsigned)bit);
    }
    scratch_put("record", 0600, "", 0);
    cr_expect_eq(read_file(geteuid(), true), TW_E_NOT_FOUND);
    scratch_put("record", 0600, long_text, sizeof long_text);
    cr_expect_eq(read_file(geteuid(), true), TW_E_NOT_FOUND);
    scratch_put("record", 0600, long_text, RECORD_MAX);
    cr_expect_eq(read_file(geteuid(), true), TW_OK, "as long as it may be");
    cr_assert_eq(unlink(scratch_path("record")), 0);
    cr_expect_eq(read_file(geteuid(), true), TW_E_NOT_FOUND);
    scratch_put("other", 0600, WHOLE, n);
    cr_assert_eq(symlink(scratch_path("other"), scratch_path("record")), 0);
    cr_expect_eq(read_file(geteuid(), true), TW_E_ACCESS, "a link");
    cr_assert_eq(unlink(scratch_path("record")), 0);
    cr_assert_eq(mkdir(scratch_path("record"), 0700), 0);
    cr_expect_eq(read_file(geteuid(), true), TW_E_ACCESS, "a directory");
}

/* Readers may read the system's. */
Test(record, says_what_is_wanted_of_its_file, .init = scratch_make,
     .fini = scratch_remove)
{
    AUTO_RECORD record = RECORD_INIT;
    struct tw_error err;
    char wanted[80];

    scratch_put("record", 0664, WHOLE, strlen(WHOLE));
    for (int closed = 0; closed < 2; closed++) {
        (void)snprintf(wanted, sizeof wanted,
                       "mode 0664; wanted owner %u and nothing %s",
                       (unsigned)geteuid(),
                       closed ? "for others" : "that others may write");
        cr_expect_eq(record_read(AT_FDCWD, scratch_path("record"), geteuid(),
                                 closed, &record, &err),
                     TW_E_ACCESS);
        cr_expect(strstr(err.message, wanted), "%s", err.message);
    }
}

/* Its owner can do nothing about it. */
Test(record, is_the_system_s_matter_where_no_descriptor_is_left,
     .init = scratch_make, .fini = scratch_remove)
{
    struct rlimit limit, none;

    scratch_put("record", 0600, WHOLE, strlen(WHOLE));
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    cr_expect_eq(read_file(geteuid(), true), TW_E_SYSTEM);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(read_file(geteuid(), true), TW_OK);
}

Test(record, wants_no_more_than_its_lifetime_gives)
{
    struct record record = {.lifetime = 3600};

    cr_assert_eq(record_wanted(&record, TW_MIN_VALID_DEFAULT), 60);
    cr_assert_eq(record_wanted(&record, 0), 0);
    cr_assert_eq(record_wanted(&record, 100), 100);
    cr_assert_eq(record_wanted(&record, 100000), 1800);
    record.lifetime = 60;
    cr_assert_eq(record_wanted(&record, TW_MIN_VALID_DEFAULT), 6);
}

Test(record, is_due_as_soon_as_one_of_the_clocks_says_so)
{
    const struct now now = clock_now();
    struct record record = {.token = "t",
                            .lifetime = 3600,
                            .expires = moment_after(now, 3600),
                            .refresh_at = now.wall + 2700};
    struct now later = now;

    cr_expect_eq(record_refresh_left(&record, now), 2700);
    later.boot += 2701; /* and the wall clock was set back meanwhile */
    cr_expect_eq(record_refresh_left(&record, later), -1);
    later = (struct now){.wall = now.wall + 2701, .boot = now.boot};
    cr_expect_eq(record_refresh_left(&record, later), -1);
}

Test(record, is_a_bearer_s_by_the_whole_word)
{
    static const char *const OTHERS[] = {"", "Bear", "Bearers", "Bearer ",
                                         "DPoP"};
    struct record record = {.token_type = "Bearer"};

    cr_expect(record_is_bearer(&record));
    record.token_type = "bEARER";
    cr_expect(record_is_bearer(&record));
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        record.token_type = OTHERS[i];
        cr_expect_not(record_is_bearer(&record), "%s", OTHERS[i]);
    }
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
