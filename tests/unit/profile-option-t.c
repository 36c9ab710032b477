/* SPDX-License-Identifier: MIT */
/*
 * profile-option-t.c - the keys of a profile that are its provider's.
 */
#include <criterion/criterion.h>

#include "helper/profile/profile.h"
#include "tests/unit/profile_text.h"

Test(profile_option, a_provider_without_client_needs_its_own_options)
{
    struct profile *profile =
        profile_text_good("    provider: pickle\n    assertion: {env: A}\n"
                          "    witness: https://i.example.test\n");

    cr_expect_null(profile->token_endpoint);
    cr_expect_null(profile->client_id);
    cr_expect_eq(profile->client_secret.kind, SECRET_NONE);
    cr_expect_eq(profile_option(profile, "assertion")->secret.kind,
                 SECRET_ENV);
    cr_expect_null(profile_option(profile, "assertion")->values);
}

Test(profile_option, a_providers_endpoint_may_be_here_where_that_is_allowed)
{
    struct profile *profile =
        profile_text_good(PICKLE "    jar_endpoint: http://[::1]:8080/jar\n"
                                 "    allow_http: loopback\n");

    cr_expect_str_eq(profile_option(profile, "jar_endpoint")->values[0],
                     "http://[::1]:8080/jar");
    profile =
        profile_text_good(PICKLE "    jar_endpoint: https://jar.test?a=b\n");
    cr_expect_str_eq(profile_option(profile, "jar_endpoint")->values[0],
                     "https://jar.test?a=b");
}

Test(profile_option, an_issued_secret_has_a_foreign_file)
{
    struct profile *profile =
        profile_text_good("    provider: pickle\n    assertion: {file: a}\n");

    cr_expect_eq(profile_option(profile, "assertion")->secret.kind,
                 SECRET_FOREIGN_FILE);
}

Test(profile_option, options_that_are_commands_and_files)
{
    struct profile *profile =
        profile_text_good("    provider: pickle\n    assertion: {env: A}\n"
                          "    command: [print, me]\n    file: t/oken\n");
    const struct secret_source *source;

    source = &profile_option(profile, "command")->secret;
    cr_expect_eq(source->kind, SECRET_COMMAND);
    cr_expect_str_eq(source->argv[1], "me");
    cr_expect_eq(source->line, 5);
    source = &profile_option(profile, "file")->secret;
    cr_expect_eq(source->kind, SECRET_FOREIGN_FILE);
    cr_expect_str_eq(source->text, "/c/t/oken");
    cr_expect_eq(source->line, 6);
    cr_expect_eq(source->column, 11);
}

static const struct refusal REFUSALS[] = {
    {PICKLE "    jar_endpoint: http://s3cret.test/\n",
     AT(5, 19) "jar_endpoint must begin with https:// (http would send the "
               "secret in the clear)"},
    {PICKLE "    jar_endpoint: http://localhost/s3cret\n",
     AT(5, 19) "jar_endpoint must begin with https:// (for a server on this "
               "host, add allow_http: loopback)"},
    {PICKLE "    jar_endpoint: urn:s3cret\n",
     AT(5, 19) "jar_endpoint must begin with https://"},
    {PICKLE "    jar_endpoint: [https://s3cret.test/]\n",
     AT(5, 19) "jar_endpoint must be text, not a list"},
};

Test(profile_option, an_endpoint_is_refused_as_any_other)
{
    profile_text_refused(REFUSALS, sizeof REFUSALS / sizeof *REFUSALS);
}
