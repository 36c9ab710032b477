/* SPDX-License-Identifier: MIT */
/*
 * base-t.c - the codec, moments, secrets and texts.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/clock.h"
#include "provider/base/date.h"
#include "provider/base/lines.h"
#include "provider/base/mark.h"
#include "provider/base/own_ids.h"
#include "provider/base/secret.h"
#include "provider/base/text.h"

Test(own_ids, are_numbers_in_full)
{
    static const char *const NOBODYS[] = {"",   "x",  "0x0",
                                          "1 ", "-1", "99999999999999999999"};
    AUTO_OWN_IDS ids = {.groups = NULL};
    char text[32];

    own_ids_take(&ids);
    for (size_t i = 0; i < sizeof NOBODYS / sizeof *NOBODYS; i++) {
        cr_expect_not(own_ids_has_user(NOBODYS[i]), "%s", NOBODYS[i]);
        cr_expect_not(own_ids_has_group(&ids, NOBODYS[i]), "%s", NOBODYS[i]);
    }
    (void)snprintf(text, sizeof text, "%u", (unsigned)geteuid());
    cr_expect(own_ids_has_user(text));
    (void)snprintf(text, sizeof text, "%u", (unsigned)getegid());
    cr_expect(own_ids_has_group(&ids, text));
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
    for (size_t i = 0; i < 2; i++) {
        char text[] = "a=1\rb=2\n";

        lines_begin(&lines, text, i ? strlen(text) : strlen(text) - 1);
        cr_assert_not(lines_next_is(&lines, "a", 1, &value));
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

/* What fitted of a value that does not fit may be most of a token. */
Test(lines, are_written_whole_or_not_at_all)
{
    AUTO_SECRET out = SECRET_INIT(32);

    cr_assert(secret_reserve(&out, 32));
    cr_assert(lines_put(&out, "a", "1"));
    cr_assert_not(lines_put(&out, "token", "abcdefghijklmnopqrstuvwxyz"));
    cr_assert_str_eq(secret_text(&out), "a=1\n");
    cr_assert_eq(out.len, 4);
    cr_assert_not(lines_put(&out, "token", "abcdefghijklmnopqrstuv"));
    cr_expect_eq(out.len, 4);
    for (size_t i = 4; i < 32; i++)
        cr_expect_eq(out.bytes[i], '\0', "%zu", i);
    cr_assert(lines_put(&out, "b", "2"));
    cr_assert_str_eq(secret_text(&out), "a=1\nb=2\n");
}

/* Behind the text lies nothing of ours: the page after it may not be read. */
Test(lines, are_not_looked_at_behind_their_end)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *text = pages + page - 5; /* and the byte that ends it */
    struct lines lines;
    const char *value;

    cr_assert(pages != MAP_FAILED);
    cr_assert_eq(mprotect(pages + page, page, PROT_NONE), 0);
    memcpy(text, "a=1\n", 5);
    lines_begin(&lines, text, 4);
    cr_assert_not(lines_next_is(&lines, "access_token", 12, &value));
    cr_assert(lines_next_is(&lines, "a", 1, &value));
    cr_assert_str_eq(value, "1");
    cr_assert_not(lines_next_is(&lines, "access_token", 12, &value));
    cr_assert_eq(munmap(pages, 2 * page), 0);
}

Test(moment, is_as_far_away_as_the_sooner_of_its_two_ends)
{
    struct now now = clock_now();
    struct moment moment = moment_after(now, 10);

    for (int64_t apart = -3; apart <= 3; apart++) {
        struct now other = {.wall = now.wall, .boot = now.boot + apart};

        cr_expect_eq(moment_left(&moment, other), apart > 0 ? 10 - apart : 10,
                     "%ld", (long)apart);
    }
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
    cr_assert_not(bytes_equal("ab", 2, "cb", 2));
    cr_assert_not(bytes_equal("ab", 2, "a", 1));
    cr_assert_not(bytes_equal("a", 1, "ab", 2));
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
    cr_assert(text_is_profile_name("a@b"));
    cr_assert_not(text_is_profile_name("a@"));
    cr_assert_not(text_is_profile_name("@b"));
    cr_assert_not(text_is_profile_name("a@b/c"));
    cr_assert_not(text_is_profile_name("a/b@c"));
    cr_assert_not(text_is_profile_name("a@b@c"));
    cr_assert_not(text_is_profile_name("a@.."));
    cr_assert(text_is_template_name("a@"));
    cr_assert_not(text_is_template_name("a"));
    cr_assert_not(text_is_template_name("a@b"));
    cr_assert_not(text_is_template_name("a/b@"));
    cr_assert_not(text_is_template_name("@"));
    cr_assert(text_is_module_name("client_credentials"));
    cr_assert_not(text_is_module_name("../x"));
    cr_assert_not(text_is_module_name("Upper"));
    cr_assert_not(text_is_module_name("a.so"));
    cr_assert_not(text_is_module_name("1a"));
    cr_assert(text_is_variable_name("_a1"));
    cr_assert_not(text_is_variable_name(""));
    cr_assert_not(text_is_variable_name("1a"));
    cr_assert_not(text_is_variable_name("a.b"));
    cr_assert_not(text_is_variable_name("a-b"));
}

/* Each part of a name on its own. */
Test(text, names_are_bounded)
{
    char name[2 * NAME_PART_MAX + 8];

    for (int first = 1; first < NAME_PART_MAX + 3; first++) {
        const bool good = first <= NAME_PART_MAX;

        (void)snprintf(name, sizeof name, "%0*d", first, 0);
        cr_assert_eq(text_is_profile_name(name), good, "%d", first);
        (void)snprintf(name, sizeof name, "%0*d@a", first, 0);
        cr_assert_eq(text_is_profile_name(name), good, "%d@", first);
        (void)snprintf(name, sizeof name, "a@%0*d", first, 0);
        cr_assert_eq(text_is_profile_name(name), good, "@%d", first);
        (void)snprintf(name, sizeof name, "%0*d@", first, 0);
        cr_assert_eq(text_is_template_name(name), good, "%d@", first);
        memset(name, 'a', (size_t)first);
        name[first] = '\0';
        cr_assert_eq(text_is_variable_name(name), first <= 64, "%d", first);
        cr_assert_eq(text_is_module_name(name), first <= 32, "%d", first);
    }
}

/* They are looked at in blocks: no place in a block is left out, none at the
 * end, and nothing behind it counts. */
Test(text, tokens_and_lines_are_looked_at_byte_for_byte)
{
    char text[50];

    for (size_t n = 1; n < sizeof text; n++) {
        for (size_t at = 0; at < n; at++) {
            for (int byte = 0; byte <= UCHAR_MAX; byte++) {
                memset(text, 'x', n);
                memset(text + n, '\n', sizeof text - n);
                text[at] = (char)byte;
                cr_assert_eq(text_is_token(text, n), byte > ' ' && byte < 0x7f,
                             "0x%02x at %zu of %zu", byte, at, n);
                cr_assert_eq(text_is_line(text, n),
                             byte >= ' ' && byte != 0x7f,
                             "0x%02x at %zu of %zu", byte, at, n);
            }
        }
    }
    cr_assert(text_is_line("", 0));
}

Test(text, tokens_have_a_length)
{
    static char text[TOKEN_MAX + 1];

    memset(text, 'x', sizeof text);
    cr_assert_not(text_is_token(text, 0));
    cr_assert(text_is_token(text, TOKEN_MAX));
    cr_assert_not(text_is_token(text, TOKEN_MAX + 1));
}

Test(text, numbers_do_not_wrap)
{
    int64_t n;

    cr_assert(text_to_int64("9223372036854775807", &n));
    cr_assert_eq(n, INT64_MAX);
    cr_assert_not(text_to_int64("9223372036854775808", &n));
    cr_assert_not(text_to_int64("18446744073709551616", &n)); /* 2^64 */
    cr_assert_not(text_to_int64("184467440737095516160", &n));
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
    cr_assert_str_eq(text_printable(&shown, " ~\x7f\x9b", 4), " ~??");
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
