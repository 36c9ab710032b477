/* SPDX-License-Identifier: MIT */
/*
 * template-t.c - templates and their instances: where the names come from,
 * what an instance is, and what none of them can do.
 */
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper/profile/fingerprint.h"
#include "tests/unit/loading.h"
#include "tests/unit/tenant.h"

TestSuite(template, .init = loading_begin, .fini = scratch_remove);

/* In the place of the C library's, which is asked. */
static int look_ups;

int
getpwnam_r(const char *name, struct passwd *user, char *entry, size_t size,
           struct passwd **found)
{
    int (*real)(const char *, struct passwd *, char *, size_t,
                struct passwd **);
    void *symbol = dlsym(RTLD_NEXT, "getpwnam_r");

    look_ups++;
    memcpy(&real, &symbol, sizeof real);
    return real(name, user, entry, size, found);
}

static struct profile_set set;

static void
load(bool system, size_t instances)
{
    struct tw_error err;

    cr_assert_eq(loading_load(system, &set, &err), TW_OK, "%s", err.message);
    cr_expect_eq(loading_count, 0, "%s", loading_complaint.message);
    cr_expect_eq(set.instance_count, instances, "%zu", set.instance_count);
}

static void
expect_client(const char *name, const char *client)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    struct tw_error err;

    cr_assert_eq(profiles_find(&set, name, &profile, &err), TW_OK, "%s",
                 err.message);
    cr_expect_str_eq(profile->name, name);
    cr_expect_str_eq(profile->client_id, client);
}

Test(template, has_instances_by_a_list)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    struct tw_error err;

    loading_put("profiles.yaml", 0600, LISTED("[acme, b.c]"));
    load(false, 2);
    expect_client("tenant@b.c", "c-b.c");
    cr_assert_eq(profiles_find(&set, "tenant@acme", &profile, &err), TW_OK);
    cr_expect_str_eq(profile->token_endpoint, "https://a.test/acme/t");
    cr_expect_str_eq(profile->client_secret.text, scratch_path("s/acme.key"));
    cr_expect_eq(profiles_find(&set, "tenant@", &profile, &err),
                 TW_E_NOT_FOUND);
    cr_expect_eq(profiles_find(&set, "tenant@other", &profile, &err),
                 TW_E_NOT_FOUND);
    cr_expect_not_null(strstr(err.message, "profiles.yaml:2:3"), "%s",
                       err.message);
    profile_set_clear(&set);
}

Test(template, has_instances_by_a_file_of_names)
{
    loading_put("profiles.yaml", 0600, LISTED("{list: names}"));
    loading_put("names", 0600, "# ours\nacme\n\n  beta\t\r\nlast");
    load(false, 3);
    expect_client("tenant@beta", "c-beta");
    expect_client("tenant@last", "c-last");
    profile_set_clear(&set);
}

Test(template, leaves_out_a_name_that_is_none)
{
    struct tw_error err;
    const struct profile *profile;
    char expected[PATH_MAX + 200];

    loading_put("profiles.yaml", 0600, LISTED("{list: names}"));
    loading_put("names", 0600, "acme\n a/b\nbeta\n");
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(loading_count, 1);
    (void)snprintf(expected, sizeof expected,
                   "%s:2:2: profile 'tenant@': the instance 'a/b' must be 1 "
                   "to 64 of A-Z a-z 0-9 . _ - and begin with a letter, a "
                   "digit or _",
                   scratch_path("names"));
    cr_expect_str_eq(loading_complaint.message, expected);
    expect_client("tenant@beta", "c-beta");
    cr_expect_eq(profiles_find(&set, "tenant@a/b", &profile, &err),
                 TW_E_CONFIG);
    cr_expect_str_eq(err.message, expected);
    profile_set_clear(&set);
}

Test(template, has_instances_by_their_files)
{
    struct tw_error err;

    loading_put("profiles.yaml", 0600, LISTED("{files: s/%i.key}"));
    cr_assert_eq(mkdir(scratch_path("s"), 0700), 0);
    cr_assert_eq(mkdir(scratch_path("s/dir.key"), 0700), 0);
    loading_put("s/acme.key", 0600, "x");
    loading_put("s/acme.key~", 0600, "x");
    loading_put("s/.hidden.key", 0600, "x");
    loading_put("s/b.key", 0600, "x");
    load(false, 2);
    expect_client("tenant@acme", "c-acme");
    profile_set_clear(&set);
    cr_assert_eq(chmod(scratch_path("s"), 0777), 0);
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(set.instance_count, 0);
    cr_expect_not_null(
        strstr(loading_complaint.message, "profiles.yaml:3:24"));
    cr_expect_not_null(
        strstr(loading_complaint.message, "mode 0777 lets others write it"),
        "%s", loading_complaint.message);
    profile_set_clear(&set);
}

Test(template, is_overruled_by_what_is_written_out)
{
    struct profile_cursor cursor = {.set = &set};
    size_t count = 0;

    loading_put("profiles.yaml", 0600,
                LISTED("[acme, beta]") "  tenant@acme:\n    token_endpoint: "
                                       "https://a.test/t\n    client_id: "
                                       "own\n    client_secret: {env: A}\n");
    load(false, 2);
    expect_client("tenant@acme", "own");
    while (profiles_next(&cursor))
        count++;
    cr_expect_eq(count, 2);
    profile_set_clear(&set);
}

/* Each is bought with its own, and none is another's. */
Test(template, instances_have_fingerprints_of_their_own)
{
    char one[FINGERPRINT_SIZE], two[FINGERPRINT_SIZE];
    AUTO(auto_release) const struct profile *a = NULL;
    AUTO(auto_release) const struct profile *b = NULL;

    loading_put("profiles.yaml", 0600, LISTED("[a, b]"));
    load(false, 2);
    cr_assert_eq(profiles_find(&set, "tenant@a", &a, NULL), TW_OK);
    cr_assert_eq(profiles_find(&set, "tenant@b", &b, NULL), TW_OK);
    cr_assert(fingerprint_of(a, one) && fingerprint_of(b, two));
    cr_expect_str_neq(one, two);
    profile_set_clear(&set);
}

Test(template, instances_use_each_others_tokens)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    AUTO(auto_release) const struct profile *lost = NULL;
    struct tw_error err;

    loading_put("profiles.yaml", 0600,
                LISTED("[a, b]") "  behind@:\n    instances: [a, z]\n    "
                                 "token_endpoint: https://a.test/t\n    "
                                 "client_id: c\n    client_secret: {profile: "
                                 "tenant@%i}\n");
    load(false, 4);
    cr_assert_eq(profiles_find(&set, "behind@a", &profile, &err), TW_OK, "%s",
                 err.message);
    cr_expect_eq(profile->depth, 2);
    cr_expect_not_null(profile->client_secret.fingerprint);
    cr_expect_eq(profiles_find(&set, "behind@z", &lost, &err), TW_E_NOT_FOUND);
    cr_expect_not_null(strstr(err.message, "tenant@z"), "%s", err.message);
    profile_set_clear(&set);
}

Test(template, instances_cannot_need_each_other_in_a_circle)
{
    struct tw_error err;

    loading_put("profiles.yaml", 0600,
                "profiles:\n  a@:\n    instances: [x]\n    token_endpoint: "
                "https://a.test/t\n    client_id: c\n    client_secret: "
                "{profile: b@%i}\n  b@:\n    instances: [x]\n    "
                "token_endpoint: https://a.test/t\n    client_id: c\n    "
                "client_secret: {profile: a@%i}\n");
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(loading_count, 2);
    cr_expect_not_null(strstr(loading_complaint.message, "a circle"), "%s",
                       loading_complaint.message);
    cr_expect_eq(set.instance_count, 0);
    profile_set_clear(&set);
}

static const char OF_USERS[] =
    "profiles:\n  corp@:\n    token_endpoint: https://a.test/t\n    "
    "client_id: c-%u\n    client_secret: {file: s/%u}\n    "
    "readers: {users: [root]}\n";

Test(template, of_users_is_for_its_readers)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    const struct profile *other = NULL;
    const struct passwd *nobody;
    struct tw_error err;

    loading_put("profiles.d/corp@.yaml", 0644, OF_USERS);
    load(true, 0);
    cr_assert_eq(profiles_find(&set, "corp@root", &profile, &err), TW_OK, "%s",
                 err.message);
    cr_expect_str_eq(profile->client_id, "c-root");
    cr_assert_eq(profile->readers->user_count, 1);
    cr_expect_eq(profile->readers->users[0], 0);
    cr_expect_eq(profiles_find(&set, "corp@no-such-user", &other, &err),
                 TW_E_NOT_FOUND);
    nobody = getpwnam("nobody");
    if (nobody)
        cr_expect_eq(profiles_find(&set, "corp@nobody", &other, &err),
                     TW_E_ACCESS, "%s", err.message);
    profile_set_clear(&set);
}

Test(template, asks_once_who_its_readers_are)
{
    loading_put("profiles.d/a.yaml", 0644,
                LISTED("[a, b]") "    readers: {users: [root]}\n"
                                 "  other:\n"
                                 "    token_endpoint: https://a.test/t\n"
                                 "    client_id: c\n"
                                 "    client_secret: {file: s.key}\n"
                                 "    readers: {users: [root]}\n"
                                 "  another:\n"
                                 "    token_endpoint: https://a.test/t\n"
                                 "    client_id: c\n"
                                 "    client_secret: {file: s.key}\n"
                                 "    readers: {users: [root]}\n");
    look_ups = 0;
    load(true, 2);
    cr_expect_leq(look_ups, 2); /* the profiles', and the template's */
    expect_client("tenant@a", "c-a");
    look_ups = 0;
    expect_client("tenant@a", "c-a");
    expect_client("tenant@b", "c-b");
    cr_expect_eq(look_ups, 0);
    profile_set_clear(&set);
}

/* Units of the template's own, and the instance's. */
Test(template, names_units_that_read)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    struct tw_error err;

    loading_put("profiles.d/a.yaml", 0644,
                LISTED("[a, b]") "    readers: {units: [shop.service, "
                                 "'worker-%i.service']}\n");
    load(true, 2);
    cr_assert_eq(profiles_find(&set, "tenant@b", &profile, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(profile->readers->unit_count, 2);
    cr_expect_str_eq(profile->readers->units[0], "shop.service");
    cr_expect_str_eq(profile->readers->units[1], "worker-b.service");
    profile_set_clear(&set);
}

/* Behind the host, as every address. */
Test(template, names_what_is_asked_with_a_certificate)
{
    static const char SHOWN[] = "    client_certificate: c/%i.pem\n"
                                "    client_certificate_key: c/%i.key\n"
                                "    mtls_endpoint_aliases: {token_endpoint: ";
    AUTO(auto_release) const struct profile *profile = NULL;
    struct tw_error err;
    char text[1024];

    (void)snprintf(text, sizeof text, "%s%s'https://m.test/%%i/t'}\n",
                   LISTED("[a]"), SHOWN);
    loading_put("profiles.yaml", 0600, text);
    load(false, 1);
    cr_assert_eq(profiles_find(&set, "tenant@a", &profile, &err), TW_OK, "%s",
                 err.message);
    cr_expect_str_eq(profile_endpoint(profile), "https://m.test/a/t");
    profile_set_clear(&set);
    (void)snprintf(text, sizeof text, "%s%s'https://%%i.test/t'}\n",
                   LISTED("[a]"), SHOWN);
    loading_put("profiles.yaml", 0600, text);
    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(loading_count, 1);
    cr_expect_not_null(strstr(loading_complaint.message,
                              "mtls_endpoint_aliases: %i must come after the "
                              "host"),
                       "%s", loading_complaint.message);
    profile_set_clear(&set);
}

Test(template, of_users_wants_readers)
{
    loading_put("profiles.d/a.yaml", 0644,
                "profiles:\n  corp@:\n    token_endpoint: https://a.test/t\n"
                "    client_id: c-%u\n    client_secret: {file: s/%u}\n");
    loading_expect(true, 0,
                   "%s/profiles.d/a.yaml:2:3: profile 'corp@': missing: "
                   "readers (the users who may have an instance by %u)");
}

/* The resident helper revokes what its user's login was given, and waits for
 * no command meanwhile. */
Test(template, of_users_is_revoked_without_a_command)
{
    static const char SLOW[] =
        "profiles:\n  corp@:\n    token_endpoint: https://a.test/t\n"
        "    client_id: c-%u\n    client_secret: {command: [/bin/cat, "
        "\"%u\"]}\n"
        "    readers: {users: [root]}\n    revoke_on_logout: true\n";
    char text[sizeof OF_USERS + sizeof SLOW];

    (void)snprintf(text, sizeof text, "%s    revoke_on_logout: true\n",
                   OF_USERS);
    loading_put("profiles.d/a.yaml", 0644, text);
    loading_expect(true, 0, NULL);
    loading_put("profiles.d/a.yaml", 0644, SLOW);
    loading_expect(true, 0,
                   "%s/profiles.d/a.yaml:7:23: profile 'corp@': "
                   "revoke_on_logout of an instance by %u cannot wait for a "
                   "command or another profile: name the secrets by file, "
                   "credential or env");
    *strstr(strcpy(text, SLOW), "    revoke") = '\0';
    loading_put("profiles.d/a.yaml", 0644, text);
    loading_expect(true, 0, NULL);
}

/* What a preset makes of a variable is looked at, too. */
Test(template, presets_cannot_lead_elsewhere)
{
    static const char PRESET[] =
        "summary: s\nvars: {where: w}\nkeys:\n  token_endpoint: "
        "https://{where}/t\n";
    const struct profile_scope scope = {.dir = scratch_path(""),
                                        .preset_dir = scratch_path("")};
    char dir[PATH_MAX], presets[PATH_MAX];
    struct profile_scope copy = scope;
    struct tw_error err;

    (void)strcpy(dir, scratch_path(""));
    (void)snprintf(presets, sizeof presets, "%s", dir);
    copy.dir = dir;
    copy.preset_dir = presets;
    loading_put("p.yaml", 0644, PRESET);
    loading_put("profiles.yaml", 0600,
                "profiles:\n  t@:\n    instances: [evil.test]\n    preset: p\n"
                "    vars: {where: \"%i\"}\n    client_id: c\n    "
                "client_secret: {env: A}\n");
    loading_count = 0;
    cr_assert_eq(
        profiles_load(&copy, &loading_modules, loading_tell, NULL, &set, &err),
        TW_OK);
    cr_expect_eq(loading_count, 1);
    cr_expect_not_null(strstr(loading_complaint.message,
                              "token_endpoint: %i must come after the host"),
                       "%s", loading_complaint.message);
    profile_set_clear(&set);
    loading_put("profiles.yaml", 0600,
                "profiles:\n  t@:\n    instances: [acme]\n    preset: p\n"
                "    vars: {where: \"a.test/%i\"}\n    client_id: c\n    "
                "client_secret: {env: A}\n");
    loading_count = 0;
    cr_assert_eq(
        profiles_load(&copy, &loading_modules, loading_tell, NULL, &set, &err),
        TW_OK);
    cr_expect_eq(loading_count, 0, "%s", loading_complaint.message);
    expect_client("t@acme", "c");
    cr_expect_not_null(table_text(&set.shared, 0), "is not watched");
    profile_set_clear(&set);
}
