/* SPDX-License-Identifier: MIT */
/*
 * base-t.c - the codec, records, moments, secrets and texts.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/backoff.h"
#include "provider/base/clock.h"
#include "provider/base/date.h"
#include "provider/base/lines.h"
#include "provider/base/record.h"

static void
fill(struct secret *out, const char *text)
{
    *out = SECRET_INIT(RECORD_MAX);
    cr_assert(secret_append_text(out, text));
}

Test(lines, reads_until_the_empty_line)
{
    char text[] = "a=1\nb=x=y\n\nc=3\n";
    struct lines lines;
    const char *key, *value;

    lines_begin(&lines, text, strlen(text));
    cr_assert(lines_next(&lines, &key, &value));
    cr_assert_str_eq(key, "a");
    cr_assert_str_eq(value, "1");
    cr_assert(lines_next(&lines, &key, &value));
    cr_assert_str_eq(value, "x=y");
    cr_assert_not(lines_next(&lines, &key, &value));
    cr_assert_not(lines.broken);
}

Test(lines, refuses_what_could_forge_a_line)
{
    const char *const bad[] = {"a=1\rb=2\n", "no equals\n", "=x\n", "a\n"};
    const char *key, *value;
    struct lines lines;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[32];

        strcpy(text, bad[i]);
        lines_begin(&lines, text, strlen(text));
        cr_assert_not(lines_next(&lines, &key, &value), "%s", bad[i]);
        cr_assert(lines.broken, "%s", bad[i]);
    }
    char nul[] = "a=1\0b\n";
    lines_begin(&lines, nul, sizeof nul - 1);
    cr_assert_not(lines_next(&lines, &key, &value));
}

Test(lines, writes_no_line_break_and_leaves_nothing_behind)
{
    AUTO_SECRET out = SECRET_INIT(64);

    cr_assert(lines_put(&out, "a", "1"));
    cr_assert_not(lines_put(&out, "b", "x\ny"));
    cr_assert_not(lines_put(&out, "b", "x\ry"));
    cr_assert_str_eq(secret_text(&out), "a=1\n");
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

Test(backoff, is_read_and_written_alike)
{
    AUTO_SECRET out = SECRET_INIT(BACKOFF_MAX);
    struct backoff note = {.failures = 2, .failed_at = 7}, again;

    note.not_before = moment_after((struct now){.wall = 10, .boot = 5}, 30);
    strcpy(note.status, "retry");
    strcpy(note.message, "it failed\na hint");
    cr_assert(backoff_format(&note, &out));
    cr_assert(backoff_parse(out.bytes, out.len, &again));
    cr_assert_eq(again.failures, 2);
    cr_assert_str_eq(again.message, "it failed\na hint");
    cr_assert_eq(again.not_before.wall, 40);
}

Test(backoff, has_one_hint_that_can_be_shown)
{
    AUTO_SECRET out = SECRET_INIT(BACKOFF_MAX);
    char text[] = "message=m\nhint=\033[2J\nhint=one\nhint=two\n";
    struct backoff note;

    cr_assert(backoff_parse(text, sizeof text - 1, &note));
    cr_assert_str_eq(note.message, "m\none");
    cr_assert(backoff_format(&note, &out));
}

Test(backoff, never_holds_back_longer_than_an_hour)
{
    struct now now = clock_now();
    struct backoff note = {.not_before = moment_after(now, 1000000)};

    cr_assert_eq(backoff_left(&note, now), 3600);
    cr_assert_eq(backoff_left(&(struct backoff){0}, now), 0);
}

Test(secret, is_bounded_and_moved)
{
    AUTO_SECRET a = SECRET_INIT(10), b = SECRET_INIT(10);

    cr_assert(secret_append_text(&a, "0123456789"));
    cr_assert_not(secret_append_text(&a, "x"));
    cr_assert_str_eq(secret_text(&a), "0123456789");
    secret_take(&b, &a);
    cr_assert_eq(a.len, 0);
    cr_assert_str_eq(secret_text(&b), "0123456789");
    cr_assert(bytes_equal("ab", 2, "ab", 2));
    cr_assert_not(bytes_equal("ab", 2, "ac", 2));
    cr_assert_not(bytes_equal("ab", 2, "a", 1));
}

Test(secret, fills_the_room_that_was_reserved)
{
    AUTO_SECRET a = SECRET_INIT(1000);
    const char *bytes;

    cr_assert(secret_append_text(&a, "0123456789"));
    cr_assert_not(secret_reserve(&a, 1001));
    cr_assert(secret_reserve(&a, 1000));
    cr_assert_str_eq(secret_text(&a), "0123456789");
    bytes = a.bytes;
    while (a.len < 1000)
        cr_assert(secret_append_text(&a, "0123456789"));
    cr_assert_eq(a.bytes, bytes);
    cr_assert(secret_reserve(&a, 1));
    cr_assert_eq(a.bytes, bytes);
}

Test(text, names)
{
    cr_assert(text_is_profile_name("a.b-c_1"));
    cr_assert_not(text_is_profile_name(""));
    cr_assert_not(text_is_profile_name(".a"));
    cr_assert_not(text_is_profile_name("-a"));
    cr_assert_not(text_is_profile_name("a/b"));
    cr_assert_not(text_is_profile_name(".."));
    cr_assert(text_is_module_name("client_credentials"));
    cr_assert_not(text_is_module_name("../x"));
    cr_assert_not(text_is_module_name("Upper"));
}

Test(text, numbers_do_not_wrap)
{
    int64_t n;

    cr_assert(text_to_int64("9223372036854775807", &n));
    cr_assert_eq(n, INT64_MAX);
    cr_assert_not(text_to_int64("9223372036854775808", &n));
    cr_assert_not(text_to_int64("12x", &n));
    cr_assert_not(text_to_int64("", &n));
    cr_assert_not(text_to_int64("-", &n));
    cr_assert_not(text_to_int64("+1", &n));
}

Test(text, begins_in_any_case)
{
    cr_assert(text_begins("HTTPS://x", "https://"));
    cr_assert(text_begins("https://", "https://"));
    cr_assert(text_begins("x", ""));
    cr_assert_not(text_begins("https:/", "https://"));
    cr_assert_not(text_begins("", "a"));
    cr_assert_not(text_begins("[", "{")); /* apart by what parts A from a */
    cr_assert_not(text_begins("b\x80", "b\xa0"));
}

Test(text, is_printable_and_cut)
{
    struct shown shown;
    char longer[300];

    cr_assert_str_eq(text_printable(&shown, "a\x1b[1m\n", 6), "a?[1m?");
    memset(longer, 'x', sizeof longer);
    cr_assert_eq(strlen(text_printable(&shown, longer, sizeof longer)),
                 TEXT_SHOWN_MAX + 3);
}

Test(text, numbers_are_as_printf_writes_them)
{
    const int64_t numbers[] = {0, 7, -1, 10, 1795523537, INT64_MAX, INT64_MIN};
    char ours[24], theirs[24];

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        (void)snprintf(theirs, sizeof theirs, "%" PRId64, numbers[i]);
        cr_assert_eq(text_put_int64(ours, numbers[i]), ours + strlen(theirs));
        cr_assert_str_eq(ours, theirs);
        (void)snprintf(theirs, sizeof theirs, "%09" PRIu64,
                       (uint64_t)numbers[i]);
        (void)text_put_unsigned(ours, (uint64_t)numbers[i], 9);
        cr_assert_str_eq(ours, theirs);
    }
}

Test(text, parts_are_joined_whole_or_not_at_all)
{
    const char *const parts[] = {"/run", "", "/x", NULL};
    char out[8];

    cr_assert(text_join(out, 7, parts));
    cr_assert_str_eq(out, "/run/x");
    cr_assert_not(text_join(out, 6, parts));
    cr_assert_str_eq(out, "");
}

Test(mark, is_what_stat_says)
{
    struct stat st = {.st_dev = 5,
                      .st_ino = UINT64_MAX,
                      .st_size = 7,
                      .st_mtim = {.tv_sec = -3, .tv_nsec = 40},
                      .st_ctim = {.tv_sec = 9, .tv_nsec = 999999999}};
    struct mark mark;

    mark_of(&st, &mark);
    cr_assert_str_eq(mark.text, "5:18446744073709551615:7:-3.000000040:"
                                "9.999999999");
    st.st_dev = UINT64_MAX;
    st.st_size = st.st_mtim.tv_sec = st.st_ctim.tv_sec = INT64_MAX;
    mark_of(&st, &mark);
    cr_assert_str_eq(mark.text, "?");
}

Test(date, is_the_same_in_any_zone)
{
    static const struct {
        int64_t when;
        const char *text;
    } DATES[] = {
        {-1, "1970-01-01T00:00:00Z"},
        {951782399, "2000-02-28T23:59:59Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {1483228800, "2017-01-01T00:00:00Z"}, /* after the last leap second */
        {4107542400, "2100-03-01T00:00:00Z"},
        {TIME_MAX_S, "9999-12-31T23:59:59Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
    };
    static const char *const ZONES[] = {"UTC", "right/UTC", "XXX-14"};

    for (size_t z = 0; z < sizeof ZONES / sizeof *ZONES; z++) {
        cr_assert_eq(setenv("TZ", ZONES[z], 1), 0);
        for (size_t i = 0; i < sizeof DATES / sizeof *DATES; i++) {
            char text[DATE_MAX];

            date_text(DATES[i].when, 'T', text);
            cr_expect_str_eq(text, DATES[i].text);
        }
    }
}

Test(date, has_a_day_that_there_is)
{
    static const struct {
        int year, month, day;
        int64_t when; /* -1: there is none */
    } DAYS[] = {
        {2026, 6, 30, 1782777600}, {2026, 6, 31, -1},
        {2026, 2, 29, -1},         {2028, 2, 29, 1835395200},
        {2100, 2, 29, -1},         {2000, 2, 29, 951782400},
        {2026, 1, 0, -1},          {2026, 12, 32, -1},
    };

    for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++) {
        const struct tm date = {.tm_year = DAYS[i].year - 1900,
                                .tm_mon = DAYS[i].month - 1,
                                .tm_mday = DAYS[i].day};
        int64_t when = -1;

        cr_expect_eq(date_seconds(&date, &when), DAYS[i].when >= 0);
        cr_expect_eq(when, DAYS[i].when, "%d-%d-%d", DAYS[i].year,
                     DAYS[i].month, DAYS[i].day);
    }
}
