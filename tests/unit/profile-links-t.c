/* SPDX-License-Identifier: MIT */
/*
 * profile-links-t.c - profiles that need each other's tokens: in which order,
 * and which of them cannot be.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/profile/fingerprint.h"
#include "helper/profile/profile_links.h"
#include "tests/unit/loading.h"

TestSuite(profile_links, .init = loading_begin, .fini = scratch_remove);

static char said[8][sizeof((struct tw_error *)NULL)->message];
static size_t said_count;

static void
tell(void *arg, const struct tw_error *err)
{
    (void)arg;
    cr_expect_eq(err->status, TW_E_CONFIG);
    if (said_count < 8)
        (void)strcpy(said[said_count], err->message);
    said_count++;
}

static void
load_text(const char *text, struct profile_set *set)
{
    const struct profile_scope scope = {.dir = scratch_path("")};
    struct tw_error err = {0};

    loading_put("profiles.yaml", 0600, text);
    said_count = 0;
    cr_assert_eq(
        profiles_load(&scope, &loading_modules, tell, NULL, set, &err), TW_OK,
        "%s", err.message);
}

/* @names: "a>b" is profile a, whose assertion is b's token, "a" one that
 * needs nobody's. */
static void
load(const char *names, struct profile_set *set)
{
    char text[8192] = "profiles:\n", copy[512];
    char *rest = copy, *name;

    (void)snprintf(copy, sizeof copy, "%s", names);
    while ((name = strsep(&rest, " "))) {
        char *link = strchr(name, '>');
        size_t used = strlen(text);

        if (link)
            *link++ = '\0';
        (void)snprintf(text + used, sizeof text - used,
                       "  %s: {provider: pickle, assertion: {%s: %s}}\n", name,
                       link ? "profile" : "env", link ? link : "A");
    }
    load_text(text, set);
}

static unsigned
depth_of(const struct profile_set *set, const char *name)
{
    const struct profile *profile = NULL;

    return profiles_find(set, name, &profile, NULL) ? 0 : profile->depth;
}

static void
expect_said(size_t i, const char *message)
{
    char expected[sizeof said[0]];

    scratch_expand(message, expected, sizeof expected);
    cr_expect_str_eq(said[i], expected);
}

Test(profile_links, in_a_row)
{
    struct profile_set set = {0};

    load("c>b d>b b>a a e", &set);
    cr_expect_eq(said_count, 0, "%s", said[0]);
    cr_expect_eq(set.count, 5);
    cr_expect_eq(depth_of(&set, "a"), 1);
    cr_expect_eq(depth_of(&set, "b"), 2);
    cr_expect_eq(depth_of(&set, "c"), 3);
    cr_expect_eq(depth_of(&set, "d"), 3);
    cr_expect_eq(depth_of(&set, "e"), 1);
    profile_set_clear(&set);
}

/* Whatever key names it. */
Test(profile_links, by_every_secret)
{
    static const char *const KEYS[] = {
        "client_secret: {profile: a}",
        "client_secret: s, client_secret_next: {profile: a}",
        "client_secret: s, params: {x: y, z: {profile: a}}",
        "client_secret: s, headers: {X-A: y, X-B: {profile: a}}",
        "token_endpoint_auth_method: client_assertion, "
        "client_assertion: {profile: a}",
        "token_endpoint_auth_method: private_key_jwt, assertion_key: /k, "
        "assertion_key_passphrase: {profile: a}",
        "token_endpoint_auth_method: tls_client_auth, "
        "client_certificate: /c, client_certificate_key: /k, "
        "client_certificate_key_passphrase: {profile: a}",
    };

    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        struct profile_set set = {0};
        char text[1024];

        (void)snprintf(text, sizeof text,
                       "profiles:\n"
                       "  a: {provider: pickle, assertion: {env: A}}\n"
                       "  b: {token_endpoint: \"https://a.test/t\", "
                       "client_id: c, %s}\n",
                       KEYS[i]);
        load_text(text, &set);
        cr_expect_eq(said_count, 0, "%s", said[0]);
        cr_expect_eq(depth_of(&set, "b"), 2, "%s", KEYS[i]);
        profile_set_clear(&set);
    }
}

/* A token that was bought with another's is another once that one is. */
Test(profile_links, fingerprint_reaches_what_is_needed)
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
        load_text(text, &set);
        cr_assert_eq(profiles_find(&set, "c", &profile, NULL), TW_OK);
        cr_assert(fingerprint_of(profile, fingerprints[i]));
        profile_set_clear(&set);
    }
    cr_expect_str_neq(fingerprints[0], fingerprints[1]);
    cr_expect_str_eq(fingerprints[0], fingerprints[2]);
}

Test(profile_links, to_nobody)
{
    struct profile_set set = {0};

    load("a>nobody b", &set);
    cr_expect_eq(said_count, 1);
    expect_said(0, "%s/profiles.yaml:2:36: profile 'a': there is no profile "
                   "'nobody' whose token it could use");
    cr_expect_eq(set.count, 1);
    cr_expect_eq(set.broken_count, 1);
    cr_expect_eq(depth_of(&set, "b"), 1);
    cr_expect_eq(depth_of(&set, "a"), 0);
    profile_set_clear(&set);
}

Test(profile_links, in_circles)
{
    struct profile_set set = {0};

    load("self>self a>b b>c c>a tail>a free", &set);
    cr_expect_eq(said_count, 5);
    expect_said(0, "%s/profiles.yaml:2:39: profile 'self': needs the token of "
                   "'self', which in the end needs this one: a circle");
    expect_said(1, "%s/profiles.yaml:3:36: profile 'a': needs the token of "
                   "'b', which in the end needs this one: a circle");
    expect_said(3, "%s/profiles.yaml:5:36: profile 'c': needs the token of "
                   "'a', which in the end needs this one: a circle");
    expect_said(4, "%s/profiles.yaml:6:39: profile 'tail': needs the token of "
                   "'a', which cannot be used itself");
    cr_expect_eq(set.count, 1);
    cr_expect_str_eq(set.first->name, "free");
    cr_expect_eq(set.first, set.last);
    cr_expect_eq(depth_of(&set, "free"), 1);
    profile_set_clear(&set);
}

Test(profile_links, too_far)
{
    struct profile_set set = {0};

    load("p1 p2>p1 p3>p2 p4>p3 p5>p4 p6>p5 p7>p6 p8>p7 p9>p8 p10>p9", &set);
    cr_expect_eq(said_count, 2);
    cr_expect_eq(depth_of(&set, "p8"), PROFILE_DEPTH_MAX);
    expect_said(0, "%s/profiles.yaml:10:3: profile 'p9': more than 8 profiles "
                   "need each other in a row");
    expect_said(1, "%s/profiles.yaml:11:38: profile 'p10': needs the token of "
                   "'p9', which cannot be used itself");
    profile_set_clear(&set);
}

Test(profile_links, of_one_file_may_lead_elsewhere)
{
    const struct profile_scope scope = {.dir = scratch_path("")};
    struct profile_set set = {0};
    struct tw_error err = {0};

    load("a>elsewhere b>b", &set);
    profile_set_clear(&set);
    said_count = 0;
    cr_assert_eq(profiles_load_file(&scope, scratch_path("profiles.yaml"),
                                    &loading_modules, tell, NULL, &set, &err),
                 TW_OK, "%s", err.message);
    cr_expect_eq(said_count, 1);
    cr_expect_eq(set.count, 1);
    cr_expect_str_eq(set.first->name, "a");
    profile_set_clear(&set);
}

/* Among those that cannot be used a template that can stays whole. */
Test(profile_links, of_a_template)
{
    struct profile_set set = {0};
    const struct profile_template *template;

    load_text("profiles:\n"
              "  p: {provider: pickle, assertion: {env: A}}\n"
              "  bad: {provider: pickle, assertion: {profile: none}}\n"
              "  lost@: {instances: [a], provider: pickle, file: t/%i, "
              "assertion: {profile: none}}\n"
              "  t@: {instances: [a, b], provider: pickle, file: t/%i, "
              "assertion: {profile: p}}\n",
              &set);
    cr_expect_eq(said_count, 2);
    cr_expect_eq(set.count, 1);
    cr_expect_eq(set.instance_count, 2);
    cr_expect_eq(depth_of(&set, "bad"), 0);
    cr_expect_null(profiles_template(&set, "lost@a"));
    template = profiles_template(&set, "t@a");
    cr_assert_not_null(template);
    cr_expect_eq(template->sample->depth, depth_of(&set, "p") + 1);
    for (int i = 0; i < 2; i++) {
        AUTO(auto_release) const struct profile *profile = NULL;

        cr_assert_eq(profiles_find(&set, i ? "t@b" : "t@a", &profile, NULL),
                     TW_OK);
        cr_expect_eq(profile->depth, template->sample->depth);
    }
    profile_set_clear(&set);
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
Test(profile_links, of_an_instance_may_be_deeper_than_the_samples)
{
    static const struct {
        const char *name;
        unsigned depth;
    } ROWS[] = {{"t@long", 2}, {"p-long", 1}, {"p-b", 3},
                {"t@b", 4},    {"u@x", 5},    {"w", 5}};
    struct profile_set set = {0};

    load_text("profiles:\n"
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
    cr_expect_eq(said_count, 0);
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
Test(profile_links, of_an_instance_that_needs_itself)
{
    const struct profile *profile = NULL;
    struct profile_set set = {0};
    struct tw_error err;

    load_text("profiles:\n"
              "  tt@t: {provider: pickle, assertion: {env: A}}\n"
              "  t@: {instances: [tt, t], provider: pickle, "
              "assertion: {profile: \"%i@t\"}}\n",
              &set);
    cr_expect_eq(said_count, 0);
    cr_expect_eq(depth_of(&set, "tt@t"), 1);
    cr_expect_eq(profiles_find(&set, "t@t", &profile, &err), TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "profile 't@t': more than 8 "
                                           "profiles need each other in a "
                                           "row, or in a circle"),
                       "%s", err.message);
    profile_set_clear(&set);
}
