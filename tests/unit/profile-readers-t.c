/* SPDX-License-Identifier: MIT */
/*
 * profile-readers-t.c - readers of a system profile as they are read: names of
 * this host's become ids, units keep theirs; and the words about bad ones.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/profile_text.h"

static struct profile_context
of_the_system(void)
{
    struct profile_context context = PRIVATE;

    context.system = true;
    return context;
}

Test(profile_readers, are_ids_and_units)
{
    const struct profile_context context = of_the_system();
    struct profile *profile = NULL;
    struct tw_error err;

    cr_assert_eq(
        profile_text_read(GOOD "    readers: {users: [root], groups: [root], "
                               "units: [shop.service, 'pay@.service']}\n",
                          &context, &profile, &err),
        TW_OK, "%s", err.message);
    cr_assert_eq(profile->readers->user_count, 1);
    cr_expect_eq(profile->readers->users[0], 0);
    cr_assert_eq(profile->readers->group_count, 1);
    cr_expect_eq(profile->readers->groups[0], 0);
    cr_assert_eq(profile->readers->unit_count, 2);
    cr_expect_str_eq(profile->readers->units[1], "pay@.service");
}

#define READERS(text) GOOD "    readers: " text "\n"
#define REFUSED(column, text) AT(6, column) "readers" text

static const struct refusal REFUSALS[] = {
    {READERS("[root]"), REFUSED(14, " must be {users: [NAME...], groups: "
                                    "[NAME...], units: [NAME...]}, or some "
                                    "of them")},
    {READERS("{}"), REFUSED(14, " must be {users: [NAME...], groups: "
                                "[NAME...], units: [NAME...]}, or some of "
                                "them")},
    {READERS("{user: [root]}"),
     REFUSED(15, " has users, groups and units, no 'user'")},
    {READERS("{\"us\\ner\": [root]}"),
     REFUSED(15, " has users, groups and units, no 'us?er'")},
    {READERS("{users: [root, root]}"), REFUSED(29, ": stands there twice")},
    {READERS("{groups: [root, root]}"), REFUSED(30, ": stands there twice")},
    {READERS("{units: [a.service, a.service]}"),
     REFUSED(34, ": stands there twice")},
    {READERS("{users: [no-such-user]}"),
     REFUSED(23, ": there is no user 'no-such-user' on this host")},
    {READERS("{groups: [no-such-group]}"),
     REFUSED(24, ": there is no group 'no-such-group' on this host")},
    {READERS("{units: [a.timer]}"),
     REFUSED(23, ": 'a.timer' is no name of a unit that runs programs: "
                 "NAME.service, or NAME@.service for all instances")},
    {READERS("{users: [[root]]}"), REFUSED(23, " must be text, not a list")},
    {READERS("{units: [{a: b}]}"), REFUSED(23, " must be text, not a map")},
    {READERS("{users: {a: b}}"), AT(6, 22) "users must be text or a list"},
    {READERS("{units: {a: b}}"), AT(6, 22) "units must be text or a list"},
    {GOOD "    wlcg_discovery: true\n",
     AT(6, 21) "wlcg_discovery: the file is in a user's runtime directory; "
               "put the profile into ~/.config/tokenward"},
};

Test(profile_readers, are_refused_with_their_place)
{
    const struct profile_context context = of_the_system();

    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++) {
        struct profile *profile = NULL;
        struct tw_error err;

        cr_expect_eq(
            profile_text_read(REFUSALS[i].body, &context, &profile, &err),
            TW_E_CONFIG, "%s", REFUSALS[i].body);
        cr_expect_str_eq(err.message, REFUSALS[i].message);
        cr_expect_null(profile);
    }
}

Test(profile_readers, are_not_a_users)
{
    const struct refusal refusal = {
        READERS("{users: [root]}"),
        REFUSED(14, ": a user's tokens are that user's; put the profile into "
                    "/etc/tokenward/profiles.d")};

    profile_text_refused(&refusal, 1);
}
