/* SPDX-License-Identifier: MIT */
/*
 * profile-find-t.c - which names a set has: those that hide others of their
 * name, one after the other, and what is said of one that it has not.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/loading.h"

TestSuite(profile_find, .init = loading_begin, .fini = scratch_remove);

#define KEYS "    client_secret: {env: A}\n    token_endpoint: https://a.test/"
#define GOOD(name) "  " name ":\n" KEYS "t\n    client_id: c\n"
#define BROKEN(name) "  " name ":\n" KEYS "t\n    client_di: c\n"
#define TEMPLATE(name, instances)                       \
    "  " name "@:\n    instances: " instances "\n" KEYS \
    "%i\n    client_id: c\n"

static struct profile_set set;

static void
load(size_t complaints)
{
    struct tw_error err;

    cr_assert_eq(loading_load(false, &set, &err), TW_OK, "%s", err.message);
    cr_assert_eq(loading_count, complaints, "%s", loading_complaint.message);
}

Test(profile_find, what_is_left_out_hides_as_what_is_there)
{
    static const char *const HIDES[] = {"good", "broken", "many@one",
                                        "lame@any", "lame@"};
    static const char *const NOT[] = {"other",    "many@other", "many@",
                                      "broken@x", "goo",        "good2"};

    loading_put("profiles.yaml", 0600,
                "profiles:\n" GOOD("good") BROKEN("broken")
                    TEMPLATE("many", "[one, two]")
                        TEMPLATE("lame", "[one]") "    client_di: c\n");
    load(2);
    for (size_t i = 0; i < sizeof HIDES / sizeof *HIDES; i++)
        cr_expect(profiles_hide(&set, HIDES[i]), "%s", HIDES[i]);
    for (size_t i = 0; i < sizeof NOT / sizeof *NOT; i++)
        cr_expect_not(profiles_hide(&set, NOT[i]), "%s", NOT[i]);
    profile_set_clear(&set);
}

/* Not even the complaint is kept: the first one is told for it. */
Test(profile_find, what_is_lost_hides_though_nothing_is_told_of_it)
{
    char text[16384] = "profiles:\n", name[16];
    const struct profile *profile;
    size_t n = strlen(text);
    struct tw_error err;

    for (int i = 0; i <= PROFILES_LEFT_OUT_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, BROKEN("p%d"), i);
    (void)snprintf(text + n, sizeof text - n, "%s",
                   TEMPLATE("twice", "[one]")
                       TEMPLATE("last", "[one]") "    client_di: c\n");
    loading_put("profiles.yaml", 0600, text);
    loading_put("profiles.d/a.yaml", 0600,
                "profiles:\n" TEMPLATE("twice", "[two]"));
    load(PROFILES_LEFT_OUT_MAX + 3);
    (void)snprintf(name, sizeof name, "p%d", PROFILES_LEFT_OUT_MAX);
    cr_expect(profiles_hide(&set, "p0"));
    cr_expect(profiles_hide(&set, name));
    cr_expect(profiles_hide(&set, "last@one"));
    cr_expect(profiles_hide(&set, "last@any"));
    cr_expect(profiles_hide(&set, "twice@two"));
    cr_expect_not(profiles_hide(&set, "other"));
    cr_expect_eq(profiles_find(&set, "p63", &profile, &err), TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "'p63'"), "%s", err.message);
    cr_expect_eq(profiles_find(&set, name, &profile, &err), TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "'p0'"), "%s", err.message);
    profile_set_clear(&set);
}

/* What else is wrong is no reason why there is none of that name. */
Test(profile_find, a_complaint_is_of_its_name_alone)
{
    const struct profile *profile;
    struct tw_error err;

    loading_put("profiles.yaml", 0600,
                "profiles:\n" BROKEN("pay")
                    TEMPLATE("lame", "[one]") "    client_di: c\n");
    load(2);
    cr_expect_eq(profiles_find(&set, "pay2", &profile, &err), TW_E_NOT_FOUND);
    cr_expect_eq(profiles_find(&set, "pay", &profile, &err), TW_E_CONFIG);
    cr_expect_eq(profiles_find(&set, "lame@two", &profile, &err), TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "client_di"), "%s", err.message);
    profile_set_clear(&set);
}

Test(profile_find, each_name_comes_once)
{
    static const char *const NAMES[] = {"one@a", "one@b", "two@a", "two@c"};
    struct profile_cursor cursor = {.set = &set};
    size_t n = 0;

    loading_put("profiles.yaml", 0600,
                "profiles:\n" GOOD("plain") GOOD("one@c")
                    TEMPLATE("one", "[a, b, c]") TEMPLATE("two", "[a, c]"));
    load(0);
    for (; profiles_next(&cursor); n++) {
        cr_expect_not_null(cursor.profile);
        if (n >= 2 && n < 6) {
            cr_expect_str_eq(cursor.name, NAMES[n - 2]);
            cr_expect_eq(cursor.profile, cursor.template->sample);
        }
    }
    cr_expect_eq(n, 6, "%zu", n);
    profile_set_clear(&set);
}
