/* SPDX-License-Identifier: MIT */
/*
 * json-pairs-t.c - characters beyond U+FFFF arrive as they were meant, however
 * they are written.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/text/json.h"

#define PAIR "\\ud837\\ude01" /* U+1DE01 */
#define THAT "\xf0\x9d\xb8\x81"

Test(json_pairs, are_one_character)
{
    static const struct {
        const char *written, *meant;
    } ROWS[] = {
        {PAIR, THAT},
        {"\\uD837\\uDE01", THAT},
        {THAT, THAT},
        {"a" PAIR "b" PAIR PAIR "c", "a" THAT "b" THAT THAT "c"},
        {"\\ud800\\udc00", "\xf0\x90\x80\x80"},
        {"\\udbff\\udfff", "\xf4\x8f\xbf\xbf"},
        {"\\ud834\\udd1e", "\xf0\x9d\x84\x9e"},
        {"\\u00e9" PAIR "\\u20ac", "\xc3\xa9" THAT "\xe2\x82\xac"},
        {"\\\\" PAIR "\\\"", "\\" THAT "\""},
        {"\\\\ud837\\\\ude01" PAIR, PAIR THAT},
        {PAIR "\\\\ud837", THAT "\\ud837"},
        {PAIR "\\n", THAT "\n"},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char text[200];
        const char *value;
        struct json *json;
        size_t n = 0;

        (void)snprintf(text, sizeof text, "{\"" PAIR "\":1,\"a\":\"%s\"}",
                       ROWS[i].written);
        json = json_read(text, strlen(text));
        cr_assert(json, "%s", text);
        value = json_string(json, "a", &n);
        cr_expect_str_eq(value, ROWS[i].meant);
        cr_expect_eq(n, strlen(ROWS[i].meant), "%s", text);
        cr_expect_eq(json_kind(json, THAT), JSON_NUMBER);
        json_free(json);
    }
}

Test(json_pairs, a_key_twice_is_found)
{
    static const char TEXT[] = "{\"" PAIR "\":1,\"" THAT "\":2}";

    cr_assert_null(json_read(TEXT, sizeof TEXT - 1));
}
