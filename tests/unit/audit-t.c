/* SPDX-License-Identifier: MIT */
/*
 * audit-t.c - which answers have a line of their own, and whose file they are
 * written to.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "helper/serve/audit.h"
#include "provider/base/auto.h"
#include "tests/unit/scratch.h"

#define NOW INT64_C(1800000000)
#define LINE                                                          \
    "time=2027-01-15T08:00:00Z door=doorbell profile=p uid=7 pid=42 " \
    "generation=1 sha256="                                            \
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static char path[128];
static struct audit audit;
static struct tw_error err;

static void
set_up(void)
{
    scratch_make();
    (void)snprintf(path, sizeof path, "%s", scratch_path("audit"));
    audit = (struct audit){.path = path, .fd = -1};
}

static void
tear_down(void)
{
    audit_close(&audit);
    scratch_remove();
}

TestSuite(audit, .init = set_up, .fini = tear_down);

static void
tell(const struct audit_answer *answer, const struct record *record)
{
    audit_tell(&audit, answer, record, NOW);
}

static const char *
written(void)
{
    static char text[1 << 17];
    FILE *file = fopen(scratch_path("audit"), "r");
    size_t n;

    cr_assert_not_null(file);
    n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    (void)fclose(file);
    return text;
}

static int
lines(void)
{
    int count = 0;

    for (const char *at = written(); (at = strchr(at, '\n')); at++)
        count++;
    return count;
}

static const struct audit_answer ANSWER = {"doorbell", NULL, 7, 42};

static struct record
a_token(void)
{
    return (struct record){.profile = "p",
                           .generation = 1,
                           .token = "hello",
                           .token_len = strlen("hello")};
}

Test(audit, tells_who_had_which_token)
{
    struct record record = a_token();
    const struct audit_answer unit = {"credential", "a.service", 0, 1};

    cr_assert_eq(audit_open(&audit, &err), TW_OK, "%s", err.message);
    tell(&ANSWER, &record);
    cr_expect_str_eq(written(), LINE "\n");
    tell(&unit, &record);
    cr_expect_not_null(strstr(written(), " door=credential profile=p uid=0 "
                                         "pid=1 unit=a.service generation=1"));
}

/* Another process of the same user's, at another time, is the same answer. */
Test(audit, tells_what_is_another_answer_and_no_other_twice)
{
    struct record record = a_token(), another = a_token();
    struct audit_answer answer = ANSWER;
    int count = 1;

    cr_assert_eq(audit_open(&audit, &err), TW_OK);
    tell(&ANSWER, &record);
    answer.pid = 43;
    tell(&answer, &record);
    cr_expect_eq(lines(), count);
    answer.uid = 8;
    tell(&answer, &record);
    cr_expect_eq(lines(), ++count, "another user");
    answer.door = "credential";
    tell(&answer, &record);
    cr_expect_eq(lines(), ++count, "another door");
    answer.unit = "a.service";
    tell(&answer, &record);
    cr_expect_eq(lines(), ++count, "a unit");
    another.profile = "q";
    tell(&answer, &another);
    cr_expect_eq(lines(), ++count, "another profile");
    another.generation = 2;
    tell(&answer, &another);
    cr_expect_eq(lines(), ++count, "another generation");
    another.token = "hella";
    tell(&answer, &another);
    cr_expect_eq(lines(), ++count, "another token of that number");
    tell(&ANSWER, &record);
    tell(&answer, &another);
    cr_expect_eq(lines(), count);
}

/* Who asks for some hundred profiles in turn costs a line for each. */
Test(audit, is_not_filled_by_asking)
{
    struct record record = a_token();
    char name[16];

    record.profile = name;
    cr_assert_eq(audit_open(&audit, &err), TW_OK);
    for (int i = 0; i < 900; i++) {
        (void)snprintf(name, sizeof name, "p%d", i % 300);
        tell(&ANSWER, &record);
    }
    cr_expect_eq(lines(), 300, "%d lines", lines());
}

Test(audit, writes_to_a_file_of_ours_alone)
{
    AUTO_CLOSE int fd = -1;
    struct record record = a_token();

    for (mode_t bit = 01; bit <= 040; bit <<= 1) {
        scratch_put("audit", 0600 | bit, "", 0);
        cr_expect_eq(audit_open(&audit, &err), TW_E_ACCESS, "%o",
                     (unsigned)bit);
        cr_expect_eq(audit.fd, -1);
    }
    if (geteuid() == 0) {
        scratch_put("audit", 0600, "", 0);
        cr_assert_eq(chown(scratch_path("audit"), SCRATCH_OTHER, 0), 0);
        cr_expect_eq(audit_open(&audit, &err), TW_E_ACCESS);
    }
    cr_assert_eq(unlink(scratch_path("audit")), 0);
    cr_assert_eq(mkfifo(scratch_path("audit"), 0600), 0);
    cr_expect_eq(audit_open(&audit, &err), TW_E_SYSTEM, "nobody reads it");
    fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    cr_expect_eq(audit_open(&audit, &err), TW_E_ACCESS, "somebody does");
    cr_assert_eq(unlink(scratch_path("audit")), 0);
    scratch_put("other", 0600, "", 0);
    cr_assert_eq(symlink(scratch_path("other"), scratch_path("audit")), 0);
    cr_expect_eq(audit_open(&audit, &err), TW_E_SYSTEM, "a link");
    cr_assert_eq(unlink(scratch_path("audit")), 0);
    scratch_put("audit", 0600, "before\n", 7);
    cr_assert_eq(audit_open(&audit, &err), TW_OK);
    tell(&ANSWER, &record);
    cr_expect_str_eq(written(), "before\n" LINE "\n");
}

/* What there was no room for is counted, and told when there is. */
Test(audit, leaves_no_part_of_a_line_and_loses_none_unsaid)
{
    struct record record = a_token(), another = a_token();
    struct rlimit limit = {100, RLIM_INFINITY};

    another.generation = 2;
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(audit_open(&audit, &err), TW_OK);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    tell(&ANSWER, &another);
    tell(&ANSWER, &another);
    limit.rlim_cur = RLIM_INFINITY;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_str_eq(written(), "");
    cr_expect_eq(audit.lost_ever, 2);
    tell(&ANSWER, &record);
    cr_expect_str_eq(written(), LINE " lost=2\n");
    cr_expect_eq(audit.lost, 0);
    tell(&ANSWER, &another);
    cr_expect_eq(lines(), 2, "and that one has its line, too");
    cr_assert_eq(ftruncate(audit.fd, AUDIT_MAX_BYTES), 0);
    another.generation = 3;
    tell(&ANSWER, &another);
    cr_expect_eq(audit.lost, 1, "a file that nobody rotates has an end");
}
