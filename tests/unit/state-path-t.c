/* SPDX-License-Identifier: MIT */
/*
 * state-path-t.c - where refresh tokens are kept.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "helper/store/state.h"
#include "tests/unit/scratch.h"

TestSuite(state_path, .init = scratch_make, .fini = scratch_remove);

static void
expect_path(bool system, const char *expected)
{
    char found[PATH_MAX] = "";

    cr_expect_eq(state_path(system, found, NULL),
                 expected ? TW_OK : TW_E_ACCESS);
    cr_expect_str_eq(found, expected ? expected : "");
}

Test(state_path, is_where_the_environment_says)
{
    char expected[PATH_MAX + 32];
    struct stat st;

    unsetenv("STATE_DIRECTORY");
    expect_path(true, "/var/lib/tokenward");
    setenv("STATE_DIRECTORY", "/srv/one:/srv/two", 1);
    expect_path(true, "/srv/one");
    setenv("STATE_DIRECTORY", "/srv/../etc", 1);
    expect_path(true, NULL);
    setenv("HOME", scratch_path("home"), 1);
    setenv("XDG_STATE_HOME", "relative", 1);
    (void)snprintf(expected, sizeof expected, "%s/.local/state/tokenward",
                   scratch_path("home"));
    expect_path(false, expected);
    cr_assert_eq(lstat(scratch_path("home/.local/state"), &st), 0);
    cr_expect_eq(st.st_mode & 07777, 0700);
    setenv("XDG_STATE_HOME", scratch_path("xdg"), 1);
    (void)snprintf(expected, sizeof expected, "%s/tokenward",
                   scratch_path("xdg"));
    expect_path(false, expected);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    expect_path(false, NULL);
}

/* A service's home may be none, or one that nobody may write. */
Test(state_path, says_what_to_do_where_there_is_no_home)
{
    char path[PATH_MAX] = "";
    struct tw_error err;
    int dir = -1;

    setenv("HOME", "/proc/nowhere", 1);
    unsetenv("XDG_STATE_HOME");
    cr_assert_eq(state_path(false, path, NULL), TW_OK);
    cr_expect_eq(state_directory(path, &dir, &err), TW_E_ACCESS);
    cr_expect_str_eq(err.message,
                     "/proc/nowhere/.local/state/tokenward: cannot be made: "
                     "No such file or directory\n"
                     "nor can what is above it: set XDG_STATE_HOME to a "
                     "directory of yours");
}
