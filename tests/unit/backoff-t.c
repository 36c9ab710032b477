/* SPDX-License-Identifier: MIT */
/*
 * backoff-t.c - notes about failures: what is one, and for how long it holds.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/backoff.h"
#include "provider/base/clock.h"
#include "provider/base/secret.h"

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

Test(backoff, is_none_with_a_number_that_can_be_none)
{
    static const char *const BAD[] = {
        "failures=-1\n", "rejections=9223372036854775807\n",
        "failed_at=-9223372036854775807\n",
        "not_before=-9223372036854775807\nboottime_not_before=1\n"};
    struct now now = clock_now();

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        AUTO_SECRET text = SECRET_INIT(BACKOFF_MAX);
        struct backoff note;

        cr_assert(secret_append_text(&text, BAD[i]));
        cr_expect_not(backoff_parse(text.bytes, text.len, &note), "%s",
                      BAD[i]);
        cr_expect_eq(backoff_left(&note, now), 0, "%s", BAD[i]);
    }
}

Test(backoff, never_holds_back_longer_than_an_hour)
{
    struct now now = clock_now();
    struct backoff note = {.not_before = moment_after(now, 1000000)};

    cr_assert_eq(backoff_left(&note, now), 3600);
    cr_assert_eq(backoff_left(&(struct backoff){0}, now), 0);
}

static bool
parses(const char *text, struct backoff *out)
{
    AUTO_SECRET copy = SECRET_INIT(BACKOFF_MAX);

    cr_assert(secret_append_text(&copy, text));
    return backoff_parse(copy.bytes, copy.len, out);
}

/* None of a text is left out, or the next field would be written to. */
Test(backoff, has_texts_that_there_is_room_for)
{
    static const struct {
        const char *key;
        int room;
    } TEXTS[] = {
        {"status", sizeof((struct backoff *)NULL)->status},
        {"message", sizeof((struct backoff *)NULL)->message},
        {"fingerprint", sizeof((struct backoff *)NULL)->fingerprint},
        {"secret_tag", sizeof((struct backoff *)NULL)->secret_tag},
        {"salt", sizeof((struct backoff *)NULL)->salt},
        {"boot_id", BOOT_ID_LEN + 1},
    };

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        for (int n = TEXTS[i].room - 1; n <= TEXTS[i].room; n++) {
            char text[BACKOFF_MAX];
            struct backoff note;

            (void)snprintf(text, sizeof text, "%s=%0*d\n", TEXTS[i].key, n, 0);
            cr_expect_eq(parses(text, &note), n < TEXTS[i].room, "%s: %d",
                         TEXTS[i].key, n);
        }
    }
}

Test(backoff, is_none_of_what_is_half_one)
{
    static const char *const BAD[] = {"failures=3\nrubbish\n",
                                      "failures=3\nmessage=a\033[2Jb\n",
                                      "failures=3\nstatus=\001\n"};

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct backoff note;

        cr_expect_not(parses(BAD[i], &note), "%zu", i);
        cr_expect_eq(note.failures, 0, "%zu", i);
        cr_expect_str_eq(note.message, "", "%zu", i);
    }
}

Test(backoff, has_no_hint_without_a_message)
{
    struct backoff note;

    cr_assert(parses("hint=alone\n", &note));
    cr_expect_str_eq(note.message, "");
}

/* Whatever else lies in its place, nobody waits for it or follows it. */
Test(backoff, is_a_file_that_is_no_link_and_no_pipe)
{
    char dir[] = "/tmp/backoff-t.XXXXXX";
    struct backoff note;
    FILE *file;
    int fd;

    cr_assert(mkdtemp(dir));
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    cr_assert_eq(symlinkat("note", fd, "link"), 0);
    cr_assert_eq(mkfifoat(fd, "pipe", 0600), 0);
    file =
        fdopen(openat(fd, "note", O_WRONLY | O_CREAT | O_CLOEXEC, 0600), "w");
    cr_assert(file);
    (void)fputs("failures=3\n", file);
    cr_assert_eq(fclose(file), 0);
    backoff_read(fd, "note", &note);
    cr_expect_eq(note.failures, 3);
    backoff_read(fd, "link", &note);
    cr_expect_eq(note.failures, 0);
    (void)alarm(5);
    backoff_read(fd, "pipe", &note);
    (void)alarm(0);
    cr_expect_eq(note.failures, 0);
    cr_assert_eq(unlinkat(fd, "note", 0) | unlinkat(fd, "link", 0) |
                     unlinkat(fd, "pipe", 0),
                 0);
    cr_assert_eq(close(fd), 0);
    cr_assert_eq(rmdir(dir), 0);
}
