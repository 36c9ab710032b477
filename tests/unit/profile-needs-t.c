/* SPDX-License-Identifier: MIT */
/*
 * profile-needs-t.c - what a profile, and an instance that is made, knows of
 * those whose tokens it needs.
 */
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "helper/profile/fingerprint.h"
#include "helper/profile/profile_links.h"
#include "tests/unit/linking.h"

TestSuite(profile_needs, .init = loading_begin, .fini = scratch_remove);

/* A token that was bought with another's is another once that one is. */
Test(profile_needs, fingerprint_reaches_what_is_needed)
{
    static const char TEXT[] =
        "profiles:\n"
        "  c: {provider: pickle, assertion: {profile: b}}\n"
        "  b: {provider: pickle, assertion: {profile: a}}\n"
        "  a: {provider: pickle, witness: \"https://%s.test\", "
        "assertion: {env: A}}\n";
    static const char *const HOSTS[] = {"one", "two", "one"};
    char fingerprints[3][FINGERPRINT_SIZE], text[512];

    for (size_t i = 0; i < 3; i++) {
        struct profile_set set = {0};
        const struct profile *profile = NULL;

        (void)snprintf(text, sizeof text, TEXT, HOSTS[i]);
        linking_load_text(text, &set);
        cr_assert_eq(profiles_find(&set, "c", &profile, NULL), TW_OK);
        cr_assert(fingerprint_of(profile, fingerprints[i]));
        profile_set_clear(&set);
    }
    cr_expect_str_neq(fingerprints[0], fingerprints[1]);
    cr_expect_str_eq(fingerprints[0], fingerprints[2]);
}

/* Is what it needs known by the fingerprint that it has in the end? */
static void
expect_noted(const struct profile_set *set, const struct profile *profile)
{
    AUTO(auto_release) const struct profile *linked = NULL;
    const struct secret_source *source;
    char fingerprint[FINGERPRINT_SIZE];
    size_t i = 0;

    while ((source = profile_secret(profile, i)) &&
           source->kind != SECRET_PROFILE)
        i++;
    cr_assert_not_null(source);
    cr_assert_eq(profiles_find(set, source->text, &linked, NULL), TW_OK);
    cr_assert(fingerprint_of(linked, fingerprint));
    cr_assert_not_null(source->fingerprint);
    cr_expect_str_eq(source->fingerprint, fingerprint, "%s", profile->name);
}

/* The sample is of the longest name; what another instance needs may need
 * more. */
Test(profile_needs, of_an_instance_may_be_deeper_than_the_samples)
{
    static const struct {
        const char *name;
        unsigned depth;
    } ROWS[] = {{"t@long", 2}, {"p-long", 1}, {"p-b", 3},
                {"t@b", 4},    {"u@x", 5},    {"w", 5}};
    struct profile_set set = {0};

    linking_load_text("profiles:\n"
                      "  p: {provider: pickle, assertion: {env: A}}\n"
                      "  p-long: {provider: pickle, assertion: {env: A}}\n"
                      "  q: {provider: pickle, assertion: {profile: p}}\n"
                      "  w: {provider: pickle, assertion: {profile: t@b}}\n"
                      "  p-b: {provider: pickle, assertion: {profile: q}}\n"
                      "  t@: {instances: [long, b], provider: pickle, "
                      "assertion: {profile: p-%i}}\n"
                      "  u@: {instances: [x], provider: pickle, file: t/%i, "
                      "assertion: {profile: t@b}}\n",
                      &set);
    cr_expect_eq(linking_count, 0);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        AUTO(auto_release) const struct profile *profile = NULL;

        cr_assert_eq(profiles_find(&set, ROWS[i].name, &profile, NULL), TW_OK);
        cr_expect_eq(profile->depth, ROWS[i].depth, "%s: %u", ROWS[i].name,
                     profile->depth);
        if (ROWS[i].depth > 1)
            expect_noted(&set, profile);
    }
    profile_set_clear(&set);
}

/* Or need itself, where the sample needs another one. */
Test(profile_needs, of_an_instance_that_needs_itself)
{
    const struct profile *profile = NULL;
    struct profile_set set = {0};
    struct tw_error err;

    linking_load_text("profiles:\n"
                      "  tt@t: {provider: pickle, assertion: {env: A}}\n"
                      "  t@: {instances: [tt, t], provider: pickle, "
                      "assertion: {profile: \"%i@t\"}}\n",
                      &set);
    cr_expect_eq(linking_count, 0);
    cr_expect_eq(linking_depth(&set, "tt@t"), 1);
    cr_expect_eq(profiles_find(&set, "t@t", &profile, &err), TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "profile 't@t': more than 8 "
                                           "profiles need each other in a "
                                           "row, or in a circle"),
                       "%s", err.message);
    profile_set_clear(&set);
}

#define ROW "p1 p2>p1 p3>p2 p4>p3 p5>p4 p6>p5 p7>p6 p8>p7"

Test(profile_needs, the_last_of_a_row_too)
{
    struct profile_set set = {0};

    linking_load(ROW, &set);
    for (const struct profile *at = set.first->next; at; at = at->next)
        expect_noted(&set, at);
    cr_expect_str_eq(set.last->name, "p8");
    profile_set_clear(&set);
}

/* Where each of the others has to be made. */
Test(profile_needs, the_last_of_a_row_of_instances)
{
    struct profile_set set = {0};
    const struct profile *last = NULL;
    char text[2048] = "profiles:\n"
                      "  i1@: {instances: [x], provider: pickle, file: t/%i, "
                      "assertion: {env: A}}\n";

    for (int i = 2; i < PROFILE_DEPTH_MAX; i++) {
        size_t used = strlen(text);

        (void)snprintf(text + used, sizeof text - used,
                       "  i%d@: {instances: [x], provider: pickle, "
                       "assertion: {profile: i%d@%%i}}\n",
                       i, i - 1);
    }
    (void)strcat(text,
                 "  last: {provider: pickle, assertion: {profile: i7@x}}\n");
    linking_load_text(text, &set);
    cr_expect_eq(linking_count, 0, "%s", linking_said[0]);
    cr_assert_eq(profiles_find(&set, "last", &last, NULL), TW_OK);
    cr_expect_eq(last->depth, PROFILE_DEPTH_MAX);
    expect_noted(&set, last);
    profile_set_clear(&set);
}

/* Each needs one of the row, which the sample, of the longest name, does not.
 */
Test(profile_needs, an_instance_may_be_the_last_of_a_row_and_no_more)
{
    struct profile_set set = {0};
    char text[2048] = "profiles:\n"
                      "  t@: {instances: [\"1-long\", \"1\", \"2\", "
                      "\"7\", \"8\"], provider: pickle, "
                      "assertion: {profile: p%i}}\n"
                      "  p1-long: {provider: pickle, assertion: {env: A}}\n"
                      "  p1: {provider: pickle, assertion: {env: A}}\n";
    const struct profile *refused = NULL;
    struct tw_error err;

    for (int i = 2; i <= PROFILE_DEPTH_MAX; i++) {
        size_t used = strlen(text);

        (void)snprintf(text + used, sizeof text - used,
                       "  p%d: {provider: pickle, assertion: {profile: "
                       "p%d}}\n",
                       i, i - 1);
    }
    linking_load_text(text, &set);
    cr_expect_eq(linking_count, 0, "%s", linking_said[0]);
    for (unsigned i = 1; i <= 7; i += i == 2 ? 5 : 1) {
        AUTO(auto_release) const struct profile *profile = NULL;
        char name[8];

        (void)snprintf(name, sizeof name, "t@%u", i);
        cr_assert_eq(profiles_find(&set, name, &profile, NULL), TW_OK, "%s",
                     name);
        cr_expect_eq(profile->depth, i + 1, "%s: %u", name, profile->depth);
    }
    cr_expect_eq(profiles_find(&set, "t@8", &refused, &err), TW_E_CONFIG);
    cr_expect_null(refused);
    cr_expect_not_null(strstr(err.message, "/profiles.yaml:2:"), "%s",
                       err.message);
    cr_expect_not_null(strstr(err.message,
                              ": profile 't@8': more than 8 profiles need "
                              "each other in a row, or in a circle"),
                       "%s", err.message);
    profile_set_clear(&set);
}

/* And is told for whom it was looked for: for the one that was asked for,
 * once. */
Test(profile_needs, one_that_is_not_there_is_told_when_it_is_wanted)
{
    static const struct {
        const char *name, *message;
    } ROWS[] = {
        {"t@b", "%s/profiles.yaml:3:71: profile 't@b': no profile 'p-b' in "},
        {"u@x", "%s/profiles.yaml:4:65: profile 'u@x': no profile 'p-b' in "},
    };
    struct profile_set set = {0};
    const struct profile *written = NULL;

    linking_load_text(
        "profiles:\n"
        "  p-long: {provider: pickle, assertion: {env: A}}\n"
        "  t@: {instances: [long, b], provider: pickle, "
        "file: t/%i, assertion: {profile: p-%i}}\n"
        "  u@: {instances: [x], provider: pickle, file: t/%i, "
        "assertion: {profile: t@b}}\n"
        "  w: {provider: pickle, assertion: {profile: t@b}}\n"
        "  v: {provider: pickle, assertion: {profile: t@long}}\n",
        &set);
    cr_expect_eq(linking_count, 0, "%s", linking_said[0]);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct profile *profile = NULL;
        char expected[sizeof linking_said[0]];
        struct tw_error err;

        scratch_expand(ROWS[i].message, expected, sizeof expected);
        cr_expect_eq(profiles_find(&set, ROWS[i].name, &profile, &err),
                     TW_E_NOT_FOUND);
        cr_expect_null(profile);
        cr_expect_eq(strncmp(err.message, expected, strlen(expected)), 0, "%s",
                     err.message);
    }
    cr_assert_eq(profiles_find(&set, "w", &written, NULL), TW_OK);
    cr_expect_null(profile_secret(written, 0)->fingerprint);
    cr_assert_eq(profiles_find(&set, "v", &written, NULL), TW_OK);
    expect_noted(&set, written);
    profile_set_clear(&set);
}

/* Where nothing can be noted of anybody, none may be taken for another. */
Test(profile_needs, no_set_is_loaded_where_none_has_a_fingerprint)
{
    const struct profile_scope scope = {.dir = scratch_path("")};
    struct profile_set set = {0};
    struct tw_error err = {0};

    loading_put("profiles.yaml", 0600,
                "profiles:\n"
                "  a: {provider: pickle, assertion: {env: A}}\n"
                "  b: {provider: pickle, assertion: {profile: a}}\n");
    cr_assert_eq(EVP_set_default_properties(NULL, "provider=none"), 1);
    cr_expect_eq(profiles_load(&scope, &loading_modules, linking_tell, NULL,
                               &set, &err),
                 TW_E_SYSTEM);
    cr_expect_str_eq(err.message, "SHA-256 is not available");
    cr_expect_eq(linking_count, 0);
    profile_set_clear(&set);
}
