/* SPDX-License-Identifier: MIT */
/*
 * epoch-t.c - the page that tells of new records: which file is one, and how
 * it comes to be.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/epoch.h"

static char dir[32], path[48];
static int dir_fd = -1;

static void
set_up(void)
{
    (void)strcpy(dir, "/tmp/epoch-t.XXXXXX");
    cr_assert(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/" EPOCH_FILE, dir);
    dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(dir_fd, 0);
}

static void
tear_down(void)
{
    (void)unlinkat(dir_fd, "other", 0);
    (void)unlinkat(dir_fd, EPOCH_FILE, 0);
    (void)close(dir_fd);
    cr_assert_eq(rmdir(dir), 0);
}

TestSuite(epoch, .init = set_up, .fini = tear_down, .timeout = 20);

static bool
is_one(void)
{
    struct epoch epoch;
    bool found;

    epoch_map(dir, geteuid(), &epoch);
    found = epoch.page;
    epoch_unmap(&epoch);
    return found;
}

static mode_t
mode_of(const char *name)
{
    struct stat st;

    return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode
                                                                : 0;
}

/* Whoever else may write there would keep an old token with who reads it. */
Test(epoch, is_a_file_of_its_owners_alone)
{
    static const struct {
        mode_t mode;
        bool good;
    } MODES[] = {{0600, true}, {0644, true}, {0620, false}, {0602, false}};

    cr_expect_not(is_one());
    epoch_bump(dir_fd, 0600);
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        cr_assert_eq(chmod(path, MODES[i].mode), 0);
        cr_expect_eq(is_one(), MODES[i].good, "%o", (unsigned)MODES[i].mode);
    }
    cr_assert_eq(chmod(path, 0600), 0);
    if (geteuid() == 0) {
        cr_assert_eq(chown(path, 1, 1), 0);
        cr_expect_not(is_one());
        cr_assert_eq(chown(path, 0, 0), 0);
    }
    cr_expect(is_one());
    cr_assert_eq(truncate(path, EPOCH_SIZE - 1), 0);
    cr_expect_not(is_one());
}

Test(epoch, is_no_link_and_no_pipe)
{
    epoch_bump(dir_fd, 0600);
    cr_assert_eq(renameat(dir_fd, EPOCH_FILE, dir_fd, "other"), 0);
    cr_assert_eq(symlinkat("other", dir_fd, EPOCH_FILE), 0);
    cr_expect_not(is_one());
    cr_assert_eq(unlinkat(dir_fd, EPOCH_FILE, 0), 0);
    cr_assert_eq(mkfifoat(dir_fd, EPOCH_FILE, 0600), 0);
    cr_expect_not(is_one());
}

Test(epoch, has_the_mode_that_its_readers_need)
{
    mode_t before = umask(0777);

    epoch_bump(dir_fd, 0640);
    (void)umask(before);
    cr_expect_eq(mode_of(EPOCH_FILE), S_IFREG | 0640);
}

/* Nobody's page is written through a link, and none stays that others may
 * write. */
Test(epoch, is_written_to_in_its_own_file_alone)
{
    struct epoch other;

    epoch_bump(dir_fd, 0600);
    cr_assert_eq(chmod(path, 0622), 0);
    epoch_bump(dir_fd, 0600);
    cr_expect_eq(mode_of(EPOCH_FILE), 0);
    epoch_bump(dir_fd, 0600);
    cr_expect_eq(mode_of(EPOCH_FILE), S_IFREG | 0600);
    epoch_map(dir, geteuid(), &other);
    cr_expect_eq(epoch_value(&other), 1);
    cr_assert_eq(renameat(dir_fd, EPOCH_FILE, dir_fd, "other"), 0);
    cr_expect_not(epoch_is_current(&other, dir));
    cr_assert_eq(symlinkat("other", dir_fd, EPOCH_FILE), 0);
    cr_expect_not(epoch_is_current(&other, dir));
    epoch_bump(dir_fd, 0600);
    cr_expect_eq(epoch_value(&other), 1);
    cr_assert_eq(unlinkat(dir_fd, EPOCH_FILE, 0), 0);
    epoch_bump(dir_fd, 0600);
    cr_expect_eq(epoch_value(&other), 1);
    cr_expect_not(epoch_is_current(&other, dir));
    epoch_unmap(&other);
    epoch_map(dir, geteuid(), &other);
    cr_expect_eq(epoch_value(&other), 1);
    epoch_bump(dir_fd, 0600);
    cr_expect_eq(epoch_value(&other), 2);
    epoch_unmap(&other);
    cr_assert_eq(renameat(dir_fd, "other", dir_fd, EPOCH_FILE), 0);
    epoch_bump(dir_fd, 0600);
    epoch_map(dir, geteuid(), &other);
    cr_expect_eq(epoch_value(&other), 2, "another one came into its place");
    epoch_unmap(&other);
}
