/* SPDX-License-Identifier: MIT */
/*
 * json-tree-t.c - what the front ends' reader takes, and all that it refuses.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "provider/base/json_tree.h"

#define PATH(...) ((const char *const[]){__VA_ARGS__, NULL})

static char buffer[JSON_TREE_BYTES + 2];
static struct json_tree tree;

static bool
reads(const char *text, size_t n)
{
    memcpy(buffer, text, n);
    return json_tree_read(buffer, n, &tree);
}

static bool
reads_text(const char *text)
{
    return reads(text, strlen(text));
}

Test(json_tree, finds_members_at_any_depth)
{
    cr_assert(reads_text(
        " {\"uri\":\"https://h.test/\",\"spec\":{\"cluster\":{\"server\":"
        "\"https://k.test\"},\"n\":-1.5e+3 ,\"N\" : 1E3,\"t\":true},\"l\":[1,"
        "{\"uri\":\"x\"},[]],\"e\":{},\"v\":1}\r\n"));
    cr_assert_str_eq(json_tree_text(&tree, PATH("uri")), "https://h.test/");
    cr_assert_str_eq(json_tree_text(&tree, PATH("spec", "cluster", "server")),
                     "https://k.test");
    cr_assert_str_eq(json_tree_word(&tree, PATH("spec", "n")), "-1.5e+3");
    cr_assert_str_eq(json_tree_word(&tree, PATH("spec", "N")), "1E3");
    cr_assert_str_eq(json_tree_word(&tree, PATH("spec", "t")), "true");
    cr_assert_str_eq(json_tree_word(&tree, PATH("v")), "1");
    cr_assert_null(json_tree_text(&tree, PATH("v")));
    cr_assert_null(json_tree_word(&tree, PATH("uri")));
    cr_assert_null(json_tree_text(&tree, PATH("server")));
    cr_assert_null(json_tree_text(&tree, PATH("l", "uri")));
    cr_assert_null(json_tree_word(&tree, PATH("l", "")));
    cr_assert_null(json_tree_text(&tree, PATH("nobody", "uri")));
    cr_assert_null(json_tree_text(&tree, PATH("uri", "uri")));
    cr_assert_null(json_tree_text(&tree, PATH("e", "v")));
}

Test(json_tree, decodes_each_escape)
{
    cr_assert(reads_text("{\"\\u0061\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t"
                         "\\u00e9\\u20AC\\ud83d\\uDE00\xc3\xa9\"}"));
    cr_assert_str_eq(json_tree_text(&tree, PATH("a")),
                     "\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"
                     "\xc3\xa9");
}

Test(json_tree, refuses_what_is_no_json)
{
    const char *const bad[] = {
        "",           " ",           "{",
        "}",          "[",           "{]",
        "[}",         "{\"a\"}",     "{\"a\":}",
        "{\"a\":1,}", "{,\"a\":1}",  "[1,]",
        "[,1]",       "[1 2]",       "{\"a\" 1}",
        "{a:1}",      "{a\":1}",     "{1:1}",
        "{\"a\":1}x", "{} {}",       "1 2",
        "\"a",        "\"a\\",       "\"\\x\"",
        "\"\\u12\"",  "\"\\u12g4\"", "\"\t\"",
        "\"\n\"",     "'a'",         "tru",
        "True",       "nul",         "NaN",
        "-",          "+1",          "01",
        "-01",        "1.",          ".5",
        "1e",         "1e+",         "0x1",
        "1/**/",      "// a\n1",     "\xef\xbb\xbf{}",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert(!reads_text(bad[i]), "%s", bad[i]);
        cr_assert_eq(tree.count, 0);
    }
}

Test(json_tree, refuses_what_two_readers_would_read_differently)
{
    const char *const bad[] = {
        "{\"a\":1,\"a\":2}",    "{\"uri\":\"x\",\"\\u0075ri\":\"y\"}",
        "\"\\u0000\"",          "\"\\ud800\"",
        "\"\\ud800x\"",         "\"\\ud800\\u0041\"",
        "\"\\udc00\"",          "\"\x80\"",
        "\"\xc0\xaf\"",         "\"\xe0\x80\xaf\"",
        "\"\xed\xa0\x80\"",     "\"\xf4\x90\x80\x80\"",
        "\"\xf5\x80\x80\x80\"", "\"\xe2\x82\"",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(!reads_text(bad[i]), "%zu", i);
    cr_assert(!reads("{\"a\":1}\0", 8));
    cr_assert(!reads("{\"a\0b\":1}", 9));
    cr_assert(!reads("{\"a\":1\0}", 8));
    cr_assert(reads_text("[{\"a\":1},{\"a\":2}]"));
}

Test(json_tree, refuses_every_cut_of_a_document)
{
    static const char WHOLE[] =
        "{\"kind\":\"\\ud83d\\ude00\xc3\xa9\",\"a\":[1,true,{\"b\":null}]}";

    cr_assert(reads_text(WHOLE));
    for (size_t n = 0; n < sizeof WHOLE - 1; n++)
        cr_assert(!reads(WHOLE, n), "%zu", n);
}

Test(json_tree, holds_its_limits)
{
    static char text[JSON_TREE_BYTES + 2];

    memset(text, '[', 100000);
    cr_assert(!reads(text, 100000));
    memset(text, '[', JSON_TREE_DEPTH + 1);
    memset(text + JSON_TREE_DEPTH + 1, ']', JSON_TREE_DEPTH + 1);
    cr_assert(!reads(text, 2 * JSON_TREE_DEPTH + 2));
    cr_assert(reads(text + 1, 2 * JSON_TREE_DEPTH));
    text[0] = '[';
    for (size_t i = 0; i < JSON_TREE_VALUES; i++)
        memcpy(text + 1 + 2 * i, "1,", 2);
    text[2 * JSON_TREE_VALUES] = ']';
    cr_assert(!reads(text, 2 * JSON_TREE_VALUES + 1));
    text[2 * JSON_TREE_VALUES - 2] = ']';
    cr_assert(reads(text, 2 * JSON_TREE_VALUES - 1));
    memset(text, 'a', sizeof text);
    text[0] = text[JSON_TREE_BYTES - 1] = '"';
    cr_assert(reads(text, JSON_TREE_BYTES));
    text[JSON_TREE_BYTES - 1] = 'a';
    text[JSON_TREE_BYTES] = '"';
    cr_assert(!reads(text, JSON_TREE_BYTES + 1));
}

static bool
reads_around(const char *text, size_t n)
{
    memcpy(buffer, text, n);
    return json_tree_read_around(PATH("a", "b"), buffer, n, &tree);
}

Test(json_tree, leaves_closed_what_nobody_wants)
{
    static const char *const GOOD[] = {
        "{\"a\":{\"c\":\"1\",\"b\":{\"c\":[],\"c\":[{},2]},\"d\":\"2\"}}",
        "{\"a\":{\"b\":[],\"c\":\"1\",\"d\":\"2\"},\"b\":{\"b\":[]}}",
        "{\"b\":{},\"a\":{\"c\":\"1\",\"b\":null,\"d\":\"2\"}}",
        "{\"a\":{\"c\":\"1\",\"b\":{\"e\":{\"a\":1}},\"d\":\"2\"}}",
    };
    static const char *const BAD[] = {
        "{\"a\":{\"b\":{\"c\":1]}}",
        "{\"a\":{\"b\":[1,]}}",
        "{\"a\":{\"b\":{1}}}",
        "{\"a\":{\"b\":[tru]}}",
        "{\"a\":{\"b\":[}}}",
        "{\"a\":{\"b\":{},\"b\":{}}}",
        "{\"a\":{\"b\":{\"c\":{}},\"d\":1,\"d\":1}}",
        "{\"b\":{\"c\":1,\"c\":1}}",
        "{\"a\":[{\"b\":{\"c\":1,\"c\":1}}]}",
        "{\"a\":[{\"b\":1},{\"c\":1,\"c\":1}]}",
        "{\"a\":{\"b\":{},\"d\":{\"c\":1,\"c\":1}}}",
        "{\"a\":{\"a\":{\"b\":{\"c\":1,\"c\":1}}}}",
        "{\"a\":{\"b\":{\"c\":1}",
    };

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        cr_assert(reads_around(GOOD[i], strlen(GOOD[i])), "%s", GOOD[i]);
        cr_expect_str_eq(json_tree_text(&tree, PATH("a", "c")), "1");
        cr_expect_str_eq(json_tree_text(&tree, PATH("a", "d")), "2");
        cr_expect_null(json_tree_text(&tree, PATH("a", "b", "c")));
        cr_expect_null(json_tree_word(&tree, PATH("a", "b", "b")));
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_expect(!reads_around(BAD[i], strlen(BAD[i])), "%s", BAD[i]);
}

#define BEFORE "{\"a\":{\"b\":"
#define BEHIND "}}"

static size_t
nest(char *text, size_t n)
{
    size_t before = sizeof BEFORE - 1;

    memcpy(text, BEFORE, before);
    memset(text + before, '[', n);
    memset(text + before + n, ']', n);
    memcpy(text + before + 2 * n, BEHIND, sizeof BEHIND - 1);
    return before + 2 * n + sizeof BEHIND - 1;
}

Test(json_tree, leaves_closed_as_much_as_is_sent)
{
    static char text[JSON_TREE_BYTES + 2];
    const size_t deepest = JSON_TREE_CLOSED_DEPTH - 2;
    size_t n = nest(text, deepest);

    cr_expect(reads_around(text, n));
    cr_expect_not(reads(text, n));
    n = nest(text, deepest + 1);
    cr_expect_not(reads_around(text, n));
    n = nest(text, 1);
    for (n -= sizeof "]" BEHIND - 1; n < JSON_TREE_BYTES - 8; n += 2)
        memcpy(text + n, "0,", 2);
    memcpy(text + n, "0]" BEHIND, sizeof "0]" BEHIND - 1);
    n += sizeof "0]" BEHIND - 1;
    cr_expect(reads_around(text, n));
    cr_expect_eq(tree.count, 3);
    cr_expect_not(reads(text, n));
}
