/* SPDX-License-Identifier: MIT */
/*
 * log-t.c - what a line looks like, whatever its values are, and what becomes
 * of it when nobody reads.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "helper/base/log.h"

/* What @log says goes into a pipe; what is in it comes back. */
static const char *
said(struct log *log, enum log_level level, const struct log_field *fields)
{
    static char text[LOG_LINE_MAX + 1];
    int ends[2], kept = dup(STDERR_FILENO);
    ssize_t n;

    cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
    (void)dup2(ends[1], STDERR_FILENO);
    log_say(log, level, "test", fields);
    (void)dup2(kept, STDERR_FILENO);
    n = read(ends[0], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    (void)close(kept);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return text;
}

static struct log
opened(bool is_journal)
{
    return (struct log){
        .level = LOG_NOTE, .is_journal = is_journal, .journal = -1};
}

Test(log, values_are_quoted_and_printable)
{
    struct log log = opened(false);
    const struct log_field fields[] = {{"bare", "a.b-c/d:e"},
                                       {"empty", ""},
                                       {"none", NULL},
                                       {"odd", "a \"b\" \\ =c"},
                                       {"foreign", "x\n\033[31m\xc3\xa9"},
                                       {NULL, NULL}};

    cr_expect_str_eq(said(&log, LOG_ERROR, fields),
                     "level=error event=test bare=a.b-c/d:e empty=\"\" "
                     "odd=\"a \\\"b\\\" \\\\ =c\" foreign=x??[31m??\n");
}

Test(log, levels)
{
    static const struct log_field NOTHING[] = {{NULL, NULL}};
    struct log log = opened(true);
    enum log_level level;

    cr_expect_str_eq(said(&log, LOG_WARN, NOTHING),
                     "<4>level=warning event=test\n",
                     "the journal is told the level in front");
    cr_expect_str_eq(said(&log, LOG_DETAIL, NOTHING), "");
    cr_expect_eq(log.lost, 0, "what is not told is not lost");
    cr_expect(log_level_of("info", &level) && level == LOG_DETAIL);
    cr_expect_not(log_level_of("loud", &level));
}

Test(log, nobody_is_waited_for)
{
    static const struct log_field NOTHING[] = {{NULL, NULL}};
    struct log log = opened(false);
    int ends[2], kept = dup(STDERR_FILENO);

    cr_assert_eq(pipe(ends), 0);
    (void)dup2(ends[1], STDERR_FILENO);
    for (int i = 0; i < 10000; i++) /* more than any pipe has room for */
        log_say(&log, LOG_ERROR, "test", NOTHING);
    (void)dup2(kept, STDERR_FILENO);
    cr_expect_gt(log.lost, 0);
}

Test(log, a_failure)
{
    struct log log = opened(false);
    char text[LOG_LINE_MAX + 1];
    struct tw_error err;
    int ends[2], kept = dup(STDERR_FILENO);
    ssize_t n;

    (void)tw_fail(&err, TW_E_RETRY, "not now\nask later");
    cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
    (void)dup2(ends[1], STDERR_FILENO);
    log_failure(&log, "fetch", "pay", &err);
    log_repeated(&log, "fetch", "pay", 11, &err);
    (void)dup2(kept, STDERR_FILENO);
    n = read(ends[0], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    cr_expect_str_eq(text, "level=warning event=fetch profile=pay "
                           "status=retry message=\"not now\" "
                           "hint=\"ask later\"\n"
                           "level=warning event=fetch profile=pay "
                           "status=retry repeated=11 message=\"not now\" "
                           "hint=\"ask later\"\n");
}
