/* SPDX-License-Identifier: MIT */
/*
 * profile-t.c - a profile as it is read, and the exact words about a bad one.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/profile/fingerprint.h"
#include "helper/profile/profile.h"
#include "helper/profile/profile_keys.h"
#include "tests/unit/profile_text.h"

Test(profile, defaults)
{
    struct profile *profile = profile_text_good(GOOD);

    cr_expect_str_eq(profile->name, "acme");
    cr_expect_str_eq(profile->file, "/c/p.yaml");
    cr_expect(profile->line == 2 && profile->column == 3);
    cr_expect_str_eq(profile->module->provider.name, "client_credentials");
    cr_expect_str_eq(profile->token_endpoint, "https://as.example.test/token");
    cr_expect_eq(profile->token_endpoint_line, 3);
    cr_expect_eq(profile->client_id_line, 4);
    cr_expect_eq(profile->client_secret_line, 5);
    cr_expect_eq(profile->client_secret.kind, SECRET_VALUE);
    cr_expect_str_eq(profile->client_secret.value, "s3cret");
    cr_expect_eq(profile->auth_method, AUTH_CLIENT_SECRET_POST);
    cr_expect_eq(profile->basic_encoding, BASIC_FORM);
    cr_expect(!profile->options && !profile->matches && !profile->exports);
    cr_expect_str_eq(profile->git_username, "oauth2");
    cr_expect_null(profile->ca_file);
    cr_expect(!profile->allow_loopback_http);
    cr_expect_eq(profile->timeout_s, 15);
    cr_expect_eq(profile->default_lifetime_s, 300);
}

/* Else a line that is moved would cost a login. */
Test(profile, is_the_same_in_any_order)
{
    char one[FINGERPRINT_SIZE], two[FINGERPRINT_SIZE];

    cr_assert(fingerprint_of_grant(
        profile_text_good("    scope: a\n    audience: b\n" GOOD), one));
    cr_assert(fingerprint_of_grant(
        profile_text_good(GOOD "    audience: b\n    scope: a\n"), two));
    cr_expect_str_eq(one, two);
    cr_assert(fingerprint_of_grant(
        profile_text_good(GOOD "    audience: a\n    scope: b\n"), two));
    cr_expect_str_neq(one, two);
}

Test(profile, every_key)
{
    struct profile *profile = profile_text_good(
        "    token_endpoint: http://localhost:8080/token\n"
        "    allow_http: loopback\n"
        "    provider: client_credentials\n"
        "    client_id: no\n"
        "    client_secret: {file: sub/acme.secret}\n"
        "    token_endpoint_auth_method: client_secret_basic\n"
        "    basic_encoding: raw\n"
        "    match: [https://A.example.test:443/x/, https://b.test:8443]\n"
        "    git_username: x-token\n"
        "    env: {TOKEN: token, TOKEN_FILE: file, H: header}\n"
        "    ca_file: ca.pem\n"
        "    timeout: 60\n"
        "    default_lifetime: 86400\n"
        "    scope: [payments, wallet]\n"
        "    audience: the whole world\n"
        "    resource: [https://r.example.test/, 'urn:x:y']\n");

    cr_expect(profile->allow_loopback_http);
    cr_expect_str_eq(profile->client_id, "no");
    cr_expect_eq(profile->client_secret.kind, SECRET_FILE);
    cr_expect_str_eq(profile->client_secret.text, "/c/sub/acme.secret");
    cr_expect_eq(profile->client_secret.line, 7);
    cr_expect_eq(profile->auth_method, AUTH_CLIENT_SECRET_BASIC);
    cr_expect_eq(profile->basic_encoding, BASIC_RAW);
    cr_assert_eq(profile->match_count, 2);
    cr_expect_str_eq(profile->matches[0].host, "a.example.test");
    cr_expect_str_eq(profile->matches[0].path, "/x");
    cr_expect_str_eq(profile->matches[1].host, "b.test:8443");
    cr_expect_str_eq(profile->matches[1].path, "");
    cr_expect_eq(profile->matches[1].line, 10);
    cr_expect_str_eq(profile->git_username, "x-token");
    cr_assert_eq(profile->export_count, 3);
    cr_expect_str_eq(profile->exports[0].name, "TOKEN");
    cr_expect_eq(profile->exports[0].kind, EXPORT_TOKEN);
    cr_expect(profile->exports[1].kind == EXPORT_FILE &&
              profile->exports[2].kind == EXPORT_HEADER);
    cr_expect_str_eq(profile->ca_file, "/c/ca.pem");
    cr_expect_eq(profile->timeout_s, 60);
    cr_expect_eq(profile->default_lifetime_s, 86400);
    cr_assert_eq(profile->option_count, 3);
    cr_expect_str_eq(profile_option(profile, "scope")->values[0],
                     "payments wallet");
    cr_expect_null(profile_option(profile, "scope")->values[1]);
    cr_expect_eq(profile_option(profile, "scope")->line, 16);
    cr_expect_str_eq(profile_option(profile, "audience")->values[0],
                     "the whole world");
    cr_expect_str_eq(profile_option(profile, "resource")->values[1],
                     "urn:x:y");
    cr_expect_null(profile_option(profile, "resource")->values[2]);
    cr_expect_null(profile_option(profile, "nothing"));
}

Test(profile, text_is_tidied)
{
    struct profile *profile =
        profile_text_good(URL "    client_id: c\n    client_secret: |\n"
                              "      s3cret\n    scope: '  a   b c '\n");

    cr_expect_str_eq(profile->client_secret.value, "s3cret");
    cr_expect_str_eq(profile_option(profile, "scope")->values[0], "a b c");
}

Test(profile, sources_of_secrets)
{
    struct profile *profile;

    profile = profile_text_good(
        URL "    client_id: c\n"
            "    client_secret: {credential: acme.secret}\n");
    cr_expect_eq(profile->client_secret.kind, SECRET_CREDENTIAL);
    cr_expect_str_eq(profile->client_secret.text, "acme.secret");
    profile = profile_text_good(URL "    client_id: c\n"
                                    "    client_secret: {env: ACME_SECRET}\n");
    cr_expect_eq(profile->client_secret.kind, SECRET_ENV);
    cr_expect_str_eq(profile->client_secret.text, "ACME_SECRET");
    profile =
        profile_text_good(URL "    client_id: c\n    client_secret:\n"
                              "      command: [pass, show, '', \"a\\nb\"]\n");
    cr_expect_eq(profile->client_secret.kind, SECRET_COMMAND);
    cr_expect_str_eq(profile->client_secret.argv[0], "pass");
    cr_expect_str_eq(profile->client_secret.argv[2], "");
    cr_expect_str_eq(profile->client_secret.argv[3], "a\nb");
    cr_expect_null(profile->client_secret.argv[4]);
    profile = profile_text_good(URL "    client_id: c\n"
                                    "    client_secret: {file: /s/acme}\n");
    cr_expect_str_eq(profile->client_secret.text, "/s/acme");
}

#define SECRET URL "    client_id: c\n    client_secret: "

static const struct refusal REFUSALS[] = {
    {"    s3cret\n", AT(3, 5) "must be a map of keys, like token_endpoint: "
                              "https://..."},
    {"    client_id: c\n",
     AT(2, 3) "missing: token_endpoint, client_secret (provider "
              "client_credentials needs it)"},
    {"    provider: pickle\n",
     AT(2, 3) "missing: assertion (provider pickle needs it)"},
    {GOOD "    client_secert: x\n",
     AT(6, 5) "unknown key 'client_secert'\ndid you mean 'client_secret'?"},
    {GOOD "    scpoe: x\n", AT(6, 5) "unknown key 'scpoe'\ndid you mean "
                                     "'scope'?"},
    {GOOD "    flavour: x\n",
     AT(6, 5) "unknown key 'flavour'\ntokenward providers "
              "client_credentials lists what there is"},
    {GOOD "    witness: x\n",
     AT(6, 5) "unknown key 'witness'\ntokenward providers "
              "client_credentials lists what there is"},
    {URL "    client_id: c\n    any_of: [{client_secret:s3cret}]\n",
     AT(5, 15) "unknown key 'client_secret...'\nwrite KEY: VALUE, with a "
               "space behind the colon"},
    {URL "    client_id: c\n    any_of: [{client_secret=s3cret}]\n",
     AT(5, 15) "unknown key 'client_secret...'\nwrite KEY: VALUE, with a "
               "space behind the colon"},
    {GOOD "    provider: nosuch\n",
     AT(6, 15) "provider: no provider 'nosuch'\nlook elsewhere"},
    {GOOD "    provider: ../s3cret\n",
     AT(6, 15) "provider must be a name: a lower case letter, then at most 31 "
               "of a-z 0-9 _ -"},
    {URL "    client_id:\n    client_secret: s3cret\n",
     AT(4, 15) "client_id has no value (a word like null needs quotes to be "
               "text)"},
    {URL "    client_id: ''\n    client_secret: s3cret\n",
     AT(4, 16) "client_id must not be empty"},
    {URL "    client_id: \"a\\nb\"\n    client_secret: s3cret\n",
     AT(4, 16) "client_id must be one line without control characters"},
    {URL "    client_id: [s3cret]\n",
     AT(4, 16) "client_id must be text, not a list"},
    {"    token_endpoint: http://s3cret.test/\n",
     AT(3, 21) "token_endpoint must begin with https:// (http would send the "
               "secret in the clear)"},
    {SECRET "~\n", AT(5, 20) "client_secret has no value (a word like null "
                             "needs quotes to be text)"},
    {SECRET "[s3cret]\n",
     AT(5, 20) "client_secret must be text, or a map like {file: PATH}"},
    {SECRET "{}\n", AT(5, 20) "client_secret must have exactly one of file, "
                              "credential, env, command and profile"},
    {SECRET "{profile: .p}\n",
     AT(5, 30) "client_secret must be a profile's name: 1 to 64 of A-Z a-z "
               "0-9 . _ -"},
    {SECRET "{file: a, env: B}\n",
     AT(5, 20) "client_secret must have exactly one of file, credential, env, "
               "command and profile"},
    {SECRET "{s3cret: 1}\n",
     AT(5, 21) "client_secret: a secret comes from file, credential, env, "
               "command or profile, nothing else"},
    {SECRET "{file: ~/s3cret}\n",
     AT(5, 27) "client_secret: '~' has no meaning here; write the path from / "
               "or from the profile's directory"},
    {SECRET "{credential: a/b}\n",
     AT(5, 33) "client_secret must be a credential's name: 1 to 255 bytes "
               "without /, and not . or .."},
    {SECRET "{credential: ..}\n",
     AT(5, 33) "client_secret must be a credential's name: 1 to 255 bytes "
               "without /, and not . or .."},
    {SECRET "{env: A-B}\n",
     AT(5, 26) "client_secret must be a variable's name: a letter or _, then "
               "letters, digits and _"},
    {SECRET "{command: pass show s3cret}\n",
     AT(5, 30) "client_secret must be a list, [PROGRAM, ARGUMENT, ...]: no "
               "shell runs it"},
    {SECRET "{command: []}\n",
     AT(5, 30) "client_secret must have 1 to 64 items"},
    {SECRET "{command: [./s3cret]}\n",
     AT(5, 31) "client_secret: the program must be a path from / or a name to "
               "look up in PATH"},
    {SECRET "{command: [a, ~]}\n",
     AT(5, 34) "client_secret has no value (a word like null needs quotes to "
               "be text)"},
#define PICKLE "    provider: pickle\n    assertion: {env: A}\n"
    {PICKLE "    command: print me\n",
     AT(5, 14) "command must be a list, [PROGRAM, ARGUMENT, ...]: no shell "
               "runs it"},
    {PICKLE "    command: {command: [a]}\n",
     AT(5, 14) "command must be a list, [PROGRAM, ARGUMENT, ...]: no shell "
               "runs it"},
    {PICKLE "    file: [s3cret]\n", AT(5, 11) "file must be text, not a list"},
    {PICKLE "    file: ~/s3cret\n",
     AT(5, 11) "file: '~' has no meaning here; write the path from / or from "
               "the profile's directory"},
    {GOOD "    basic_encoding: FORM\n",
     AT(6, 21) "basic_encoding must be form or raw"},
    {GOOD "    allow_http: yes\n", AT(6, 17) "allow_http must be loopback"},
    {GOOD "    timeout: 61\n",
     AT(6, 14) "timeout must be a whole number of seconds from 1 to 60"},
    {GOOD "    timeout: 15s\n",
     AT(6, 14) "timeout must be a whole number of seconds from 1 to 60"},
    {GOOD "    default_lifetime: 86401\n",
     AT(6, 23) "default_lifetime must be a whole number of seconds from 1 to "
               "86400"},
    {GOOD "    login: yes\n", AT(6, 12) "login must be false or true"},
    {GOOD "    lifetime: forever\n",
     AT(6, 15) "lifetime must be session, user or linger"},
    {GOOD "    git_username: a b\n",
     AT(6, 19) "git_username must be 1 to 255 printable ASCII characters "
               "without spaces"},
    {GOOD "    match: http://a.test\n",
     AT(6, 12) "match must begin with https:// (no token is handed out for "
               "http)"},
    {GOOD "    match: []\n", AT(6, 12) "match must have 1 to 32 items"},
    {GOOD "    match: {a: b}\n", AT(6, 12) "match must be text or a list"},
    {GOOD "    match: [https://a.test, ~]\n",
     AT(6, 29) "match has no value (a word like null needs quotes to be "
               "text)"},
    {GOOD "    match: [https://a.test, https://A.test:443/]\n",
     AT(6, 29) "match has the same URL twice; remove one"},
    {GOOD "    env: TOKEN\n",
     AT(6, 10) "env must be a map, {NAME: token}; token, file or header"},
    {GOOD "    env: {}\n", AT(6, 10) "env must have 1 to 32 names"},
    {GOOD "    env: {A-B: token}\n",
     AT(6, 11) "env: 'A-B' is no variable's name: a letter or _, then "
               "letters, digits and _, 64 at most"},
    {GOOD "    env: {A: s3cret}\n",
     AT(6, 14) "A must be token, file or header"},
    {GOOD "    ca_file: ''\n", AT(6, 14) "ca_file must not be empty"},
    {GOOD "    scope: ''\n", AT(6, 12) "scope must not be empty"},
    {GOOD "    scope: ['', ' ']\n", AT(6, 13) "scope must not be empty"},
    {GOOD "    scope: '  '\n", AT(6, 12) "scope must not be empty"},
    {GOOD "    params: x\n", AT(6, 13) "params must be a map, {NAME: VALUE}"},
    {GOOD "    params: {}\n", AT(6, 13) "params must have 1 to 32 names"},
    {GOOD "    params: {p:s3cret}\n",
     AT(6, 22) "p... has no value (a word like null needs quotes to be text)"},
    {GOOD "    scope: 'a\\b'\n",
     AT(6, 12) "scope must be scopes separated by spaces, of printable ASCII "
               "without \" and \\, 8192 bytes at most"},
    {GOOD "    scope: [a, {b: c}]\n",
     AT(6, 16) "scope must be text, not a map"},
    {GOOD "    resource: [s3cret]\n",
     AT(6, 16) "resource must be an absolute URI (like "
               "https://api.example.com)"},
    {GOOD "    audience: [a]\n", AT(6, 15) "audience must be text, not a "
                                           "list"},
    {URL "    client_id: a:b\n    client_secret: s3cret\n"
         "    token_endpoint_auth_method: client_secret_basic\n"
         "    basic_encoding: raw\n",
     AT(4, 16) "client_id holds a ':', which basic_encoding: raw can't send; "
               "use form"},
};

Test(profile, says_what_is_wrong)
{
    profile_text_refused(REFUSALS, sizeof REFUSALS / sizeof *REFUSALS);
}

Test(profile, statuses)
{
    struct profile *profile = NULL;
    struct tw_error err;

    cr_expect_eq(profile_text_read(GOOD "    provider: nosuch\n", &PRIVATE,
                                   &profile, &err),
                 TW_E_MODULE);
    cr_expect_eq(err.status, TW_E_MODULE);
    cr_expect_eq(
        profile_text_read(GOOD "    x: y\n", &PRIVATE, &profile, &err),
        TW_E_CONFIG);
}

Test(profile, a_secret_by_value_needs_a_closed_file)
{
    struct profile_context open = PRIVATE;
    struct profile *profile = NULL;
    struct tw_error err;

    open.mode = 0644;
    open.may_hold_secret = false;
    cr_expect_eq(profile_text_read(GOOD, &open, &profile, &err), TW_E_ACCESS);
    cr_expect_str_eq(err.message,
                     "/c/p.yaml:5:20: profile 'acme': client_secret stands "
                     "here by value, and mode 0644 lets others read the file; "
                     "wanted: 0600\nchmod 600 /c/p.yaml");
    cr_expect_eq(profile_text_read(URL "    client_id: c\n"
                                       "    client_secret: {env: A}\n",
                                   &open, &profile, &err),
                 TW_OK);
}

Test(profile, a_secret_is_bounded)
{
    char body[CLIENT_SECRET_MAX + 256], secret[CLIENT_SECRET_MAX + 2];
    struct profile *profile = NULL;
    struct tw_error err;

    memset(secret, 's', sizeof secret);
    secret[CLIENT_SECRET_MAX + 1] = '\0';
    (void)snprintf(body, sizeof body, SECRET "%s\n", secret);
    cr_expect_eq(profile_text_read(body, &PRIVATE, &profile, &err),
                 TW_E_CONFIG);
    cr_expect_str_eq(err.message, AT(5, 20) "client_secret must not be longer "
                                            "than 8192 bytes");
    (void)snprintf(body, sizeof body, SECRET "%s\n", secret + 1);
    cr_expect_eq(profile_text_read(body, &PRIVATE, &profile, &err), TW_OK);
}

Test(profile, keys_are_sorted_and_explained)
{
    size_t count;
    const struct profile_key *keys = profile_keys(&count);

    for (size_t i = 0; i < count; i++) {
        cr_expect(i == 0 || strcmp(keys[i - 1].name, keys[i].name) < 0);
        cr_expect(keys[i].help[0] && keys[i].type[0] && keys[i].read);
        cr_expect_eq(profile_key_find(keys[i].name), &keys[i]);
    }
    cr_expect_null(profile_key_find("scope"));
}
