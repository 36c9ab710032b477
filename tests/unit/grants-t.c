/* SPDX-License-Identifier: MIT */
/*
 * grants-t.c - the modules as they are built, each driven by a host that is
 * nothing but a table: what is asked, what is answered, without a network.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/module.h"

#define STATE_MAX 65536
#define URN "urn:ietf:params:oauth:"

/* What the fake host knows: NAME=VALUE of options (an option with several
 * values stands there as often), names of secrets, members of the answer. */
struct fake {
    const char *const *options, *const *secrets, *const *members;
};

static struct modules modules;
static _Alignas(max_align_t) char state[STATE_MAX];
static const struct module *module;
static struct fake fake;
static struct tw_action action;

static const char *
find(const char *const *list, const char *name, size_t index)
{
    size_t n = strlen(name);

    for (; list && *list; list++) {
        if (strncmp(*list, name, n) == 0 && (*list)[n] == '=' && index-- == 0)
            return *list + n + 1;
    }
    return NULL;
}

static const char *
option(const struct tw_host *host, const char *name, size_t index)
{
    return find(((const struct fake *)host->context)->options, name, index);
}

static const char *
member(const struct tw_host *host, const char *name)
{
    return find(((const struct fake *)host->context)->members, name, 0);
}

static int
has(const struct tw_host *host, const char *name)
{
    const char *const *list = ((const struct fake *)host->context)->secrets;

    for (; list && *list; list++) {
        if (strcmp(*list, name) == 0)
            return 1;
    }
    return 0;
}

static void
load(const char *name)
{
    struct tw_error err = {0};

    modules.dir = getenv("TOKENWARD_MODULE_DIR");
    if (!modules.dir)
        cr_skip("TOKENWARD_MODULE_DIR is not set");
    cr_assert_eq(modules_get(&modules, name, &module, &err), TW_OK, "%s",
                 err.message);
    memset(state, 0, sizeof state);
    fake = (struct fake){0};
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static uint32_t
advance(enum tw_event_kind kind)
{
    const struct tw_host host = {.version = TW_PROVIDER_VERSION,
                                 .size = sizeof host,
                                 .context = &fake,
                                 .option = option,
                                 .member = member,
                                 .has = has};
    const struct tw_event event = {.size = sizeof event, .kind = kind};

    action = (struct tw_action){.size = sizeof action};
    cr_assert_eq(module->provider.advance(&host, state, &event, &action), 0);
    return action.kind;
}

/* "name=text name<secret name!claims" */
static const char *
form(void)
{
    static const char MARKS[] = "?=<>^!";
    static char text[16384];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < action.field_count; i++) {
        const struct tw_field *field = &action.fields[i];

        cr_assert_leq(field->kind, TW_FIELD_SIGNED);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%c%s",
                                 i ? " " : "", field->name, MARKS[field->kind],
                                 field->value);
    }
    return text;
}

static void
expect_form(const char *expected)
{
    cr_expect_eq(advance(TW_EVENT_START), TW_ACTION_POST);
    cr_expect_null(action.url);
    cr_expect_str_eq(form(), expected);
}

static void
expect_ends(void)
{
    cr_expect_eq(advance(TW_EVENT_TOKEN), TW_ACTION_DONE);
    cr_expect_eq(advance(TW_EVENT_REFUSED), TW_ACTION_FAIL);
    cr_expect_eq(advance(TW_EVENT_WAITED), TW_ACTION_FAIL);
    cr_expect_eq(advance((enum tw_event_kind)99), TW_ACTION_FAIL);
}

TestSuite(grants, .timeout = 60);

Test(grants, client_credentials)
{
    load("client_credentials");
    expect_form("grant_type=client_credentials");
    expect_ends();
    load("client_credentials");
    fake.options = LIST("scope=a b", "audience=you", "resource=https://a.test",
                        "resource=https://b.test");
    expect_form("grant_type=client_credentials scope=a b audience=you "
                "resource=https://a.test resource=https://b.test");
}

Test(grants, as_many_resources_as_a_profile_may_have)
{
    const char *resources[34] = {NULL};

    load("client_credentials");
    for (size_t i = 0; i < 32; i++)
        resources[i] = "resource=https://a.test";
    fake.options = resources;
    cr_expect_eq(advance(TW_EVENT_START), TW_ACTION_POST);
    cr_expect_eq(action.field_count, 33);
}

#define EXCHANGE "grant_type=" URN "grant-type:token-exchange "
#define SUBJECT "subject_token<subject_token "
#define TYPE(name) URN "token-type:" name

Test(grants, token_exchange)
{
    load("token_exchange");
    fake.secrets = LIST("subject_token");
    expect_form(EXCHANGE SUBJECT "subject_token_type=" TYPE("access_token"));
    cr_expect_eq(action.flags, TW_POST_UNTYPED);
    expect_ends();
}

Test(grants, token_exchange_with_everything)
{
    load("token_exchange");
    fake.secrets = LIST("subject_token", "actor_token");
    fake.options =
        LIST("subject_token_type=jwt", "actor_token_type=urn:mine",
             "requested_token_type=id_token", "audience=you", "scope=a b",
             "resource=https://a.test", "resource=https://b.test");
    expect_form(EXCHANGE SUBJECT "subject_token_type=" TYPE(
        "jwt") " actor_token<actor_token actor_token_type=urn:mine "
               "requested_token_type=" TYPE(
                   "id_token") " audience=you scope=a b "
                               "resource=https://a.test "
                               "resource=https://b.test");
    cr_expect_eq(action.flags, TW_POST_UNTYPED);
}

Test(grants, token_exchange_for_an_access_token)
{
    load("token_exchange");
    fake.options = LIST("requested_token_type=access_token");
    expect_form(EXCHANGE SUBJECT "subject_token_type=" TYPE(
        "access_token") " requested_token_type=" TYPE("access_token"));
    cr_expect_eq(action.flags, 0);
}

Test(grants, token_exchange_without_an_actor)
{
    load("token_exchange");
    fake.options = LIST("actor_token_type=jwt");
    cr_expect_eq(advance(TW_EVENT_START), TW_ACTION_FAIL);
    cr_expect_not_null(strstr(action.text, "actor_token"));
    load("token_exchange");
    fake.secrets = LIST("actor_token");
    expect_form(EXCHANGE SUBJECT
                "subject_token_type=" TYPE(
                    "access_token") " actor_token<actor_token "
                                    "actor_token_type=" TYPE("acc"
                                                             "ess"
                                                             "_to"
                                                             "ke"
                                                             "n"));
}

Test(grants, token_exchange_judges_what_was_issued)
{
    static const struct {
        const char *wanted, *issued;
        uint32_t action;
    } CASES[] = {
        {NULL, NULL, TW_ACTION_DONE},
        {NULL, "issued_token_type=" TYPE("saml2"), TW_ACTION_DONE},
        {"requested_token_type=jwt", NULL, TW_ACTION_DONE},
        {"requested_token_type=jwt", "issued_token_type=" TYPE("jwt"),
         TW_ACTION_DONE},
        {"requested_token_type=jwt", "issued_token_type=" TYPE("access_token"),
         TW_ACTION_DONE},
        {"requested_token_type=access_token", "issued_token_type=" TYPE("jwt"),
         TW_ACTION_DONE},
        {"requested_token_type=access_token",
         "issued_token_type=" TYPE("refresh_token"), TW_ACTION_FAIL},
        {"requested_token_type=id_token",
         "issued_token_type=" TYPE("access_token"), TW_ACTION_FAIL},
        {"requested_token_type=urn:x", "issued_token_type=urn:x",
         TW_ACTION_DONE},
        {"requested_token_type=urn:x", "issued_token_type=urn:y",
         TW_ACTION_FAIL},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        load("token_exchange");
        fake.options = LIST(CASES[i].wanted);
        fake.members = LIST(CASES[i].issued);
        (void)advance(TW_EVENT_START);
        cr_expect_eq(advance(TW_EVENT_TOKEN), CASES[i].action, "case %zu", i);
    }
}

#define BEARER "grant_type=" URN "grant-type:jwt-bearer "

Test(grants, jwt_bearer_with_an_assertion)
{
    load("jwt_bearer");
    fake.secrets = LIST("assertion");
    fake.options = LIST("scope=a b", "client_id=me");
    expect_form(BEARER "assertion<assertion scope=a b");
    expect_ends();
}

Test(grants, jwt_bearer_signs)
{
    load("jwt_bearer");
    fake.options = LIST("client_id=me", "token_endpoint=https://a.test/t");
    expect_form(BEARER "assertion!{\"iss\":\"me\",\"sub\":\"me\",\"aud\":"
                       "\"https://a.test/t\"}");
    load("jwt_bearer");
    fake.options = LIST("iss=a\"b\\c", "sub=you", "aud=them", "scope=x y",
                        "client_id=me", "token_endpoint=https://a.test/t");
    expect_form(BEARER
                "assertion!{\"iss\":\"a\\\"b\\\\c\",\"sub\":\"you\",\"aud\":"
                "\"them\",\"scope\":\"x y\"} scope=x y");
}

Test(grants, jwt_bearer_without_a_name)
{
    load("jwt_bearer");
    fake.options = LIST("token_endpoint=https://a.test/t");
    cr_expect_eq(advance(TW_EVENT_START), TW_ACTION_FAIL);
    cr_expect_not_null(strstr(action.text, "iss"));
}

Test(grants, jwt_bearer_bounds_its_claims)
{
    static char large[20000] = "sub=";

    load("jwt_bearer");
    memset(large + 4, '\\', sizeof large - 5);
    fake.options = LIST("client_id=me", large);
    cr_expect_eq(advance(TW_EVENT_START), TW_ACTION_FAIL);
    cr_expect_not_null(strstr(action.text, "too long"));
}

Test(grants, exec_and_file)
{
    load("exec");
    cr_expect_eq(advance(TW_EVENT_START), TW_ACTION_TAKE);
    cr_expect_str_eq(action.text, "command");
    expect_ends();
    load("file");
    cr_expect_eq(advance(TW_EVENT_START), TW_ACTION_TAKE);
    cr_expect_str_eq(action.text, "file");
    expect_ends();
}
