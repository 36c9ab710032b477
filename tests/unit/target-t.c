/* SPDX-License-Identifier: MIT */
/*
 * target-t.c - the end of a token that a client is told, and the places that
 * it is told of.
 */
#include <criterion/criterion.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "provider/credential/granted.h"
#include "provider/credential/target.h"

/* What is told of a token that ends in @seconds, from now on. */
static int64_t
told(int64_t seconds, int64_t margin_s)
{
    struct now now = clock_now();
    struct answer answer = {.record = {.token = "t",
                                       .expires = moment_after(now, seconds),
                                       .lifetime = 3600}};

    return target_expiry(&answer, margin_s) - now.wall;
}

Test(target, tells_an_end_before_the_tokens)
{
    int64_t end = told(3000, 60);

    cr_expect(end >= 2939 && end <= 2940, "%ld", (long)end);
    end = told(20, 60);
    cr_expect(end >= 9 && end <= 11, "%ld", (long)end); /* half of it */
}

/* A machine may have slept between the look and the answer.  A client that is
 * told of a moment in the past, or of a duration below nothing, may take it
 * for nonsense. */
Test(target, tells_of_no_end_in_the_past)
{
    int64_t end = told(-30, 60);

    cr_expect(end >= 0 && end <= 2, "%ld", (long)end);
}

static bool
note(void *arg, const char *key, const char *value)
{
    char *seen = arg;

    cr_expect_str_eq(key, "route");
    (void)strcat(strcat(seen, value), ";");
    return true;
}

/* The routes of @systems that the caller is told of. */
static const char *
granted(const char *systems, const char *users, bool all)
{
    static char seen[512];
    AUTO_INDEX theirs = INDEX_INIT;
    AUTO_INDEX own = INDEX_INIT;

    seen[0] = '\0';
    cr_assert(secret_append_text(&theirs.text, systems) &&
              secret_append_text(&own.text, "tokenward-index=1\n") &&
              secret_append_text(&own.text, users));
    granted_each(&theirs, &own, all, note, seen);
    return seen;
}

Test(granted, are_routes_of_what_the_caller_reads)
{
    char text[256];

    (void)snprintf(text, sizeof text,
                   "readers=a u%u\nroute=a git a.test\nroute=b git b.test\n"
                   "readers=c u4294967294 g4294967294\nroute=c git c.test\n"
                   "readers=d g%u\nroute=d git d.test\n",
                   (unsigned)geteuid(), (unsigned)getegid());
    cr_expect_str_eq(granted(text, "", false), "a git a.test;d git d.test;");
    cr_expect_str_eq(granted(text, "profile=a\n", false), "d git d.test;");
    cr_expect_str_eq(granted(text, "profile=a\nleft_out=d\n", true),
                     "b git b.test;c git c.test;");
}

Test(granted, are_a_users_own_by_a_template_unless_it_is_written_out)
{
    const struct passwd *user = getpwuid(geteuid());
    char written[128], hidden[128];
    static const char ROUTE[] = "route=t@ git t.test\n";

    if (!user)
        cr_skip_test("this user has no name");
    (void)snprintf(written, sizeof written, "%swritten=t@%s\n", ROUTE,
                   user->pw_name);
    (void)snprintf(hidden, sizeof hidden, "profile=t@%s\n", user->pw_name);
    cr_expect_str_eq(granted(ROUTE, "", true), "t@ git t.test;");
    cr_expect_str_eq(granted(ROUTE, hidden, true), "");
    cr_expect_str_eq(granted(written, "", true), "");
}
