/* SPDX-License-Identifier: MIT */
/*
 * bearer-file-t.c - which token WLCG's clients take, and whose directory it is
 * put into.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/store/bearer_file.h"
#include "provider/base/auto.h"
#include "tests/unit/scratch.h"

TestSuite(bearer_file, .init = scratch_make, .fini = scratch_remove);

static int
open_root(void)
{
    int fd;

    cr_assert_eq(mkdir(scratch_path("tokenward"), 0700), 0);
    fd = open(scratch_path("tokenward"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    return fd;
}

static const char *
file_path(void)
{
    char name[32];

    (void)snprintf(name, sizeof name, "bt_u%u", (unsigned)geteuid());
    return scratch_path(name);
}

Test(bearer_file, takes_what_rfc_6750_has)
{
    static const char *const GOOD[] = {"a", "aZ09-._~+/", "a=", "a.b.c=="};
    static const char *const BAD[] = {"",    "=",    "a=b",     "a b",
                                      "a%b", "a\n",  "\"a\"",   "a,b",
                                      "a:b", "a=b=", "\xc3\xa9"};

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        cr_expect(bearer_file_takes(GOOD[i], strlen(GOOD[i])), "%s", GOOD[i]);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_expect_not(bearer_file_takes(BAD[i], strlen(BAD[i])), "%s", BAD[i]);
}

Test(bearer_file, is_replaced_and_removed)
{
    AUTO_CLOSE int root = open_root();
    struct tw_error err;
    struct stat st;
    char text[8] = "";
    int fd;

    (void)umask(0);
    cr_assert_eq(bearer_file_put(root, NULL, 0, &err), TW_OK);
    cr_assert_eq(bearer_file_put(root, "first", 5, &err), TW_OK);
    cr_assert_eq(bearer_file_put(root, "next", 4, &err), TW_OK);
    fd = open(file_path(), O_RDONLY | O_CLOEXEC);
    cr_assert_eq(read(fd, text, sizeof text - 1), 4);
    cr_assert_str_eq(text, "next");
    cr_assert_eq(fstat(fd, &st), 0);
    cr_assert_eq(st.st_mode, S_IFREG | 0600);
    (void)close(fd);
    cr_assert_eq(bearer_file_put(root, NULL, 0, &err), TW_OK);
    cr_assert_neq(access(file_path(), F_OK), 0);
}

Test(bearer_file, takes_over_what_a_killed_writer_left)
{
    AUTO_CLOSE int root = open_root();
    struct tw_error err;
    char name[32];

    (void)snprintf(name, sizeof name, ".bt_u%u.new", (unsigned)geteuid());
    scratch_put(name, 0400, "half", 4);
    cr_assert_eq(bearer_file_put(root, "whole", 5, &err), TW_OK);
    cr_assert_neq(access(scratch_path(name), F_OK), 0);
    cr_assert_eq(access(file_path(), F_OK), 0);
    scratch_put(name, 0400, "half", 4);
    cr_assert_eq(bearer_file_put(root, NULL, 0, &err), TW_OK);
    cr_assert_neq(access(scratch_path(name), F_OK), 0, "nor when it is gone");
}

Test(bearer_file, refuses_a_directory_that_others_may_write)
{
    AUTO_CLOSE int root = open_root();
    struct tw_error err;

    cr_assert_eq(chmod(scratch_path(""), 0770), 0);
    cr_assert_eq(bearer_file_put(root, "token", 5, &err), TW_E_ACCESS);
    cr_assert_neq(access(file_path(), F_OK), 0);
    cr_assert_eq(chmod(scratch_path(""), 0755), 0);
}

Test(bearer_file, leaves_what_it_cannot_replace)
{
    AUTO_CLOSE int root = open_root();
    struct tw_error err;

    cr_assert_eq(mkdir(file_path(), 0700), 0);
    cr_assert_eq(bearer_file_put(root, "token", 5, &err), TW_E_SYSTEM);
    cr_assert_eq(access(file_path(), F_OK), 0);
}
