/* SPDX-License-Identifier: MIT */
/*
 * exchange-broken-t.c - everything a broken module may answer.
 */
#include <criterion/criterion.h>

#include "tests/unit/scripted.h"

TestSuite(exchange_broken, .init = scripted_set_up, .fini = scripted_tear_down,
          .timeout = 60);

Test(exchange_broken, broken_actions)
{
    RUN(DONE);
    expect(TW_E_MODULE, IS_BROKEN "it says done without a token");
    RUN((struct tw_action){.kind = 0});
    expect(TW_E_MODULE, IS_BROKEN "it answered with an unknown action");
    RUN((struct tw_action){.kind = 99});
    expect(TW_E_MODULE, IS_BROKEN "it answered with an unknown action");
    RUN(DO(WAIT, .wait_ms = -1));
    expect(TW_E_MODULE, IS_BROKEN "it waits too long");
    RUN(DO(WAIT, .wait_ms = 600001));
    expect(TW_E_MODULE, IS_BROKEN "it waits too long");
    RUN(DO(WAIT, .wait_ms = 0));
    expect(TW_E_MODULE, IS_BROKEN "it never comes to an end");
    RUN(DO(TAKE, .text = NULL));
    expect(TW_E_MODULE, IS_BROKEN "it names no secret of the profile");
    RUN(DO(TAKE, .text = "scope"));
    expect(TW_E_MODULE, IS_BROKEN "it names no secret of the profile");
    RUN(DO(AUTHORIZE, .url = "https://a.test/"));
    expect(TW_E_MODULE, IS_BROKEN "it wants a browser to come back, and by "
                                  "its needs none does");
    profile.token_endpoint = NULL;
    RUN(POST(PLAIN));
    expect(TW_E_MODULE, IS_BROKEN "it names no endpoint");
    scripted.rc = 1;
    RUN(FAIL);
    expect(TW_E_MODULE, IS_BROKEN "advance() failed");
    cr_expect_eq(atomic_load(&server.requests), 0);
}

static void
expect_broken_form(const struct tw_field *fields, size_t count,
                   const char *message)
{
    RUN(DO(POST, .fields = fields, .field_count = count));
    expect(TW_E_MODULE, message);
}

Test(exchange_broken, broken_forms)
{
    static const struct tw_field BAD[] = {
        {NULL, "v", TW_FIELD_TEXT, 0},
        {"", "v", TW_FIELD_TEXT, 0},
        {"n", NULL, TW_FIELD_TEXT, 0},
        {"n", "v", 0, 0},
        {"n", "v", 99, 0},
        {"n", "nothing", TW_FIELD_SECRET, 0},
        {"n", "scope", TW_FIELD_SECRET, 0},
        {"n", "code", TW_FIELD_MEMBER, 0},
        {"n", "code", TW_FIELD_AUTHORIZED, 0},
    };
    static const char *const MESSAGES[] = {
        IS_BROKEN "its form has a field without name or value",
        IS_BROKEN "its form has a field without name or value",
        IS_BROKEN "its form has a field without name or value",
        IS_BROKEN "its form has a field of an unknown kind",
        IS_BROKEN "its form has a field of an unknown kind",
        IS_BROKEN "it names no secret of the profile",
        IS_BROKEN "it names no secret of the profile",
        IS_BROKEN "it names a text of an answer, and there is none",
        IS_BROKEN "it names what no login has brought",
    };
    struct tw_field many[TW_FIELDS_MAX + 1];
    struct tw_action odd = POST(PLAIN);

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_broken_form(&BAD[i], 1, MESSAGES[i]);
    expect_broken_form(NULL, 1, IS_BROKEN "its form is too long");
    for (size_t i = 0; i < TW_FIELDS_MAX + 1; i++)
        many[i] = NAMED[0];
    expect_broken_form(many, TW_FIELDS_MAX + 1,
                       IS_BROKEN "its form is too long");
    expect_broken_form(many, TW_FIELDS_MAX,
                       IS_BROKEN "its form names too many secrets");
    odd.flags = 8;
    RUN(odd);
    expect(TW_E_MODULE, IS_BROKEN "its request has unknown flags");
    cr_expect_eq(atomic_load(&server.requests), 0);
}
