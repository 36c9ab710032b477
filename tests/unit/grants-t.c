/* SPDX-License-Identifier: MIT */
/*
 * grants-t.c - the grants of one request or none: what is asked, and what is
 * made of the answer, without a server.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/fake_host.h"

#define URN "urn:ietf:params:oauth:"
#define TYPE(name) URN "token-type:" name

TestSuite(grants, .timeout = 60);

static void
set(const char *name, const char *value)
{
    fake_set(fake_host.options, name, value);
}

static void
expect_form(const char *expected)
{
    fake_send(TW_EVENT_START, NULL, TW_ACTION_POST);
    cr_expect_null(fake_action.url);
    fake_expect_form(expected);
}

static void
expect_refusal(const char *word)
{
    fake_send(TW_EVENT_START, NULL, TW_ACTION_FAIL);
    cr_expect_not_null(strstr(fake_action.text, word), "%s", fake_action.text);
}

static void
expect_ends(void)
{
    fake_send(TW_EVENT_TOKEN, NULL, TW_ACTION_DONE);
    fake_send(TW_EVENT_REFUSED, "invalid_grant", TW_ACTION_FAIL);
    fake_send(TW_EVENT_WAITED, NULL, TW_ACTION_FAIL);
    fake_send((enum tw_event_kind)99, NULL, TW_ACTION_FAIL);
}

Test(grants, client_credentials)
{
    fake_load("client_credentials");
    expect_form("grant_type=client_credentials");
    expect_ends();
    fake_begin();
    set("scope", "a b");
    set("audience", "you");
    set("resource", "https://a.test");
    set("resource", "https://b.test");
    expect_form("grant_type=client_credentials&scope=a b&audience=you&"
                "resource=https://a.test&resource=https://b.test");
}

Test(grants, as_many_resources_as_a_profile_may_have)
{
    fake_load("client_credentials");
    for (size_t i = 0; i < 33; i++)
        set("resource", "https://a.test");
    fake_send(TW_EVENT_START, NULL, TW_ACTION_POST);
    cr_expect_eq(fake_action.field_count, 33);
}

#define EXCHANGE                                   \
    "grant_type=" URN "grant-type:token-exchange&" \
    "subject_token=SECRET:subject_token&"

Test(grants, token_exchange)
{
    fake_load("token_exchange");
    expect_form(EXCHANGE "subject_token_type=" TYPE("access_token"));
    cr_expect_eq(fake_action.flags, TW_POST_UNTYPED);
    expect_ends();
}

Test(grants, token_exchange_with_everything)
{
    fake_load("token_exchange");
    fake_host.secrets[0] = "actor_token";
    set("subject_token_type", "jwt");
    set("actor_token_type", "urn:mine");
    set("requested_token_type", "id_token");
    set("audience", "you");
    set("scope", "a b");
    set("resource", "https://a.test");
    set("resource", "https://b.test");
    expect_form(EXCHANGE "subject_token_type=" TYPE("jwt") //
                "&actor_token=SECRET:actor_token&actor_token_type=urn:mine"
                "&requested_token_type=" TYPE("id_token") //
                "&audience=you&scope=a b&resource=https://a.test"
                "&resource=https://b.test");
    cr_expect_eq(fake_action.flags, TW_POST_UNTYPED);
}

Test(grants, token_exchange_for_an_access_token)
{
    fake_load("token_exchange");
    set("requested_token_type", "access_token");
    expect_form(EXCHANGE "subject_token_type=" TYPE("access_token") //
                "&requested_token_type=" TYPE("access_token"));
    cr_expect_eq(fake_action.flags, 0);
}

Test(grants, token_exchange_and_its_actor)
{
    fake_load("token_exchange");
    set("actor_token_type", "jwt");
    expect_refusal("actor_token");
    fake_begin();
    fake_host.secrets[0] = "actor_token";
    expect_form(EXCHANGE "subject_token_type=" TYPE("access_token") //
                "&actor_token=SECRET:actor_token"
                "&actor_token_type=" TYPE("access_token"));
}

Test(grants, token_exchange_judges_what_was_issued)
{
    static const struct {
        const char *wanted, *issued;
        enum tw_action_kind action;
    } CASES[] = {
        {NULL, NULL, TW_ACTION_DONE},
        {NULL, TYPE("saml2"), TW_ACTION_DONE},
        {"jwt", NULL, TW_ACTION_DONE},
        {"jwt", TYPE("jwt"), TW_ACTION_DONE},
        {"jwt", TYPE("access_token"), TW_ACTION_DONE},
        {"access_token", TYPE("jwt"), TW_ACTION_DONE},
        {"access_token", TYPE("refresh_token"), TW_ACTION_FAIL},
        {"id_token", TYPE("access_token"), TW_ACTION_FAIL},
        {"urn:x", "urn:x", TW_ACTION_DONE},
        {"urn:x", "urn:y", TW_ACTION_FAIL},
    };

    fake_load("token_exchange");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        fake_begin();
        if (CASES[i].wanted)
            set("requested_token_type", CASES[i].wanted);
        fake_send(TW_EVENT_START, NULL, TW_ACTION_POST);
        if (CASES[i].issued)
            fake_set(fake_host.members, "issued_token_type", CASES[i].issued);
        fake_send(TW_EVENT_TOKEN, NULL, CASES[i].action);
    }
}

#define BEARER "grant_type=" URN "grant-type:jwt-bearer&assertion="

Test(grants, jwt_bearer_with_an_assertion)
{
    fake_load("jwt_bearer");
    fake_host.secrets[0] = "assertion";
    set("scope", "a b");
    set("client_id", "me");
    expect_form(BEARER "SECRET:assertion&scope=a b");
    expect_ends();
}

Test(grants, jwt_bearer_signs)
{
    fake_load("jwt_bearer");
    set("client_id", "me");
    set("token_endpoint", "https://a.test/t");
    expect_form(BEARER "SIGNED:{\"iss\":\"me\",\"sub\":\"me\",\"aud\":"
                       "\"https://a.test/t\"}");
    fake_begin();
    set("client_id", "me");
    set("issuer", "https://a.test");
    set("token_endpoint", "https://a.test/t");
    expect_form(BEARER "SIGNED:{\"iss\":\"me\",\"sub\":\"me\",\"aud\":"
                       "\"https://a.test\"}");
    fake_begin();
    set("iss", "a\"b\\c");
    set("sub", "you");
    set("aud", "them");
    set("scope", "x y");
    set("client_id", "me");
    set("token_endpoint", "https://a.test/t");
    expect_form(BEARER
                "SIGNED:{\"iss\":\"a\\\"b\\\\c\",\"sub\":\"you\",\"aud\":"
                "\"them\",\"scope\":\"x y\"}&scope=x y");
}

Test(grants, jwt_bearer_without_a_name)
{
    fake_load("jwt_bearer");
    set("token_endpoint", "https://a.test/t");
    expect_refusal("iss");
}

Test(grants, jwt_bearer_bounds_its_claims)
{
    static char large[16000];

    fake_load("jwt_bearer");
    memset(large, '\\', sizeof large - 1);
    set("client_id", "me");
    set("sub", large);
    expect_refusal("too long");
}

Test(grants, exec_and_file)
{
    fake_load("exec");
    fake_send(TW_EVENT_START, NULL, TW_ACTION_TAKE);
    cr_expect_str_eq(fake_action.text, "command");
    expect_ends();
    fake_load("file");
    fake_send(TW_EVENT_START, NULL, TW_ACTION_TAKE);
    cr_expect_str_eq(fake_action.text, "file");
    expect_ends();
}
