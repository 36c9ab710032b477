/* SPDX-License-Identifier: MIT */
/*
 * watch-t.c - what changes while profiles are read is not missed.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "helper/serve/watch.h"
#include "tests/unit/loading.h"

static struct profile_set sets[2];
static struct watch watch;

/* Not the scratch directory itself: what is above is watched, and /tmp is
 * everybody's. */
static void
load(struct profile_set *set)
{
    const struct profile_scope scope = {.system = true,
                                        .dir = scratch_path("etc"),
                                        .preset_dir = scratch_path("presets")};
    struct tw_error err;

    cr_assert_eq(
        profiles_load(&scope, &loading_modules, loading_tell, NULL, set, &err),
        TW_OK, "%s", err.message);
}

static void
set_up(void)
{
    scratch_make();
    cr_assert_eq(mkdir(scratch_path("etc"), 0755), 0);
    cr_assert_eq(mkdir(scratch_path("etc/profiles.d"), 0755), 0);
    watch = WATCH_INIT;
    loading_put_profile("etc/profiles.d/a.yaml", 0644, "first", "{env: A}");
    load(&sets[0]);
    scratch_tick();
}

static void
tear_down(void)
{
    watch_close(&watch);
    profile_set_clear(&sets[0]);
    profile_set_clear(&sets[1]);
    scratch_remove();
}

TestSuite(watch, .init = set_up, .fini = tear_down, .timeout = 60);

static void
put_another(void)
{
    loading_put_profile("etc/profiles.d/b.yaml", 0644, "second", "{env: A}");
}

static bool
misses(const struct profile_set *set)
{
    bool missed;

    cr_assert_eq(watch_set(&watch, set, &missed, NULL), TW_OK);
    return missed;
}

Test(watch, tells_what_comes)
{
    cr_expect_not(misses(&sets[0]));
    cr_expect_not(watch_read(&watch));
    put_another();
    cr_expect(watch_read(&watch));
    cr_expect_not(watch_read(&watch));
}

Test(watch, tells_what_came_while_the_first_set_was_read)
{
    put_another();
    cr_expect(misses(&sets[0]));
    load(&sets[1]);
    cr_expect_not(misses(&sets[1]));
}

Test(watch, tells_what_came_while_another_set_was_read)
{
    cr_expect_not(misses(&sets[0]));
    load(&sets[1]);
    put_another();
    cr_expect(misses(&sets[1]));
    cr_expect_not(misses(&sets[1]));
}

Test(watch, minds_nothing_else)
{
    cr_expect_not(misses(&sets[0]));
    loading_put("etc/profiles.d/.b.yaml", 0644, "");
    loading_put("etc/profiles.d/notes", 0644, "");
    cr_expect_not(misses(&sets[0]));
    cr_expect_not(watch_read(&watch));
}

/* What is waited for comes by its name, and others make directories, too. */
Test(watch, minds_no_directory_but_what_it_waits_for)
{
    cr_assert_eq(mkdir(scratch_path("keys"), 0755), 0);
    loading_put_profile("etc/profiles.d/k.yaml", 0644, "k",
                        "{file: ../../keys/of/one/key}");
    load(&sets[1]);
    cr_expect_not(misses(&sets[1]));
    cr_assert_eq(mkdir(scratch_path("keys/on"), 0755), 0);
    cr_assert_eq(mkdir(scratch_path("etc/profiles.d/old"), 0755), 0);
    cr_assert_eq(rename(scratch_path("keys/on"), scratch_path("keys/off")), 0);
    cr_expect_not(watch_read(&watch));
    cr_assert_eq(mkdir(scratch_path("keys/of"), 0755), 0);
    cr_expect(watch_read(&watch));
    cr_expect_not(misses(&sets[1]));
    cr_assert_eq(mkdir(scratch_path("keys/of/one"), 0755), 0);
    cr_expect(watch_read(&watch));
    cr_expect_not(misses(&sets[1]));
    loading_put("keys/of/one/key", 0600, "secret");
    cr_expect(watch_read(&watch));
}

Test(watch, waits_for_a_directory_that_instances_have_their_secrets_in)
{
    loading_put("etc/profiles.d/t.yaml", 0644,
                "profiles:\n"
                "  t@:\n"
                "    token_endpoint: https://a.test/token\n"
                "    client_id: a\n"
                "    client_secret: {file: ../own/%i}\n"
                "    instances: [one]\n");
    load(&sets[1]);
    cr_assert_eq(sets[1].broken_count, 0, "%s", sets[1].broken.message);
    cr_expect_not(misses(&sets[1]));
    cr_assert_eq(mkdir(scratch_path("etc/own"), 0755), 0);
    cr_expect(watch_read(&watch));
    cr_expect_not(misses(&sets[1]));
    loading_put("etc/own/one", 0600, "secret");
    cr_expect(watch_read(&watch));
}

/* Two profiles with the one preset. */
static void
use_preset(void)
{
    cr_assert_eq(mkdir(scratch_path("presets"), 0755), 0);
    loading_put(
        "etc/profiles.d/p.yaml", 0644,
        "profiles:\n"
        "  p: {preset: shop, client_id: a, client_secret: {env: A}}\n"
        "  q: {preset: shop, client_id: b, client_secret: {env: A}}\n");
}

static void
put_preset(const char *path)
{
    char text[160];

    (void)snprintf(text, sizeof text,
                   "summary: a shop\n"
                   "keys: {token_endpoint: \"https://shop.test/%s\"}\n",
                   path);
    loading_put("presets/shop.yaml", 0644, text);
}

Test(watch, tells_that_a_preset_has_changed)
{
    use_preset();
    put_preset("one");
    scratch_tick();
    load(&sets[1]);
    cr_assert_eq(sets[1].broken_count, 0, "%s", sets[1].broken.message);
    cr_expect_not(misses(&sets[1]));
    cr_expect_not(watch_read(&watch));
    put_preset("another");
    cr_expect(watch_read(&watch));
}

Test(watch, tells_that_a_preset_has_come)
{
    use_preset();
    load(&sets[1]);
    cr_assert_eq(sets[1].broken_count, 2);
    cr_expect_not(misses(&sets[1]));
    put_preset("one");
    cr_expect(watch_read(&watch));
}

Test(watch, tells_that_a_preset_changed_while_the_first_set_was_read)
{
    use_preset();
    put_preset("one");
    scratch_tick();
    load(&sets[1]);
    scratch_tick();
    put_preset("another");
    cr_expect(misses(&sets[1]));
}

/* As a kubelet has it: the file is a link by way of another one, which leads
 * to the next directory in one step; then the one before is removed. */
Test(watch, tells_that_a_file_behind_a_link_is_another)
{
    cr_assert_eq(mkdir(scratch_path("token"), 0755), 0);
    cr_assert_eq(mkdir(scratch_path("token/..1"), 0755), 0);
    cr_assert_eq(mkdir(scratch_path("token/..2"), 0755), 0);
    loading_put("token/..1/jwt", 0644, "a.b.c");
    loading_put("token/..2/jwt", 0644, "d.e.f");
    cr_assert_eq(symlink("..1", scratch_path("token/..data")), 0);
    cr_assert_eq(symlink("..data/jwt", scratch_path("token/jwt")), 0);
    loading_put("etc/profiles.d/j.yaml", 0644,
                "profiles:\n"
                "  j:\n"
                "    token_endpoint: https://a.test/token\n"
                "    client_id: a\n"
                "    token_endpoint_auth_method: client_assertion\n"
                "    client_assertion: {file: ../../token/jwt}\n");
    load(&sets[1]);
    cr_assert_eq(sets[1].broken_count, 0, "%s", sets[1].broken.message);
    cr_expect_not(misses(&sets[1]));
    cr_expect_not(watch_read(&watch));
    cr_assert_eq(symlink("..2", scratch_path("token/..new")), 0);
    cr_assert_eq(
        rename(scratch_path("token/..new"), scratch_path("token/..data")), 0);
    cr_assert_eq(unlink(scratch_path("token/..1/jwt")), 0);
    cr_assert_eq(rmdir(scratch_path("token/..1")), 0);
    cr_expect(watch_read(&watch));
    cr_expect_not(misses(&sets[1]));
    loading_put("token/..2/jwt", 0644, "g.h.i");
    cr_expect(watch_read(&watch), "written in place, too");
}

/* And nobody removes the directory before, as a kubelet does. */
Test(watch, tells_that_a_link_on_the_way_leads_elsewhere)
{
    cr_assert_eq(mkdir(scratch_path("r1"), 0755), 0);
    cr_assert_eq(mkdir(scratch_path("r2"), 0755), 0);
    loading_put("r1/key", 0600, "one");
    loading_put("r2/key", 0600, "two");
    cr_assert_eq(mkdir(scratch_path("app"), 0755), 0);
    cr_assert_eq(symlink("../r1", scratch_path("app/current")), 0);
    cr_assert_eq(symlink("app/current/key", scratch_path("key")), 0);
    loading_put_profile("etc/profiles.d/k.yaml", 0644, "k",
                        "{file: ../../key}");
    load(&sets[1]);
    cr_assert_eq(sets[1].broken_count, 0, "%s", sets[1].broken.message);
    cr_expect_not(misses(&sets[1]));
    cr_assert_eq(symlink("../r2", scratch_path("app/new")), 0);
    cr_expect_not(watch_read(&watch));
    cr_assert_eq(rename(scratch_path("app/new"), scratch_path("app/current")),
                 0);
    cr_expect(watch_read(&watch));
    cr_expect_not(misses(&sets[1]));
    loading_put("r2/key", 0600, "three");
    cr_expect(watch_read(&watch), "and what it leads to now is watched");
}

/* The set is refused, and the watch is that of the one before. */
Test(watch, looks_into_a_directory_that_took_the_place_of_another)
{
    cr_expect_not(misses(&sets[0]));
    cr_assert_eq(mkdir(scratch_path("etc/new"), 0755), 0);
    loading_put("etc/new/c.yaml", 0644, "profiles: {x: {nonsense: y}}\n");
    cr_assert_eq(
        rename(scratch_path("etc/profiles.d"), scratch_path("etc/old")), 0);
    cr_assert_eq(
        rename(scratch_path("etc/new"), scratch_path("etc/profiles.d")), 0);
    cr_expect(watch_read(&watch));
    load(&sets[1]);
    cr_assert_eq(sets[1].broken_count, 1);
    cr_expect_not(watch_also(&watch, &sets[1]));
    cr_expect_not(watch_read(&watch));
    loading_put_profile("etc/profiles.d/c.yaml", 0644, "third", "{env: A}");
    cr_expect(watch_read(&watch));
}

/* The same, but the place is empty for a while. */
Test(watch, waits_for_a_directory_that_is_gone_while_a_set_is_refused)
{
    cr_assert_eq(mkdir(scratch_path("of"), 0755), 0);
    cr_assert_eq(mkdir(scratch_path("of/keys"), 0755), 0);
    loading_put("of/keys/key", 0600, "one");
    loading_put_profile("etc/profiles.d/k.yaml", 0644, "k",
                        "{file: ../../of/keys/key}");
    load(&sets[1]);
    cr_expect_not(misses(&sets[1]));
    cr_assert_eq(rename(scratch_path("of/keys"), scratch_path("of/away")), 0);
    cr_expect(watch_read(&watch));
    cr_expect_not(watch_also(&watch, &sets[1]));
    cr_expect_not(watch_read(&watch));
    cr_assert_eq(mkdir(scratch_path("of/keys"), 0755), 0);
    cr_expect(watch_read(&watch));
    cr_expect_not(watch_also(&watch, &sets[1]));
    loading_put("of/keys/key", 0600, "two");
    cr_expect(watch_read(&watch));
}

/* There is no parent that could be watched but the root. */
Test(watch, waits_for_nothing_in_the_root)
{
    loading_put_profile("etc/profiles.d/k.yaml", 0644, "k",
                        "{file: /nonexistent/tokenward/key}");
    load(&sets[1]);
    cr_expect_not(misses(&sets[1]));
    loading_put_profile("etc/profiles.d/k.yaml", 0644, "k", "{env: A}");
    cr_expect(watch_read(&watch), "and watches the rest");
}

Test(watch, ends_where_links_do_not)
{
    cr_assert_eq(symlink("round", scratch_path("round")), 0);
    loading_put_profile("etc/profiles.d/r.yaml", 0644, "r",
                        "{file: ../../round}");
    load(&sets[1]);
    cr_expect_not(misses(&sets[1]));
    cr_assert_eq(unlink(scratch_path("round")), 0);
    cr_expect(watch_read(&watch));
}

static void
make_in_root(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0);
    (void)close(fd);
}

/* In a root of the test's own. */
Test(watch, minds_a_secret_that_lies_in_the_root)
{
    int root;

    loading_put_profile("etc/profiles.d/k.yaml", 0644, "k", "{file: /key}");
    load(&sets[1]);
    root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (chroot(scratch_path("")) < 0) {
        (void)close(root);
        cr_skip_test("a root of its own takes root");
    }
    (void)misses(&sets[1]);
    cr_expect_not(watch_read(&watch));
    make_in_root("/other");
    cr_expect_not(watch_read(&watch));
    make_in_root("/key");
    cr_expect(watch_read(&watch));
    cr_assert_eq(fchdir(root), 0);
    cr_assert_eq(chroot("."), 0);
    (void)close(root);
}
