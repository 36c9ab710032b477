/* SPDX-License-Identifier: MIT */
/*
 * json-text-t.c - texts as JSON: any bytes become ASCII that a parser takes,
 * and what is no UTF-8 becomes U+FFFD.
 */
#include <criterion/criterion.h>

#include "provider/base/json_text.h"

static void
expect(const char *text, const char *json)
{
    AUTO_SECRET out = SECRET_INIT(256);

    cr_assert(json_put_text(&out, text));
    cr_expect_str_eq(secret_text(&out), json, "%s", text);
}

Test(json_text, escapes_what_json_escapes)
{
    expect("", "\"\"");
    expect("plain ~", "\"plain ~\"");
    expect("\"\\\n\r\t", "\"\\\"\\\\\\n\\r\\t\"");
    expect("\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"");
}

Test(json_text, writes_characters_by_their_number)
{
    expect("\xc3\xa9", "\"\\u00e9\"");
    expect("\xe2\x82\xac!", "\"\\u20ac!\"");
    expect("\xf0\x9f\x94\x91", "\"\\ud83d\\udd11\"");
    expect("\xf4\x8f\xbf\xbf", "\"\\udbff\\udfff\"");
}

/* RFC 3629: nothing longer than it need be, no surrogates, no end too soon. */
Test(json_text, replaces_what_is_no_character)
{
    expect("\xc0\xaf", "\"\\ufffd\\ufffd\"");
    expect("\xe0\x80\xaf", "\"\\ufffd\"");
    expect("\xf0\x80\x80\xaf", "\"\\ufffd\"");
    expect("\xed\xa0\x80", "\"\\ufffd\"");
    expect("\xf4\x90\x80\x80", "\"\\ufffd\"");
    expect("\xf5\x80", "\"\\ufffd\\ufffd\"");
    expect("a\x80z", "\"a\\ufffdz\"");
    expect("\xe2\x82", "\"\\ufffd\\ufffd\"");
    expect("\xf0\x9f\x94", "\"\\ufffd\\ufffd\\ufffd\"");
}

Test(json_text, holds_its_limit)
{
    AUTO_SECRET out = SECRET_INIT(6);

    cr_expect(!json_put_text(&out, "\xe2\x82\xac"));
    secret_clear(&out);
    cr_expect(!json_put_text(&out, "123456"));
}

Test(json_text, sets_members_apart)
{
    AUTO_SECRET out = SECRET_INIT(100);

    cr_expect(secret_append(&out, "{", 1));
    cr_expect(json_put_text_member(&out, "a\"", "\\"));
    cr_expect(json_put_number_member(&out, "n", INT64_MIN));
    cr_expect(json_put_raw_member(&out, "more", "[null"));
    cr_expect(json_put_name(&out, "no member"));
    cr_expect_str_eq(secret_text(&out),
                     "{\"a\\\"\":\"\\\\\",\"n\":-9223372036854775808,"
                     "\"more\":[null,\"no member\":");
}
