/* SPDX-License-Identifier: MIT */
/*
 * profiles-t.c - directories of profiles: what is read, what is left out and
 * in which words.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/loading.h"

TestSuite(profiles, .init = loading_begin, .fini = scratch_remove);

Test(profiles, are_read_in_order)
{
    struct profile_set set = {0};
    struct tw_error err;
    const struct profile *profile;

    loading_put_profile("profiles.yaml", 0600, "first", "s3cret");
    loading_put_profile("profiles.d/b.yaml", 0600, "third", "{env: A}");
    loading_put_profile("profiles.d/B.yaml", 0600, "second", "{env: A}");
    loading_put_profile("profiles.d/.c.yaml", 0600, "hidden", "{env: A}");
    loading_put_profile("profiles.d/.yaml", 0600, "hidden", "{env: A}");
    loading_put_profile("profiles.d/d.yml", 0600, "other", "{env: A}");
    loading_put_profile("profiles.d/e.yaml~", 0600, "backup", "{env: A}");
    cr_assert_eq(loading_load(false, &set, &err), TW_OK, "%s", err.message);
    cr_assert_eq(set.count, 3);
    profile = set.first;
    cr_expect_str_eq(profile->name, "first");
    cr_expect_str_eq(profile->file, scratch_path("profiles.yaml"));
    cr_expect_str_eq(profile->next->name, "second");
    cr_expect_str_eq(profile->next->next->name, "third");
    cr_expect_null(profile->next->next->next);
    cr_expect_eq(profiles_find(&set, "second", &profile, &err), TW_OK);
    cr_expect_str_eq(profile->name, "second");
    profile_set_clear(&set);
    cr_expect_null(set.first);
}

Test(profiles, of_the_system_have_no_profiles_yaml)
{
    loading_put_profile("profiles.yaml", 0600, "ignored", "{env: A}");
    loading_put_profile("profiles.d/a.yaml", 0600, "used", "{env: A}");
    loading_expect(true, 1, NULL);
}

/* Its directory would take that file's place. */
Test(profiles, are_not_called_as_a_file_beside_them)
{
    static const char *const NAMES[] = {
        "credential", "doorbell", "epoch", "guard", "index", "serve", "user"};
    char expected[200];

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        loading_put_profile("profiles.yaml", 0600, NAMES[i], "{env: A}");
        (void)snprintf(expected, sizeof expected,
                       "%%s/profiles.yaml:2:3: no profile can be called '%s': "
                       "the runtime directory has a file of that name",
                       NAMES[i]);
        loading_expect(false, 0, expected);
    }
    loading_put_profile("profiles.yaml", 0600, "guards", "{env: A}");
    loading_expect(false, 1, NULL);
}

static const char *
mark_in(const struct profile_set *set, const char *path)
{
    for (const struct profile_source *source = set->sources; source;
         source = source->next) {
        if (strcmp(source->path, path) == 0)
            return source->mark.text;
    }
    return "not looked at";
}

Test(profiles, remember_what_was_looked_at)
{
    struct profile_set set = {0};
    struct tw_error err;

    loading_put_profile("profiles.d/a.yaml", 0600, "a", "{env: A}");
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    for (const struct profile_source *source = set.sources; source;
         source = source->next)
        cr_expect(mark_is_current(source->path, source->mark.text), "%s",
                  source->path);
    cr_expect_str_eq(mark_in(&set, scratch_path("profiles.yaml")), "absent");
    cr_expect(
        mark_is_current(scratch_path(""), mark_in(&set, scratch_path(""))));
    scratch_tick();
    loading_put_profile("profiles.yaml", 0600, "b", "{env: A}");
    cr_expect(!mark_is_current(scratch_path("profiles.yaml"), "absent"));
    loading_put_profile("profiles.d/a.yaml", 0600, "longer", "{env: A}");
    cr_expect(
        !mark_is_current(scratch_path("profiles.d/a.yaml"),
                         mark_in(&set, scratch_path("profiles.d/a.yaml"))));
    loading_put_profile("profiles.d/c.yaml", 0600, "c", "{env: A}");
    cr_expect(!mark_is_current(scratch_path("profiles.d"),
                               mark_in(&set, scratch_path("profiles.d"))));
    profile_set_clear(&set);
}

Test(profiles, absent_directory_is_an_empty_set) /* prof-absent */
{
    char here[PATH_MAX], expected[3 * PATH_MAX];
    const struct profile_scope scope = {.dir = here};
    struct profile_set set = {0};
    const struct profile *profile = NULL;
    struct tw_error err = {0};

    (void)snprintf(here, sizeof here, "%s/none", scratch_path(""));
    cr_assert_eq(profiles_load(&scope, &loading_modules, loading_tell, NULL,
                               &set, &err),
                 TW_OK);
    cr_expect_str_eq(mark_in(&set, here), "absent");
    cr_expect_str_eq(mark_in(&set, scratch_path("none/profiles.yaml")),
                     "absent");
    cr_expect_str_eq(mark_in(&set, scratch_path("none/profiles.d")), "absent");
    cr_expect_eq(profiles_find(&set, "acme", &profile, &err), TW_E_NOT_FOUND);
    (void)snprintf(expected, sizeof expected,
                   "no profile 'acme' in %s/profiles.yaml, "
                   "%s/profiles.d/*.yaml",
                   here, here);
    cr_expect_str_eq(err.message, expected);
    profile_set_clear(&set);
}

Test(profiles, find_suggests_and_hands_on_what_is_broken)
{
    struct profile_set set = {0};
    const struct profile *profile = NULL;
    struct tw_error err;

    loading_put_profile("profiles.yaml", 0600, "astrapay", "{env: A}");
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(profiles_find(&set, "astrapya", &profile, &err),
                 TW_E_NOT_FOUND);
    cr_expect(strstr(err.message, "no profile 'astrapya' in "));
    cr_expect(strstr(err.message, "\ndid you mean 'astrapay'?"));
    cr_expect_eq(profiles_find(&set, "a\033[2J", &profile, &err),
                 TW_E_NOT_FOUND);
    cr_expect(strstr(err.message, "no profile 'a?[2J' in "));
    profile_set_clear(&set);
    loading_put("profiles.d/x.yaml", 0600, "profiles: [\n");
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(profiles_find(&set, "astrapay", &profile, &err), TW_OK);
    cr_expect_eq(profiles_find(&set, "other", &profile, &err), TW_E_CONFIG);
    cr_expect(strstr(err.message, "profiles.d/x.yaml:2:1: bad YAML"));
    profile_set_clear(&set);
}

Test(profiles, each_broken_profile_has_its_own_complaint)
{
    struct profile_set set = {0};
    const struct profile *profile = NULL;
    struct tw_error err;

    loading_put("profiles.yaml", 0600,
                "profiles:\n  one: {flavour: x}\n  two: {colour: y}\n");
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(profiles_find(&set, "one", &profile, &err), TW_E_CONFIG);
    cr_expect(strstr(err.message, "flavour"), "%s", err.message);
    cr_expect_eq(profiles_find(&set, "two", &profile, &err), TW_E_CONFIG);
    cr_expect(strstr(err.message, "colour"), "%s", err.message);
    cr_expect_eq(profiles_find(&set, "three", &profile, &err), TW_E_NOT_FOUND);
    profile_set_clear(&set);
}

Test(profiles, broken_profile_is_left_out_alone)
{
    loading_put(
        "profiles.yaml", 0600,
        "profiles:\n"
        "  a: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "s3cret}\n"
        "  b: {token_endpoint: http://a.test, client_id: c, client_secret: "
        "s3cret}\n"
        "  c: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "s3cret}\n");
    loading_expect(false, 2,
                   "%s/profiles.yaml:3:23: profile 'b': token_endpoint must "
                   "begin with https:// (http would send the secret in the "
                   "clear)");
}

Test(profiles, wlcg_discovery_is_one_users_profiles)
{
    static const char TEXT[] =
        "profiles:\n"
        "  a: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "{env: A}, wlcg_discovery: true}\n"
        "  b: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "{env: A}, wlcg_discovery: true}\n";

    loading_put("profiles.d/a.yaml", 0600, TEXT);
    loading_expect(false, 1,
                   "%s/profiles.d/a.yaml:3:94: profile 'b': wlcg_discovery: "
                   "profile 'a' has it already, in %s/profiles.d/a.yaml:2:94; "
                   "one token fits into the file");
    loading_put("profiles.d/a.yaml", 0600,
                "profiles:\n"
                "  a: {token_endpoint: https://a.test, client_id: c, "
                "client_secret: {env: A}, wlcg_discovery: true}\n");
    loading_expect(true, 0,
                   "%s/profiles.d/a.yaml:2:94: profile 'a': wlcg_discovery: "
                   "the file is in a user's runtime directory; put the "
                   "profile into ~/.config/tokenward");
}

Test(profiles, broken_file_is_left_out_whole)
{
    loading_put_profile("profiles.d/a.yaml", 0600, "a", "{env: A}");
    loading_put("profiles.d/b.yaml", 0600,
                "profiles: {}\nversion: s3cret\nx: y\n");
    loading_expect(false, 1,
                   "%s/profiles.d/b.yaml:2:1: unknown key 'version'; the top "
                   "level has 'profiles' and nothing else");
}

Test(profiles, top_level)
{
    loading_put("profiles.yaml", 0600, "profiles:\n");
    loading_expect(false, 0, NULL);
    loading_put("profiles.yaml", 0600, "\n{}\n");
    loading_expect(false, 0, "%s/profiles.yaml:2:1: missing key 'profiles'");
    loading_put("profiles.yaml", 0600, "profiles: [a]\n");
    loading_expect(
        false, 0,
        "%s/profiles.yaml:1:11: 'profiles' must be a map, NAME: and "
        "below it the profile's keys");
}

Test(profiles, same_name_in_two_files)
{
    loading_put_profile("profiles.yaml", 0600, "acme", "s3cret");
    loading_put_profile("profiles.d/a.yaml", 0600, "acme", "{env: A}");
    loading_expect(
        false, 1,
        "%s/profiles.d/a.yaml:2:3: profile 'acme': stands already in "
        "%s/profiles.yaml:2:3; rename or remove one");
}

Test(profiles, same_match_in_two_files)
{
    loading_put_profile("profiles.yaml", 0600, "acme",
                        "{env: A}\n    match: https://git.test/team/");
    loading_put_profile("profiles.d/a.yaml", 0600, "beta",
                        "{env: A}\n    match: [https://x.test, "
                        "https://GIT.test:443/team]");
    loading_expect(
        false, 1,
        "%s/profiles.d/a.yaml:6:29: profile 'beta': match leads to "
        "profile 'acme' already, in %s/profiles.yaml:6:12; a URL has "
        "one profile");
}

Test(profiles, are_bounded)
{
    loading_put("profiles.yaml", 0600, "");
    cr_assert_eq(truncate(scratch_path("profiles.yaml"), 64 * 1024 + 1), 0);
    loading_expect(false, 0,
                   "%s/profiles.yaml: larger than 65536 bytes\n"
                   "split it into several files");
    cr_assert_eq(truncate(scratch_path("profiles.yaml"), 1024 * 1024 * 1024),
                 0);
    loading_expect(false, 0,
                   "%s/profiles.yaml: larger than 65536 bytes\n"
                   "split it into several files");
    (void)unlink(scratch_path("profiles.yaml"));
    for (int i = 0; i <= PROFILE_FILES_MAX; i++) {
        char name[64];

        if (i == PROFILE_FILES_MAX)
            loading_expect(false, 0, NULL);
        (void)snprintf(name, sizeof name, "profiles.d/%d.yaml", i);
        loading_put(name, 0600, "profiles:\n");
    }
    loading_expect(false, 0,
                   "%s/profiles.d: more than 256 files; put several "
                   "profiles into one");
}

Test(profiles, one_file)
{
    const struct profile_scope scope = {0};
    struct profile_set set = {0};
    struct tw_error err = {0};

    loading_put_profile("one", 0600, "acme", "{file: s}");
    cr_assert_eq(chdir(scratch_path("")), 0);
    cr_assert_eq(profiles_load_file(&scope, "one", &loading_modules,
                                    loading_tell, NULL, &set, &err),
                 TW_OK);
    cr_expect_eq(set.count, 1);
    cr_expect_str_eq(set.first->client_secret.text, scratch_path("s"));
    profile_set_clear(&set);
    cr_expect_eq(profiles_load_file(&scope, "two", &loading_modules,
                                    loading_tell, NULL, &set, &err),
                 TW_E_NOT_FOUND);
    cr_expect_str_eq(err.message, "two: does not exist");
    cr_expect_null(set.sources);
}

#define MANY 2000
#define EACH_MAX 1024 /* bytes */

/* One with these, loaded into @set. */
static void
load_these(struct profile_set *set, const char *entries)
{
    char text[1024];
    struct tw_error err;

    (void)snprintf(text, sizeof text, "profiles: {%s}\n", entries);
    loading_put("profiles.yaml", 0600, text);
    cr_assert_eq(loading_load(false, set, &err), TW_OK, "%s", err.message);
    cr_assert_eq(loading_count, 0, "%s", loading_complaint.message);
}

#define ENTRY \
    ": {token_endpoint: https://a.test, client_id: c, client_secret: {file: "
#define ONE(name) name ENTRY "s}}"
#define LISTED(name, list) name "@" ENTRY "s-%i}, instances: [" list "]}"

Test(profiles, of_one_set_are_all_of_another)
{
    static const struct {
        const char *entries;
        bool has_all;
    } ROWS[] = {
        {ONE("a") ", " LISTED("t", "x, y"), true},
        {ONE("b") ", " LISTED("t", "x, y"), false},
        {ONE("a") ", " LISTED("t", "x"), false},
        {ONE("a") ", " LISTED("u", "x, y"), false},
        {ONE("a") ", " ONE("b") ", " LISTED("t", "z, y, x"), true},
    };
    struct profile_set others = {0};

    load_these(&others, ROWS[0].entries);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct profile_set set = {0};

        load_these(&set, ROWS[i].entries);
        cr_expect_eq(profiles_has_all(&set, &others), ROWS[i].has_all, "%s",
                     ROWS[i].entries);
        profile_set_clear(&set);
    }
    profile_set_clear(&others);
}

static size_t
bytes_in_use(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

/* As an administrator would write them; see tests/bench/load_bench.c. */
Test(profiles, keep_little_of_each)
{
    struct profile_set set = {0};
    struct tw_error err;
    char *text = NULL;
    size_t n = 0, before;
    FILE *file = open_memstream(&text, &n);

    cr_assert_not_null(file);
    (void)fputs("profiles:\n", file);
    for (int i = 0; i < MANY; i++)
        (void)fprintf(file,
                      "  service-%06d:\n"
                      "    token_endpoint: https://127.0.0.1:9443/token\n"
                      "    client_id: client-%06d\n"
                      "    token_endpoint_auth_method: client_secret_basic\n"
                      "    client_secret: {file: /etc/tokenward/secrets/"
                      "service-%06d}\n"
                      "    scope: [api:read, api:write]\n"
                      "    timeout: 10\n",
                      i, i, i);
    cr_assert_eq(fclose(file), 0);
    loading_put("profiles.d/many.yaml", 0644, text);
    free(text);
    before = bytes_in_use();
    cr_assert_eq(loading_load(true, &set, &err), TW_OK, "%s", err.message);
    cr_assert_eq(set.count, MANY);
    if (before) /* a sanitizer's allocator counts nothing */
        cr_expect_leq((bytes_in_use() - before) / MANY, EACH_MAX);
    profile_set_clear(&set);
}
