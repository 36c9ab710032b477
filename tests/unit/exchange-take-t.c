/* SPDX-License-Identifier: MIT */
/*
 * exchange-take-t.c - tokens that a module takes from a secret of the profile.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "provider/base/clock.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted.h"

TestSuite(exchange_take, .init = scripted_set_up, .fini = scripted_tear_down,
          .timeout = 60);

Test(exchange_take, taking_a_bare_token)
{
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    EVENTS(TW_EVENT_START, TW_EVENT_TOKEN);
    cr_expect_str_eq(result.token, "s3cret+1");
    cr_expect_eq(result.lifetime, LIFETIME_UNKNOWN);
    cr_expect_not(result.was_sent);
    cr_expect_eq(atomic_load(&server.requests), 0);
}

Test(exchange_take, taking_a_jwt)
{
    set_source("JWT");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_eq(result.lifetime, LIFETIME_MAX);
    set_source("OLD_JWT");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    cr_expect_eq(result.err.status, TW_E_RETRY);
    cr_expect_not_null(strstr(result.err.message, ": its token ran out "));
    cr_expect_str_eq(result.token, "");
    set_source("OLDEST_JWT"); /* in seconds before 1970, the most there are */
    RUN(DO(TAKE, .text = "assertion"), DONE);
    cr_expect_eq(result.err.status, TW_E_RETRY);
    cr_expect_not_null(strstr(result.err.message, ": its token ran out "));
    cr_expect_null(strstr(result.err.message, " -"), "%s", result.err.message);
}

Test(exchange_take, taking_by_the_rules_of_the_profile)
{
    static char member[] = "expiresOn";

    set_source("DATED");
    profile.reply.expires_member = member;
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_eq(result.lifetime, LIFETIME_MAX);
    set_source("OLD_DATED");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    cr_expect_eq(result.err.status, TW_E_CONFIG);
    cr_expect_not_null(strstr(result.err.message, "none, or is over"), "%s",
                       result.err.message);
    cr_expect_str_eq(result.token, "");
}

/* A form's letters are those of a bare token, too. */
Test(exchange_take, taking_a_form_where_it_may_be_one)
{
    set_source("FORM");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_str_eq(result.token, "access_token=f&expires_in=77");
    profile.reply.form = true;
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_str_eq(result.token, "f");
    cr_expect_eq(result.lifetime, 77);
    set_source("ASSERTION");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_str_eq(result.token, "s3cret+1", "and a bare one is one");
}

static void
set_file(const char *file, int64_t written)
{
    const struct timespec at = {.tv_sec = written};
    const struct timespec both[] = {at, at};

    cr_assert_eq(utimensat(AT_FDCWD, scratch_path(file), both, 0), 0);
    profile.options[0].secret.kind = SECRET_FILE;
    set_source(scratch_path(file));
}

/* A year is the most that is believed, and begins now. */
Test(exchange_take, taking_from_a_file_of_two_years_ago)
{
    static const char LEFT[] =
        "{\"access_token\":\"j\",\"expires_in\":94608000}";
    static const char DATED[] =
        "{\"access_token\":\"j\",\"expiresOn\":4102444800}";
    const int64_t then = clock_now().wall - 2 * LIFETIME_MAX;
    static char member[] = "expiresOn";

    scratch_make();
    scratch_put("left", 0600, LEFT, strlen(LEFT));
    set_file("left", then - 60);
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_leq(result.lifetime, LIFETIME_MAX - 60);
    cr_expect_geq(result.lifetime, LIFETIME_MAX - 120);
    scratch_put("dated", 0600, DATED, strlen(DATED));
    set_file("dated", then);
    profile.reply.expires_member = member;
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_eq(result.lifetime, LIFETIME_MAX);
    scratch_remove();
}

/* As from an image that was made without times, and from a wrong clock. */
Test(exchange_take, taking_from_a_file_of_1970_and_before)
{
    static const char OVER[] =
        "{\"access_token\":\"j\",\"expiresOn\":1000000000}";
    static const char YEAR[] =
        "{\"access_token\":\"j\",\"expires_in\":31536000}";
    static const int64_t TIMES[] = {1, 0, -1, INT64_MIN};
    static char member[] = "expiresOn";

    scratch_make();
    scratch_put("over", 0600, OVER, strlen(OVER));
    scratch_put("year", 0600, YEAR, strlen(YEAR));
    profile.reply.expires_member = member;
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        set_file("over", TIMES[i]);
        RUN(DO(TAKE, .text = "assertion"), DONE);
        cr_expect_eq(result.err.status, TW_E_RETRY, "%zu", i);
        cr_expect_str_eq(result.token, "", "%zu", i);
        set_file("year", TIMES[i]);
        RUN(DO(TAKE, .text = "assertion"), DONE);
        cr_expect_eq(result.err.status, TW_E_RETRY, "%zu", i);
        cr_expect_null(strstr(result.err.message, " -"), "%s",
                       result.err.message);
    }
    scratch_remove();
}

/* Of a clock that was ahead, or another host's: nobody lives longer by it. */
Test(exchange_take, taking_from_a_file_of_tomorrow)
{
    static const char HOUR[] = "{\"access_token\":\"j\",\"expires_in\":3600}";

    scratch_make();
    scratch_put("hour", 0600, HOUR, strlen(HOUR));
    set_file("hour", clock_now().wall + 86400);
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_eq(result.lifetime, 3600);
    scratch_remove();
}

Test(exchange_take, taking_a_json_answer)
{
    set_source("JSON");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_OK, "");
    cr_expect_str_eq(result.token, "j");
    cr_expect_eq(result.lifetime, 30);
}

#define FROM(name) "/c/p.yaml:9:0: secret from environment variable " name

Test(exchange_take, taking_what_is_no_token)
{
    set_source("TWO");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_CONFIG,
           FROM("TWO") ": holds neither a bare token nor a JSON object with "
                       "access_token\na token is printable ASCII without "
                       "spaces, at most 65000 bytes");
    EVENTS(TW_EVENT_START);
    set_source("REFUSED");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_DENIED, FROM("REFUSED") ": says login_needed: \"no session\"");
    set_source("MAC");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_CONFIG,
           FROM("MAC") ": its token is no bearer token, and only these can be "
                       "handed out");
    set_source("BOTH");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_CONFIG, FROM("BOTH") ": its error is empty, or no text");
    set_source("SAID");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_CONFIG, FROM("SAID") ": has an error beside its access_token");
    set_source("UNSET");
    RUN(DO(TAKE, .text = "assertion"), DONE);
    expect(TW_E_CONFIG,
           FROM("UNSET") ": is not set\nexport it where tokenward is "
                         "started, a resident helper too");
}
