/* SPDX-License-Identifier: MIT */
/*
 * template-bad-t.c - templates that are refused, each with its place and
 * words; and the odd ones that are good.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/loading.h"
#include "tests/unit/tenant.h"

TestSuite(template_bad, .init = loading_begin, .fini = scratch_remove);

static struct profile_set set;

static void
load(size_t instances)
{
    struct tw_error err;

    cr_assert_eq(loading_load(false, &set, &err), TW_OK, "%s", err.message);
    cr_expect_eq(loading_count, 0, "%s", loading_complaint.message);
    cr_expect_eq(set.instance_count, instances, "%zu", set.instance_count);
}

/* A text in the place of a template, and what must be said of it. */
static const struct {
    const char *text, *message;
} REFUSED[] = {
    {"  t@: text\n", ":2:7: profile 't@': must be a map of keys"},
    {"  t@:\n" TENANT, ":2:3: profile 't@': missing: instances (a name that "
                       "ends with @ is a template's)"},
    {"  t@:\n    instances: [a]\n    token_endpoint: https://a.test/t\n",
     ":2:3: profile 't@': %i stands nowhere, so all instances would be the "
     "same"},
    {"  t@:\n    client_id: '%u'\n",
     ":2:3: profile 't@': %u is for the system's templates"},
    {"  t@:\n    instances: {names: x}\n" TENANT,
     ":3:16: profile 't@': instances must be a list of names, {list: PATH}"},
    {"  t@:\n    instances: {list: names, files: s/%i}\n" TENANT,
     "instances must be a list of names"},
    {"  t@:\n    instances: {files: s/%i, list: names}\n" TENANT,
     "instances must be a list of names"},
    {"  t@:\n    instances: {files: s/name}\n" TENANT,
     ":3:24: profile 't@': files must have one %i, in the last part"},
    {"  t@:\n    instances: {files: '%i/key'}\n" TENANT,
     "files must have one %i, in the last part"},
    {"  t@:\n    instances: {files: 's/%i-%i'}\n" TENANT,
     "files must have one %i, in the last part"},
    {"  t@:\n    instances: {list: none}\n" TENANT,
     ":3:23: profile 't@': instances: "},
    {"  t@:\n    instances: {list: [a]}\n" TENANT, "list must be text"},
    {"  t@:\n    instances: {files: [a]}\n" TENANT, "files must be text"},
    {"  t@:\n    instances: [[a]]\n" TENANT, "instances must be text"},
    {"  t@:\n    instances: [a]\n    scope: '%x'\n" TENANT,
     ":4:12: profile 't@': scope: a % begins %i here and nothing else; write "
     "%% for a percent sign"},
    {"  t@:\n    instances: [a]\n    scope: '%'\n" TENANT,
     "scope: a % begins %i here and nothing else"},
    {"  t@:\n    instances: [a]\n    provider: 'x%i'\n" TENANT,
     "provider must be a name"},
    {"  t@:\n    instances: [a]\n    wlcg_discovery: true\n" TENANT,
     ":4:21: profile 't@': wlcg_discovery is not for a template: one token "
     "fits into the file"},
    {"  t@:\n    instances: [a]\n    timeout: '%i'\n" TENANT,
     "timeout: %i cannot stand in it"},
    {"  t@:\n    instances: [a]\n    client_id: 'c%%i'\n",
     "%i stands nowhere"},
    {"  t@:\n    instances: {files: s/%i.key}\n    client_id: c\n",
     "%i stands nowhere"},
    {"  t@:\n    instances: {files: s/%x.key}\n" TENANT,
     "files must have one %i"},
};

/* A key of a template that is good but for it: where a name would lead to
 * another server, directory, program or variable. */
static const struct {
    const char *key, *message;
} ELSEWHERE[] = {
    {"issuer: 'https://%i.test'", "issuer: %i must come after the host"},
    {"issuer: 'https://a.test:%i/x'", "issuer: %i must come after the host"},
    {"issuer: '%i'", "issuer: %i must come after the host"},
    {"revocation_endpoint: 'https://%i/r'",
     "revocation_endpoint: %i must come after the host"},
    {"match: 'https://%i/x'", "match: %i must be a whole part of the path"},
    {"match: 'https://m.test/x%i'", "match: %i must be a whole part"},
    {"match: 'https://m.test/%ix'", "match: %i must be a whole part"},
    {"assertion_key: '%i/a.key'", "assertion_key: %i may stand in the last "},
    {"assertion_certificate: '%i/a'", "%i may stand in the last part"},
    {"client_certificate: '%i/c.pem'", "%i may stand in the last part"},
    {"client_certificate_key: '%i/c.key'", "%i may stand in the last part"},
    {"client_secret_next: {file: '%i/key'}", "%i may stand in the last part"},
    {"client_secret_next: {env: 'A_%i'}",
     "client_secret_next: %i cannot stand in it"},
    {"client_secret_next: {command: ['/bin/%i', a]}",
     "client_secret_next: %i cannot stand in it"},
    {"headers: {X-A: {file: '%i/key'}}",
     "headers: %i may stand in the last part"},
    {"headers: {X-A: {env: '%i'}}", "headers: %i cannot stand in it"},
    {"headers: {X-%i: a}", ":7:15: profile 'tenant@': headers: a name in a "
                           "template can hold no %"},
    {"params: {'p%%': a}", "params: a name in a template can hold no %"},
    {"resource: 'https://%i.test/'", "resource: %i must come after the host"},
    {"params: {p: {command: [a, b], x: '%i'}}", "params: %i cannot stand in"},
};

/* The same of a provider's options. */
static const struct {
    const char *key, *message;
} OPTIONS[] = {
    {"file: 't%i/x'", "file: %i may stand in the last part"},
    {"command: ['%i', a]", "command: %i cannot stand in it"},
    {"witness: 'https://%i.test/'", "witness: %i must come after the host"},
    {"jar_endpoint: 'https://%i.test/'", "jar_endpoint: %i must come after"},
    {"assertion: {file: '%i/a.jwt'}", "assertion: %i may stand in the last"},
};

Test(template_bad, is_refused_with_its_place)
{
    struct tw_error err;
    char text[1024];

    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        (void)snprintf(text, sizeof text, "profiles:\n%s", REFUSED[i].text);
        loading_put("profiles.yaml", 0600, text);
        cr_assert_eq(loading_load(false, &set, &err), TW_OK, "%s: %s", text,
                     err.message);
        cr_expect_eq(loading_count, 1, "%s", text);
        cr_expect_not_null(
            strstr(loading_complaint.message, REFUSED[i].message), "%s: %s",
            text, loading_complaint.message);
        cr_expect_eq(set.instance_count, 0);
        profile_set_clear(&set);
    }
}

static void
expect_one_complaint(bool system, const char *said, const char *message)
{
    struct tw_error err;

    cr_assert_eq(loading_load(system, &set, &err), TW_OK, "%s", said);
    cr_expect_eq(loading_count, 1, "%s", said);
    cr_expect_not_null(strstr(loading_complaint.message, message), "%s: %s",
                       said, loading_complaint.message);
    cr_expect_eq(set.instance_count, 0, "%s", said);
    profile_set_clear(&set);
}

Test(template_bad, leads_nowhere_else)
{
    char text[1024];

    for (size_t i = 0; i < sizeof ELSEWHERE / sizeof *ELSEWHERE; i++) {
        (void)snprintf(text, sizeof text, "%s    %s\n", LISTED("[a]"),
                       ELSEWHERE[i].key);
        loading_put("profiles.yaml", 0600, text);
        expect_one_complaint(false, text, ELSEWHERE[i].message);
    }
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        (void)snprintf(text, sizeof text,
                       "profiles:\n  t@:\n    instances: [a]\n    provider: "
                       "pickle\n    %s\n",
                       OPTIONS[i].key);
        loading_put("profiles.yaml", 0600, text);
        expect_one_complaint(false, text, OPTIONS[i].message);
    }
}

#define CLIENT                                                         \
    "instances: [a], token_endpoint: https://a.test/t, client_id: c, " \
    "token_endpoint_auth_method: "

/* And what it may do. */
Test(template_bad, stands_where_it_leads_nowhere_else)
{
    static const char *const GOOD[] = {
        ("client_certificate: a\n    client_certificate_key: b\n"
         "    client_certificate_key_passphrase: {file: 's/%i'}"),
        "client_secret_next: {credential: 'next-%i'}",
        "git_username: 'git-%i'",
        "params: {p: 'a %i', q: {command: [x, '%i']}}",
        "resource: ['https://a.test?of=%i', 'https://b.test/%i']",
        "revocation_endpoint: 'https://a.test?of=%i'",
        "scope: 'all:%i'",
    };
    char text[1024];

    loading_put("profiles.yaml", 0600,
                "profiles:\n  t@: {" CLIENT "private_key_jwt, "
                "assertion_key: 'k-%i', assertion_key_id: 'i-%i', "
                "assertion_audience: 'a-%i', "
                "assertion_key_passphrase: {file: 'p-%i'}}\n"
                "  u@: {" CLIENT "client_assertion, "
                "client_assertion: {file: 'a-%i'}}\n");
    loading_expect(false, 0, NULL);
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        (void)snprintf(text, sizeof text, "%s    %s\n", LISTED("[a]"),
                       GOOD[i]);
        loading_put("profiles.yaml", 0600, text);
        loading_expect(false, 0, NULL);
    }
}

/* Whoever may write the names says whose secrets are read. */
Test(template_bad, believes_no_names_that_others_may_write)
{
    static const mode_t MODES[] = {0620, 0602};

    loading_put("profiles.d/a.yaml", 0644, LISTED("{list: names}"));
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        loading_put("profiles.d/names", MODES[i], "acme\n");
        expect_one_complaint(true, "written by others", "lets others write");
    }
    loading_put("profiles.d/names", 0644, "acme\n");
    loading_expect(true, 0, NULL);
    if (geteuid() == 0) {
        cr_assert_eq(chown(scratch_path("profiles.d/names"), SCRATCH_OTHER,
                           SCRATCH_OTHER),
                     0);
        expect_one_complaint(true, "another's", "65534");
    }
    cr_assert_eq(unlink(scratch_path("profiles.d/names")), 0);
    loading_put("real", 0644, "acme\n");
    cr_assert_eq(symlink("../real", scratch_path("profiles.d/names")), 0);
    expect_one_complaint(true, "a link", "names: ");
}

Test(template_bad, of_users_lists_nobody)
{
    static const char *const BOTH[] = {
        LISTED("[a]") "    scope: '%u'\n",
        "profiles:\n  t@:\n    instances: [a]\n    client_id: c-%u\n",
        "profiles:\n  t@:\n    client_id: c-%u\n    scope: '%i'\n"};

    for (size_t i = 0; i < sizeof BOTH / sizeof *BOTH; i++) {
        loading_put("profiles.d/a.yaml", 0644, BOTH[i]);
        expect_one_complaint(true, BOTH[i], "a template has one of the two");
    }
}

/* Which the longest name of the instances meets, and a user's may. */
Test(template_bad, limits_are_met_by_all)
{
    char text[1024], name[241] = "", longest[65] = "";

    (void)memset(name, 'n', sizeof name - 1);
    (void)memset(longest, 'l', sizeof longest - 1);
    (void)snprintf(text, sizeof text,
                   "profiles:\n  t@:\n    token_endpoint: https://a.test/t\n"
                   "    client_id: c-%%u\n    client_secret: {credential: "
                   "'%s%%u'}\n    readers: {users: [root]}\n",
                   name);
    loading_put("profiles.d/a.yaml", 0644, text);
    expect_one_complaint(true, "a user's", "must be a credential's name");
    (void)unlink(scratch_path("profiles.d/a.yaml"));
    (void)snprintf(text, sizeof text,
                   "profiles:\n  t@:\n    token_endpoint: https://a.test/t\n"
                   "    client_id: c-%%i\n    client_secret: {credential: "
                   "'%s%%i'}\n    instances: [a, %s, b]\n",
                   name, longest);
    loading_put("profiles.yaml", 0600, text);
    expect_one_complaint(false, "a listed one", "must be a credential's name");
}

Test(template_bad, of_users_has_no_units)
{
    struct tw_error err;

    loading_put("profiles.d/a.yaml", 0644,
                "profiles:\n  t@:\n    token_endpoint: https://a.test/t\n"
                "    client_id: c-%u\n    client_secret: {env: A}\n"
                "    readers: {users: [root], units: [shop.service]}\n");
    cr_assert_eq(loading_load(true, &set, &err), TW_OK);
    cr_expect_eq(loading_count, 1);
    cr_expect_not_null(strstr(loading_complaint.message,
                              "a.yaml:6:38: profile 't@': readers: an "
                              "instance by %u is its user's alone"),
                       "%s", loading_complaint.message);
    profile_set_clear(&set);
}

Test(template_bad, may_have_none_yet)
{
    loading_put("profiles.yaml", 0600, LISTED("[]"));
    load(0);
    profile_set_clear(&set);
    loading_put("profiles.yaml", 0600, LISTED("{list: names}"));
    loading_put("names", 0600, "");
    load(0);
    profile_set_clear(&set);
    cr_assert_eq(mkdir(scratch_path("s"), 0700), 0);
    loading_put("s/xya.key", 0600, "x");
    loading_put("profiles.yaml", 0600, LISTED("{files: s/k-%i.key}"));
    load(0);
    profile_set_clear(&set);
}

Test(template_bad, is_left_out_with_a_file_of_bytes)
{
    struct tw_error err;

    loading_put("profiles.yaml", 0600, LISTED("{list: names}"));
    scratch_put("names", 0600, "a\0b\n", 4);
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(set.instance_count, 0);
    cr_expect_not_null(strstr(loading_complaint.message, "names: holds a NUL"),
                       "%s", loading_complaint.message);
    profile_set_clear(&set);
}

Test(template_bad, stands_in_one_file)
{
    char expected[2 * PATH_MAX];
    struct tw_error err;

    loading_put("profiles.d/a.yaml", 0600, LISTED("[a]"));
    loading_put("profiles.d/b.yaml", 0600, LISTED("[b]"));
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(loading_count, 1);
    scratch_expand("%s/profiles.d/b.yaml:2:3: profile 'tenant@': stands "
                   "already in ",
                   expected, sizeof expected);
    cr_expect_eq(
        strncmp(loading_complaint.message, expected, strlen(expected)), 0,
        "%s", loading_complaint.message);
    cr_expect_not_null(
        strstr(loading_complaint.message, "a.yaml:2:3; rename or remove one"));
    profile_set_clear(&set);
}

/* An option has %i where its type allows it. */
Test(template_bad, puts_its_name_into_a_providers_options)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    const struct profile_option *option;
    struct tw_error err;

    loading_put("profiles.yaml", 0600,
                "profiles:\n  t@:\n    instances: [acme]\n    provider: "
                "pickle\n    assertion: {file: s/%i.jwt}\n    command: "
                "[print, '%i', '100%%']\n    file: t/%i\n    witness: "
                "https://w.test/%i\n    jar_endpoint: https://j.test/%i\n");
    load(1);
    cr_assert_eq(profiles_find(&set, "t@acme", &profile, &err), TW_OK, "%s",
                 err.message);
    cr_expect_str_eq(profile_option(profile, "assertion")->secret.text,
                     scratch_path("s/acme.jwt"));
    option = profile_option(profile, "command");
    cr_expect_str_eq(option->secret.argv[1], "acme");
    cr_expect_str_eq(option->secret.argv[2], "100%");
    cr_expect_str_eq(profile_option(profile, "file")->secret.text,
                     scratch_path("t/acme"));
    cr_expect_str_eq(profile_option(profile, "witness")->values[0],
                     "https://w.test/acme");
    cr_expect_str_eq(profile_option(profile, "jar_endpoint")->values[0],
                     "https://j.test/acme");
    profile_set_clear(&set);
}

/* Whoever wrote it out wants no token of the template's client. */
Test(template_bad, is_overruled_by_what_is_written_out_wrong)
{
    static const char *const WRONG[] = {
        "  tenant@acme:\n    client_idd: own\n",
        ("  other:\n    token_endpoint: https://a.test/t\n"
         "    client_id: a\n    client_secret: {env: A}\n"
         "    match: https://m.test\n"
         "  tenant@acme:\n    token_endpoint: https://a.test/t\n"
         "    client_id: own\n    client_secret: {env: A}\n"
         "    match: https://m.test\n"),
        "  tenant@acme:\n    token_endpoint: https://a.test/t\n"
        "    client_id: own\n    client_secret: {profile: none}\n"};

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct profile_cursor cursor = {.set = &set};
        const struct profile *profile = NULL;
        char text[2048];
        struct tw_error err;

        (void)snprintf(text, sizeof text, "%s%s", LISTED("[acme, beta]"),
                       WRONG[i]);
        loading_put("profiles.yaml", 0600, text);
        cr_assert_eq(loading_load(false, &set, &err), TW_OK);
        cr_expect_eq(set.broken_count, 1);
        cr_expect_eq(profiles_find(&set, "tenant@acme", &profile, &err),
                     TW_E_CONFIG);
        cr_expect_not_null(strstr(err.message, "profile 'tenant@acme'"), "%s",
                           err.message);
        while (profiles_next(&cursor))
            cr_expect_str_neq(cursor.name, "tenant@acme");
        cr_expect_eq(profiles_find(&set, "tenant@beta", &profile, &err),
                     TW_OK);
        profile_release(profile);
        profile_set_clear(&set);
    }
}
