/* SPDX-License-Identifier: MIT */
/*
 * json-t.c - what is JSON, what is not, and what its values are.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/text/json.h"
#include "helper/text/json_number.h"
#include "helper/text/json_scan.h"
#include "tests/unit/cpu_time.h"
#include "tests/unit/under_valgrind.h"

#define SLOW_MS 100

static bool
scan(const char *text, size_t n)
{
    struct json_size size;

    return json_scan(text, n, &size);
}

static bool
is_good(const char *text)
{
    return scan(text, strlen(text));
}

Test(json, good_texts)
{
    static const char *const GOOD[] = {
        "{}",
        " \t\r\n{ } \n",
        "{\"a\":1}",
        "{\"\":0}",
        "{\"a\":[],\"b\":{},\"c\":[{}]}",
        "{\"a\":true,\"b\":false,\"c\":null}",
        "{\"a\":[0,-0,1.5,-0.5e+10,1E400,10e-2,123456789012345678901234]}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uD834\\uDD1E\"}",
        "{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\x7f\"}",
        "{\"x\":{\"a\\u0000b\":1}}",
        "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}",
        "{\"a\":1,\"A\":1,\"\\u0061b\":1,\"ab \":1}",
    };

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        struct json *json = json_read(GOOD[i], strlen(GOOD[i]));

        cr_expect(is_good(GOOD[i]), "%s", GOOD[i]);
        cr_expect_not_null(json, "%s", GOOD[i]);
        json_free(json);
    }
}

Test(json, bad_texts)
{
    static const char *const BAD[] = {
        "",
        " ",
        "1",
        "null",
        "[]",
        "\"a\"",
        "{",
        "}",
        "{}{}",
        "{}x",
        "{},",
        "{a:1}",
        "{'a':1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":[1}",
        "{\"a\":[1 2]}",
        "{\"a\":01}",
        "{\"a\":-01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":2.e3}",
        "{\"a\":1e}",
        "{\"a\":1e+}",
        "{\"a\":-}",
        "{\"a\":0x10}",
        "{\"a\":1_0}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":True}",
        "{\"a\":nul}",
        "{\"a\":truex}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\x1f\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u123\"}",
        "{\"a\":\"\\\"}",
        "{\"a\":\"",
        "{\"a\":\"\\",
        "{\"a\":\"\\u",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\"}",
        "{\"a\":\"\\ud800\\ud800\"}",
        "{\"a\":\"\\ud800x\"}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\xc0\x80\"}",
        "{\"a\":\"\xe0\x80\x80\"}",
        "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":\"\xf4\x90\x80\x80\"}",
        "{\"a\":\"\xe2\x82\"}",
        "{\"a\":\"\xe2",
        "{\"a\":1,/* */\"b\":2}",
        "{\"a\":1}//",
        "\xef\xbb{}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":1}",
        "{\"\xc3\xa9\":1,\"\\u00e9\":1}",
        "{\"\xf0\x9d\x84\x9e\":1,\"\\ud834\\udd1e\":1}",
        "{\"x\":{\"a\":1,\"b\":2,\"a\":3}}",
        "{\"x\":[{\"a\":1,\"a\":3}]}",
        "{\"access_token\\u0000x\":1}",
    };

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        cr_expect_not(is_good(BAD[i]), "%s", BAD[i]);
        cr_expect_null(json_read(BAD[i], strlen(BAD[i])), "%s", BAD[i]);
    }
    cr_expect_not(scan("{}\0", 3));
    cr_expect_not(scan("{\"a\0\":1}", 8));
    cr_expect_not(scan("{\"a\":1\0}", 8));
}

/* No byte behind the end is looked at: each beginning of a text, in memory
 * of its own for the sanitizer. */
Test(json, every_beginning)
{
    static const char TEXT[] =
        "{\"a\":[1.5e3,\"\\ud834\\udd1e\\n\xe2\x82\xac\",true,null],\"b\":{}}";

    for (size_t n = 0; n < sizeof TEXT - 1; n++) {
        char *copy = malloc(n ? n : 1);

        cr_assert(copy);
        memcpy(copy, TEXT, n);
        cr_expect_not(scan(copy, n), "%zu", n);
        free(copy);
    }
    cr_expect(scan(TEXT, sizeof TEXT - 1));
}

Test(json, a_byte_order_mark_is_skipped_once)
{
    struct json *json = json_read("\xef\xbb\xbf{\"a\":\"b\"}", 12);
    size_t n;

    cr_assert(json);
    cr_expect_str_eq(json_string(json, "a", &n), "b");
    json_free(json);
    cr_expect_null(json_read("\xef\xbb\xbf\xef\xbb\xbf{}", 8));
}

Test(json, values_by_their_type)
{
    static const char TEXT[] =
        "{\"s\":\"a\\u0000b\",\"n\":1,\"d\":1.5,\"t\":true,\"z\":null,"
        "\"a\":[\"x\",2,\"y\\u0000\"],\"o\":{\"s\":\"inner\"},\"\":\"e\"}";
    struct json *json = json_read(TEXT, sizeof TEXT - 1);
    size_t n = 99;

    cr_assert(json);
    cr_expect_eq(json_kind(json, "s"), JSON_STRING);
    cr_expect_eq(json_kind(json, "n"), JSON_NUMBER);
    cr_expect_eq(json_kind(json, "d"), JSON_NUMBER);
    cr_expect_eq(json_kind(json, "t"), JSON_BOOL);
    cr_expect_eq(json_kind(json, "z"), JSON_NULL);
    cr_expect_eq(json_kind(json, "a"), JSON_ARRAY);
    cr_expect_eq(json_kind(json, "o"), JSON_OBJECT);
    cr_expect_eq(json_kind(json, "q"), JSON_ABSENT);
    cr_expect_eq(memcmp(json_string(json, "s", &n), "a\0b", 4), 0);
    cr_expect_eq(n, 3);
    cr_expect_str_eq(json_string(json, "", &n), "e");
    cr_expect_null(json_string(json, "n", &n));
    cr_expect_null(json_string(json, "z", &n));
    cr_expect_null(json_string(json, "o", &n));
    cr_expect_null(json_string(json, "q", &n));
    cr_expect_eq(json_count(json, "a"), 3);
    cr_expect_eq(json_count(json, "s"), 0);
    cr_expect_str_eq(json_item(json, "a", 0, &n), "x");
    cr_expect_null(json_item(json, "a", 1, &n));
    cr_expect_not_null(json_item(json, "a", 2, &n));
    cr_expect_eq(n, 2);
    cr_expect_null(json_item(json, "a", 3, &n));
    cr_expect_null(json_item(json, "s", 0, &n));
    json_free(json);
    json_free(NULL);
}

static bool
seconds_of(const char *value, int64_t *out)
{
    char text[300];
    struct json *json;
    bool good;

    (void)snprintf(text, sizeof text, "{\"e\":%s}", value);
    json = json_read(text, strlen(text));
    cr_assert(json, "%s", text);
    good = json_seconds(json, "e", out);
    json_free(json);
    return good;
}

Test(json, seconds_are_rounded_down_and_never_wrap)
{
    static const struct {
        const char *value;
        int64_t seconds;
    } ROWS[] = {
        {"0", 0},
        {"3600", 3600},
        {"-1", -1},
        {"3600.0", 3600},
        {"3599.9", 3599},
        {"3599.9999999999999999999999", 3599},
        {"3.6e3", 3600},
        {"36E+2", 3600},
        {"36000e-1", 3600},
        {"1e-400", 0},
        {"-0.5", -1},
        {"-0.0", 0},
        {"-1e-400", -1},
        {"-3600.1", -3601},
        {"0e999999999999", 0},
        {"0.000000000000000000001e21", 1},
        {"2147483648", 2147483648},
        {"4294967356", 4294967356},
        {"9223372036854775807", INT64_MAX},
        {"9223372036854775807.9", INT64_MAX},
        {"9223372036854775808", INT64_MAX},
        {"18446744073709551615", INT64_MAX},
        {"18446744073709551676", INT64_MAX},
        {"99999999999999999999999999", INT64_MAX},
        {"1e400", INT64_MAX},
        {"1e99999999999999999999", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"-9223372036854775809", INT64_MIN},
        {"-9223372036854775808.5", INT64_MIN},
        {"-1e400", INT64_MIN},
        {"\"3600\"", 3600},
        {"\"0\"", 0},
        {"\"00000000000000003600\"", 3600},
        {"\"18446744073709551616\"", INT64_MAX},
        {"\"99999999999999999999\"", INT64_MAX},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        int64_t seconds = 42;

        cr_expect(seconds_of(ROWS[i].value, &seconds), "%s", ROWS[i].value);
        cr_expect_eq(seconds, ROWS[i].seconds, "%s: %ld", ROWS[i].value,
                     (long)seconds);
    }
}

Test(json, what_is_no_seconds)
{
    static const char *const BAD[] = {
        "true",    "null",
        "{}",      "[3600]",
        "\"\"",    "\"12x\"",
        "\"-1\"",  "\"+1\"",
        "\" 1\"",  "\"1 \"",
        "\"1.5\"", "\"3600\\u0000\"",
        "\"1e3\"", "\"000000000000000003600\"",
    };
    int64_t seconds = 42;

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        cr_expect_not(seconds_of(BAD[i], &seconds), "%s", BAD[i]);
        cr_expect_eq(seconds, 42);
    }
}

/* Hostile texts of a mebibyte: judged at once, whatever the verdict. */

#define BIG (1024 * 1024)

static void
expect_quick(const char *text, size_t n, bool good)
{
    int64_t start = cpu_ms();
    struct json *json = json_read(text, n);

    cr_expect_eq(json != NULL, good, "%.20s", text);
    json_free(json);
    cr_expect_lt(cpu_ms() - start, time_limit(SLOW_MS), "%.20s: %ld ms", text,
                 (long)(cpu_ms() - start));
}

/* @head, then @piece again and again (a '#' in it counts up), then @tail. */
static size_t
fill(char *out, const char *head, const char *piece, const char *tail)
{
    size_t n = (size_t)snprintf(out, BIG, "%s", head), limit = BIG - 40;

    for (unsigned i = 0; n < limit; i++) {
        for (const char *at = piece; *at; at++) {
            if (*at == '#')
                n += (size_t)snprintf(out + n, 16, "%u", i);
            else
                out[n++] = *at;
        }
    }
    if (out[n - 1] == ',')
        n--;
    return n + (size_t)snprintf(out + n, 16, "%s", tail);
}

Test(json, a_hostile_mebibyte_is_judged_at_once)
{
    static const struct {
        const char *head, *piece, *tail;
        bool good;
    } ROWS[] = {
        {"{\"a\":", "[", "", false},
        {"{\"a\":", "{\"a\":", "", false},
        {"{\"a\":[", "[],", "]}", false},
        {"{", "\"k#\":0,", "}", false},
        {"{\"a\":[", "0,", "]}", false},
        {"{\"a\":[", "{\"a\":0,\"b\":0},", "]}", false},
        {"{\"a\":\"", "\\u0061", "\"}", true},
        {"{\"a\":\"", "\\ud834\\udd1e", "\"}", true},
        {"{\"a\":\"", "x", "\"}", true},
        {"{\"a\":\"", "\xe2\x82\xac", "\"}", true},
        {"{\"a\":", " ", "0}", true},
        {"{\"a\":0", "0", "}", false},
        {"{\"a\":1", "0", "}", true},
        {"{\"a\":0.", "0", "}", true},
        {"{\"a\":1e", "9", "}", true},
        {"{\"", "k", "\":0}", true},
    };
    char *text = malloc(BIG + 64);

    cr_assert(text);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        size_t n = fill(text, ROWS[i].head, ROWS[i].piece, ROWS[i].tail);

        expect_quick(text, n, ROWS[i].good);
    }
    free(text);
}

Test(json, a_mebibyte_of_digits_is_a_number)
{
    char *text = malloc(BIG + 64);
    size_t n;
    struct json *json;
    int64_t seconds, start = cpu_ms();

    cr_assert(text);
    n = fill(text, "{\"a\":1.", "9", "e-1000000}");
    json = json_read(text, n);
    cr_assert(json);
    cr_expect(json_seconds(json, "a", &seconds));
    cr_expect_eq(seconds, 0);
    json_free(json);
    cr_expect_lt(cpu_ms() - start, time_limit(SLOW_MS));
    free(text);
}

Test(json, limits)
{
    char text[JSON_VALUES_MAX * 2 + 100] = "{\"a\":";
    size_t n = strlen(text);

    for (int i = 0; i < JSON_DEPTH_MAX - 1; i++)
        text[n++] = '[';
    for (int i = 0; i < JSON_DEPTH_MAX - 1; i++)
        text[n++] = ']';
    text[n++] = '}';
    expect_quick(text, n, true);
    n = (size_t)snprintf(text, sizeof text, "{\"a\":[[");
    for (int i = 0; i < JSON_VALUES_MAX - 4; i++, n += 2)
        memcpy(text + n, "0,", 2);
    memcpy(text + n, "0]]}", 4);
    expect_quick(text, n + 4, true);
    memcpy(text + n, "0,0]]}", 6);
    expect_quick(text, n + 6, false);
}
