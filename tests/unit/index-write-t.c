/* SPDX-License-Identifier: MIT */
/*
 * index-write-t.c - the index says what is hidden, as the profiles do.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/store/index_write.h"
#include "provider/base/index.h"
#include "tests/unit/loading.h"

TestSuite(index_write, .init = loading_begin, .fini = scratch_remove);

#define KEYS                                                        \
    "    token_endpoint: https://a.test/%i\n    client_id: c\n    " \
    "instances: "

static struct profile_set set;

static void
load_index(size_t complaints, struct index *index)
{
    const struct profile_scope scope = {.dir = scratch_path("")};
    const char *runtime = scratch_path("runtime");
    AUTO_STORE store = {.root = -1};
    struct tw_error err = {0};

    cr_assert_eq(loading_load(false, &set, &err), TW_OK, "%s", err.message);
    cr_assert_eq(loading_count, complaints, "%s", loading_complaint.message);
    cr_assert_eq(store_open(runtime, false, &store, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(index_write(&set, &scope, &store, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(index_open(runtime, scope.dir, 0, index, &err), TW_OK, "%s",
                 err.message);
}

static void
expect_hidden(const struct index *index, const char *name, bool hidden)
{
    cr_expect_eq(profiles_hide(&set, name), hidden, "%s", name);
    cr_expect_eq(index_hides(index, name), hidden, "%s, by the index", name);
}

Test(index_write, a_template_that_stands_twice_hides_what_either_may_have)
{
    AUTO_INDEX index = INDEX_INIT;

    loading_put("profiles.d/a.yaml", 0600,
                "profiles:\n  t@:\n" KEYS "[a]\n"
                "    client_secret: {file: s/%i}\n");
    loading_put("profiles.d/b.yaml", 0600,
                "profiles:\n  t@:\n" KEYS "[b]\n"
                "    client_secret: {file: s/%i}\n");
    load_index(1, &index);
    expect_hidden(&index, "t@a", true);
    expect_hidden(&index, "t@b", true);
    expect_hidden(&index, "tt@b", false);
    profile_set_clear(&set);
}

Test(index_write, so_does_one_in_a_file_that_is_left_out)
{
    AUTO_INDEX index = INDEX_INIT;

    loading_put("profiles.d/a.yaml", 0600,
                "profiles:\n  t@:\n" KEYS "[a]\n"
                "    client_secret: {file: s/%i}\n");
    loading_put("profiles.d/b.yaml", 0644,
                "profiles:\n  t@:\n" KEYS "[b]\n"
                "    client_secret: {file: s/%i}\n"
                "  p:\n    token_endpoint: https://a.test/t\n"
                "    client_id: c\n    client_secret: s3cret\n");
    load_index(1, &index);
    expect_hidden(&index, "t@a", true);
    expect_hidden(&index, "t@b", true);
    expect_hidden(&index, "p", true);
    expect_hidden(&index, "q", false);
    profile_set_clear(&set);
}

/* One instance less, and nothing else. */
Test(index_write, a_line_that_is_no_instance_hides_none)
{
    AUTO_INDEX index = INDEX_INIT;

    loading_put("profiles.yaml", 0600,
                "profiles:\n  t@:\n" KEYS "[a, '-b', a, 'c@']\n"
                "    client_secret: {file: s/%i}\n");
    load_index(3, &index);
    expect_hidden(&index, "t@a", true);
    expect_hidden(&index, "t@b", false);
    expect_hidden(&index, "t@c", false);
    expect_hidden(&index, "t@-b", false);
    expect_hidden(&index, "t@", false);
    profile_set_clear(&set);
}

/* A reader has room for no longer one than the manual lets a profile have. */
Test(index_write, a_user_name_is_too_long_for_no_instance)
{
    char text[1024], name[241] = "", longest[65] = "";
    struct tw_error err;

    (void)memset(name, 'n', sizeof name - 1);
    (void)memset(longest, 'l', sizeof longest - 1);
    (void)snprintf(text, sizeof text,
                   "profiles:\n  t@:\n%s[a, %s]\n    client_secret: {file: "
                   "s/%%i}\n    git_username: %s%%i\n"
                   "    match: https://h.test/%%i\n",
                   KEYS, longest, name);
    loading_put("profiles.yaml", 0600, text);
    (void)loading_load(false, &set, &err);
    cr_expect_eq(loading_count, 1);
    cr_expect(strstr(loading_complaint.message, "git_username must be at most "
                                                "255 bytes"),
              "%s", loading_complaint.message);
    profile_set_clear(&set);
}

/* Of which instance, the place that is asked for says. */
Test(index_write, a_template_has_one_route_and_user_name_for_all)
{
    AUTO(auto_release) const struct profile *made = NULL;
    AUTO_INDEX index = INDEX_INIT;
    struct tw_error err;

    loading_put("profiles.yaml", 0600,
                "profiles:\n  t@:\n" KEYS "[a, longer]\n"
                "    client_secret: {file: s/%i}\n"
                "    git_username: u-%i-50%%\n"
                "    match: [https://h.test/%i, https://h.test/x/%i/y]\n"
                "  p:\n    token_endpoint: https://a.test/t\n"
                "    client_id: c\n    client_secret: {file: s}\n"
                "    git_username: u-%i~i~\n    match: https://i.test\n");
    load_index(0, &index);
    cr_expect(index_has_line(&index, "route", "t@%i u-%i-50%% h.test /%i"));
    cr_expect(
        index_has_line(&index, "route", "t@%i u-%i-50%% h.test /x/%i/y"));
    cr_expect(index_has_line(&index, "route", "p u-%i~i~ i.test"));
    cr_assert_eq(profiles_find(&set, "t@a", &made, &err), TW_OK);
    cr_expect_str_eq(made->git_username, "u-a-50%");
    cr_expect_str_eq(made->matches[1].path, "/x/a/y");
    profile_set_clear(&set);
}
