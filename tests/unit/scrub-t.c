/* SPDX-License-Identifier: MIT */
/*
 * scrub-t.c - what is hidden of what a server said, and what stays.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/base/scrub.h"

/* What is shown of the first @n bytes of @text to who knows @secret. */
static void
expect_n(const char *secret, const char *text, size_t n, const char *wanted)
{
    AUTO_SECRET one = SECRET_INIT(100);
    const struct secret *const secrets[] = {&one, NULL};
    struct shown shown;

    cr_assert(secret_append_text(&one, secret));
    scrub_show(&shown, text, n, secrets);
    cr_expect_str_eq(shown.text, wanted, "%s: %s", text, shown.text);
}

static void
expect(const char *secret, const char *text, const char *wanted)
{
    expect_n(secret, text, strlen(text), wanted);
}

Test(scrub, hides_what_is_long_enough)
{
    cr_assert_eq(SCRUB_MIN, 4);
    expect("abcd", "<abcd>", "<***>");
    expect("abc", "<abc>", "<abc>");
}

Test(scrub, hides_each_of_several)
{
    AUTO_SECRET one = SECRET_INIT(100);
    AUTO_SECRET two = SECRET_INIT(100);
    const struct secret *const secrets[] = {&one, &two, NULL};
    static const char TEXT[] = "<first, second>";
    struct shown shown;

    cr_assert(secret_append_text(&one, "first"));
    cr_assert(secret_append_text(&two, "second"));
    scrub_show(&shown, TEXT, strlen(TEXT), secrets);
    cr_expect_str_eq(shown.text, "<***, ***>");
}

Test(scrub, hides_what_is_escaped)
{
    expect("sec\"ret", "<sec\\\\\\\\\\\\\\\"ret>", "<***>");
    expect("sec\\ret", "<sec\\\\ret>", "<***>");
    expect("sec\\\\ret", "<sec\\\\ret>", "<***>");
    expect("sec/ret\\", "<sec%2Fret\\\\>", "<***>");
    expect("se&c/ret", "<se&c%2Fret>", "<***>");
    expect("sec\"ret", "<sec&QUOT;ret>", "<***>");
    expect("sec/ret", "<sec&#X2f;ret>", "<***>");
}

/* Behind its end may stand what would make it one. */
Test(scrub, looks_at_nothing_behind_the_text)
{
    static const char *const TEXTS[] = {"secret%2F", "secret&#47;",
                                        "secret\\u002f", "secret\\/"};

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        char wanted[20] = "";
        size_t n = strlen(TEXTS[i]);

        expect_n("secret/", TEXTS[i], n, "***");
        memcpy(wanted, TEXTS[i], n - 1);
        expect_n("secret/", TEXTS[i], n - 1, wanted);
    }
}

Test(scrub, hides_base64_of_either_alphabet)
{
    expect("?>?>?>", "<Pz4/Pj8+>", "<***>");
    expect("?>?>?>", "<Pz4_Pj8->", "<***>");
    expect("?>?>?>", "<Pz4\\/Pj8+>", "<***>");
    expect("?>?>?>", "<Pz4%2FPj8%2b>", "<***>");
}

/* Of the shortest, too, wherever among four characters it begins. */
Test(scrub, hides_base64_however_short)
{
    expect("abcd", "<YWJjZA==>", "<***==>");
    expect("abcde", "<YWJjZGU=>", "<***=>");
    expect("abcd", "<xYWJjZA==>", "<***==>");
    expect("abcd", "<xyYWJjZA==>", "<***==>");
    expect("abcd", "<xyzYWJjZA==>", "<***==>");
    expect("secret", "<eDpzZWNyZXQ=>", "<***=>");
    expect("abcd", "<YWJjZ>", "<YWJjZ>");
}

Test(scrub, hides_base64_behind_the_secret_itself)
{
    expect("secret", "<secretc2VjcmV0>", "<******>");
}

/* A character more is told to be there. */
Test(scrub, shows_so_much)
{
    char text[TEXT_SHOWN_MAX + 2], wanted[TEXT_SHOWN_MAX + 4];

    memset(text, '.', sizeof text);
    memset(wanted, '.', sizeof wanted);
    wanted[TEXT_SHOWN_MAX] = '\0';
    expect_n("secret", text, TEXT_SHOWN_MAX, wanted);
    memcpy(wanted + TEXT_SHOWN_MAX, "...", 4);
    expect_n("secret", text, TEXT_SHOWN_MAX + 1, wanted);
}
