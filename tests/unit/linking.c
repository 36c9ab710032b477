/* SPDX-License-Identifier: MIT */
/*
 * linking.c - see linking.h.
 */
#include "tests/unit/linking.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

char linking_said[LINKING_SAID_MAX][sizeof((struct tw_error *)NULL)->message];
size_t linking_count;

void
linking_tell(void *arg, const struct tw_error *err)
{
    (void)arg;
    cr_expect_eq(err->status, TW_E_CONFIG);
    if (linking_count < LINKING_SAID_MAX)
        (void)strcpy(linking_said[linking_count], err->message);
    linking_count++;
}

void
linking_load_text(const char *text, struct profile_set *set)
{
    const struct profile_scope scope = {.dir = scratch_path("")};
    struct tw_error err = {0};

    loading_put("profiles.yaml", 0600, text);
    linking_count = 0;
    cr_assert_eq(
        profiles_load(&scope, &loading_modules, linking_tell, NULL, set, &err),
        TW_OK, "%s", err.message);
}

void
linking_load(const char *names, struct profile_set *set)
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
    linking_load_text(text, set);
}

unsigned
linking_depth(const struct profile_set *set, const char *name)
{
    const struct profile *profile = NULL;

    return profiles_find(set, name, &profile, NULL) ? 0 : profile->depth;
}

void
linking_expect(size_t i, const char *message)
{
    char expected[sizeof linking_said[0]];

    scratch_expand(message, expected, sizeof expected);
    cr_expect_str_eq(linking_said[i], expected);
}
