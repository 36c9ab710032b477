/* SPDX-License-Identifier: MIT */
/*
 * profile-links-t.c - profiles that need each other's tokens: in which order,
 * and which of them cannot be.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/profile/profile_links.h"
#include "tests/unit/linking.h"

TestSuite(profile_links, .init = loading_begin, .fini = scratch_remove);

Test(profile_links, in_a_row)
{
    struct profile_set set = {0};

    linking_load("c>b d>b b>a a e", &set);
    cr_expect_eq(linking_count, 0, "%s", linking_said[0]);
    cr_expect_eq(set.count, 5);
    cr_expect_eq(linking_depth(&set, "a"), 1);
    cr_expect_eq(linking_depth(&set, "b"), 2);
    cr_expect_eq(linking_depth(&set, "c"), 3);
    cr_expect_eq(linking_depth(&set, "d"), 3);
    cr_expect_eq(linking_depth(&set, "e"), 1);
    profile_set_clear(&set);
}

/* In whatever order it needs them. */
Test(profile_links, after_the_deepest)
{
    struct profile_set set = {0};

    linking_load_text(
        "profiles:\n"
        "  a: {provider: pickle, assertion: {env: A}}\n"
        "  b: {provider: pickle, assertion: {profile: a}}\n"
        "  c: {token_endpoint: \"https://c.test/t\", client_id: c, "
        "client_secret: {profile: a}, params: {x: {profile: b}}}\n"
        "  d: {token_endpoint: \"https://d.test/t\", client_id: d, "
        "client_secret: {profile: b}, params: {x: {profile: a}}}\n",
        &set);
    cr_expect_eq(linking_count, 0, "%s", linking_said[0]);
    cr_expect_eq(linking_depth(&set, "c"), 3);
    cr_expect_eq(linking_depth(&set, "d"), 3);
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
        linking_load_text(text, &set);
        cr_expect_eq(linking_count, 0, "%s", linking_said[0]);
        cr_expect_eq(linking_depth(&set, "b"), 2, "%s", KEYS[i]);
        profile_set_clear(&set);
    }
}

Test(profile_links, to_nobody)
{
    struct profile_set set = {0};

    linking_load("a>nobody b", &set);
    cr_expect_eq(linking_count, 1);
    linking_expect(0,
                   "%s/profiles.yaml:2:36: profile 'a': there is no profile "
                   "'nobody' whose token it could use");
    cr_expect_eq(set.count, 1);
    cr_expect_eq(set.broken_count, 1);
    cr_expect_eq(linking_depth(&set, "b"), 1);
    cr_expect_eq(linking_depth(&set, "a"), 0);
    profile_set_clear(&set);
}

Test(profile_links, in_circles)
{
    struct profile_set set = {0};

    linking_load("self>self a>b b>c c>a tail>a free", &set);
    cr_expect_eq(linking_count, 5);
    linking_expect(0,
                   "%s/profiles.yaml:2:39: profile 'self': needs the token of "
                   "'self', which in the end needs this one: a circle");
    linking_expect(1, "%s/profiles.yaml:3:36: profile 'a': needs the token of "
                      "'b', which in the end needs this one: a circle");
    linking_expect(3, "%s/profiles.yaml:5:36: profile 'c': needs the token of "
                      "'a', which in the end needs this one: a circle");
    linking_expect(4,
                   "%s/profiles.yaml:6:39: profile 'tail': needs the token of "
                   "'a', which cannot be used itself");
    cr_expect_eq(set.count, 1);
    cr_expect_str_eq(set.first->name, "free");
    cr_expect_eq(set.first, set.last);
    cr_expect_eq(linking_depth(&set, "free"), 1);
    profile_set_clear(&set);
}

Test(profile_links, too_far)
{
    struct profile_set set = {0};

    linking_load("p1 p2>p1 p3>p2 p4>p3 p5>p4 p6>p5 p7>p6 p8>p7 p9>p8 p10>p9",
                 &set);
    cr_expect_eq(linking_count, 2);
    cr_expect_eq(linking_depth(&set, "p8"), PROFILE_DEPTH_MAX);
    linking_expect(0,
                   "%s/profiles.yaml:10:3: profile 'p9': more than 8 profiles "
                   "need each other in a row");
    linking_expect(1,
                   "%s/profiles.yaml:11:38: profile 'p10': needs the token of "
                   "'p9', which cannot be used itself");
    profile_set_clear(&set);
}

Test(profile_links, of_one_file_may_lead_elsewhere)
{
    const struct profile_scope scope = {.dir = scratch_path("")};
    struct profile_set set = {0};
    struct tw_error err = {0};

    linking_load("a>elsewhere b>b", &set);
    profile_set_clear(&set);
    linking_count = 0;
    cr_assert_eq(profiles_load_file(&scope, scratch_path("profiles.yaml"),
                                    &loading_modules, linking_tell, NULL, &set,
                                    &err),
                 TW_OK, "%s", err.message);
    cr_expect_eq(linking_count, 1);
    cr_expect_eq(set.count, 1);
    cr_expect_str_eq(set.first->name, "a");
    profile_set_clear(&set);
}

/* Among those that cannot be used a template that can stays whole. */
Test(profile_links, of_a_template)
{
    struct profile_set set = {0};
    const struct profile_template *template;

    linking_load_text(
        "profiles:\n"
        "  p: {provider: pickle, assertion: {env: A}}\n"
        "  bad: {provider: pickle, assertion: {profile: none}}\n"
        "  lost@: {instances: [a], provider: pickle, file: t/%i, "
        "assertion: {profile: none}}\n"
        "  t@: {instances: [a, b], provider: pickle, file: t/%i, "
        "assertion: {profile: p}}\n",
        &set);
    cr_expect_eq(linking_count, 2);
    cr_expect_eq(set.count, 1);
    cr_expect_eq(set.instance_count, 2);
    cr_expect_eq(linking_depth(&set, "bad"), 0);
    cr_expect_null(profiles_template(&set, "lost@a"));
    template = profiles_template(&set, "t@a");
    cr_assert_not_null(template);
    cr_expect_eq(template->sample->depth, linking_depth(&set, "p") + 1);
    for (int i = 0; i < 2; i++) {
        AUTO(auto_release) const struct profile *profile = NULL;

        cr_assert_eq(profiles_find(&set, i ? "t@b" : "t@a", &profile, NULL),
                     TW_OK);
        cr_expect_eq(profile->depth, template->sample->depth);
    }
    profile_set_clear(&set);
}

/* What was in a table under the name or the URL of a freed one would be read
 * again. */
Test(profile_links, nothing_is_left_of_those_that_cannot_be)
{
    struct profile_set set = {0};

    linking_load_text(
        "profiles:\n"
        "  bad: {provider: pickle, assertion: {profile: none}, "
        "match: \"https://bad.test/x\"}\n"
        "  good: {provider: pickle, assertion: {env: A}, "
        "match: \"https://good.test/x\"}\n"
        "  lost@: {instances: [a, b], provider: pickle, file: t/%i, "
        "assertion: {profile: none}, match: \"https://lost.test/%i\"}\n"
        "  kept@: {instances: [a], provider: pickle, file: t/%i, "
        "assertion: {env: A}, match: \"https://kept.test/%i\"}\n"
        "  last@: {instances: [a], provider: pickle, file: t/%i, "
        "assertion: {profile: none}}\n",
        &set);
    cr_expect_eq(linking_count, 3, "%s", linking_said[0]);
    cr_expect_eq(set.count, 1);
    cr_expect_eq(set.instance_count, 1);
    cr_assert_not_null(set.first);
    cr_expect_str_eq(set.first->name, "good");
    cr_expect_eq(set.last, set.first);
    cr_expect_null(set.first->next);
    cr_assert_not_null(set.templates);
    cr_expect_str_eq(set.templates->name, "kept@");
    cr_expect_eq(set.last_template, set.templates);
    cr_expect_null(set.templates->next);
    cr_expect_eq(set.names.count, 1);
    cr_expect_eq(set.routes.count, 2);
    cr_expect_eq(set.template_names.count, 1);
    cr_expect_eq(set.instances.count, 1);
    profile_set_clear(&set);
}

Test(profile_links, none_may_be_left)
{
    struct profile_set set = {0};

    linking_load_text(
        "profiles:\n"
        "  bad: {provider: pickle, assertion: {profile: none}, "
        "wlcg_discovery: true}\n"
        "  lost@: {instances: [a], provider: pickle, file: t/%i, "
        "assertion: {profile: none}}\n",
        &set);
    cr_expect_eq(linking_count, 2);
    cr_expect_null(set.first);
    cr_expect_null(set.last);
    cr_expect_null(set.templates);
    cr_expect_null(set.last_template);
    cr_expect_null(set.wlcg);
    cr_expect_eq(set.count, 0);
    cr_expect_eq(set.instance_count, 0);
    profile_set_clear(&set);
}
