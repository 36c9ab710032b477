/* SPDX-License-Identifier: MIT */
/*
 * yaml-t.c - what the reader takes, and its exact words where it does not.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/unicode.h"
#include "helper/text/yaml.h"
#include "tests/unit/cpu_time.h"
#include "tests/unit/under_valgrind.h"

static enum tw_status
read_bytes(const char *text, size_t n, const struct yaml_limits *limits,
           struct yaml_document **out, struct tw_error *err)
{
    /* From the heap and without a NUL behind it, so that a sanitizer sees a
     * byte too far. */
    char *copy = malloc(n ? n : 1);
    enum tw_status status;

    cr_assert(copy);
    memcpy(copy, text, n);
    memset(err, 0, sizeof *err);
    status = yaml_read("f.yaml", copy, n, limits, out, err);
    free(copy);
    return status;
}

static void
expect_refusal(const char *text, size_t n, const char *message)
{
    const struct yaml_limits limits = YAML_LIMITS_USER;
    struct yaml_document *document = NULL;
    struct tw_error err;

    cr_assert_eq(read_bytes(text, n, &limits, &document, &err), TW_E_CONFIG,
                 "read: %s", message);
    cr_expect_str_eq(err.message, message);
    cr_expect_null(document);
}

struct refusal {
    const char *text, *message;
};

static const struct refusal REFUSALS[] = {
    {"", "f.yaml:1:1: the file is empty"},
    {"# only this\n", "f.yaml:1:1: the file is empty"},
    {"~\n", "f.yaml:1:1: the file is empty"},
    {"- a\n", "f.yaml:1:1: the top level must be a mapping (KEY: VALUE)"},
    {"a: 1\nb: 2\n\"a\": 3\n",
     "f.yaml:3:1: duplicate key 'a' (the first is in line 1)"},
    {"x:\n  a: 1\n  a: 2\n",
     "f.yaml:3:3: duplicate key 'a' (the first is in line 2)"},
    {"{a:s3cret, b, a:s3cret}\n",
     "f.yaml:1:15: duplicate key 'a...' (the first is in line 1)"},
    {"&x {a: 1}\n", "f.yaml:1:1: anchors and aliases are not supported"},
    {"!x {a: 1}\n", "f.yaml:1:1: tags are not supported"},
    {"{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 1, k: 2, "
     "l: 3, m: 4, n: 5, o: 6, p: 7, b: 8}\n",
     "f.yaml:1:98: duplicate key 'b' (the first is in line 1)"},
    {"a: &x 1\n", "f.yaml:1:4: anchors and aliases are not supported"},
    {"a: *x\n", "f.yaml:1:4: anchors and aliases are not supported"},
    {"a:\n  <<: {b: 1}\n", "f.yaml:2:3: merge keys are not supported"},
    {"a: !x 1\n", "f.yaml:1:4: tags are not supported"},
    {"a: !!binary YQ==\n", "f.yaml:1:4: tags are not supported"},
    {"a: !!map x\n", "f.yaml:1:4: tags are not supported"},
    {"%TAG !e! tag:example\n---\na: 1\n",
     "f.yaml:1:1: the directive %TAG is not supported"},
    {"a: 1\n---\nb: 2\n",
     "f.yaml:2:1: a second document; a file holds only one"},
    {"? [a]\n: 1\n", "f.yaml:1:3: a key must be text"},
    {"~: 1\n", "f.yaml:1:1: a key must be text, not nothing"},
    {"a:\n\tb: 1\n", "f.yaml:2:1: bad YAML: a TAB can't indent; use spaces"},
    {"a: 1\nbroken\n",
     "f.yaml:2:1: bad YAML: a key wants a colon and a space behind it"},
    {"a: 1\nb:2\nc: 3\n",
     "f.yaml:2:1: bad YAML: a key wants a colon and a space behind it"},
    {"\xc3\xa9\xc3\xa9\t:\t:\t1\n",
     "f.yaml:1:6: bad YAML: mapping values are not allowed in this context"},
    {"a: [1, 2\n",
     "f.yaml:2:1: bad YAML: did not find expected ',' or ']', while parsing a "
     "flow sequence that begins in line 1"},
    {"[[[[[[[[[[[[[[[[[", "f.yaml:1:17: more than 16 levels of nesting"},
    {"key: \"s3cret\\e[2J\"\n",
     "f.yaml:1:6: the value of 'key' holds a control character (U+001B)"},
    {"key: [a, \"s3cret\\r\"]\n",
     "f.yaml:1:10: the value of 'key' holds a control character (U+000D)"},
    {"\"k\\x07\": 1\n",
     "f.yaml:1:1: a text here holds a control character (U+0007)"},
    {"\"a\\x07\"\n",
     "f.yaml:1:1: a text here holds a control character (U+0007)"},
    {"a: \"\\u202e\"\n", "f.yaml:1:4: the value of 'a' holds a character that "
                         "changes the direction of writing (U+202E)"},
    {"\xc3\xa9: \xe2\x80\xae\n",
     "f.yaml:1:4: the text holds a character that changes the direction of "
     "writing (U+202E)"},
    {"a: 1 # \xe2\x80\xa8"
     "b: 2\n",
     "f.yaml:1:8: the text holds a line end that editors don't show (U+2028)"},
    {"\xc3\xa9\xe2\x82\xac: \"x\x01\"\n",
     "f.yaml:1:7: the text holds a control character (U+0001)"},
    {"a: 1\rb: 2\n",
     "f.yaml:1:5: the text holds a control character (U+000D)"},
    {"ok: 1\na: \xff\n",
     "f.yaml:2:4: bytes that are not UTF-8; save the file as UTF-8"},
    {"\xff\xfe"
     "a",
     "f.yaml:1:1: this is UTF-16; save it as UTF-8"},
};

Test(yaml, says_what_is_wrong)
{
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++)
        expect_refusal(REFUSALS[i].text, strlen(REFUSALS[i].text),
                       REFUSALS[i].message);
}

Test(yaml, refuses_nul)
{
    expect_refusal("a: b\0c\n", 7,
                   "f.yaml:1:5: the text holds a control character (U+0000)");
    expect_refusal("a: \"b\\0c\"\n", 10,
                   "f.yaml:1:4: the value of 'a' holds a control character "
                   "(U+0000)");
}

Test(yaml, keeps_places_and_text)
{
    static const char TEXT[] = "\xef\xbb\xbf"
                               "a: 'no'\r\n"
                               "\xc3\xa9: {n: ~, q: \"null\", e: }\r\n"
                               "l: [0123, !!str 5, 1.10]\r\n";
    const struct yaml_limits limits = YAML_LIMITS_USER;
    struct yaml_document *document = NULL;
    struct tw_error err;
    const struct yaml_node *node, *item;

    cr_assert_eq(read_bytes(TEXT, sizeof TEXT - 1, &limits, &document, &err),
                 TW_OK, "%s", err.message);
    node = yaml_root(document)->child;
    cr_expect_str_eq(node->text, "no");
    cr_expect_eq(node->len, 2);
    cr_expect_eq(node->line, 1);
    cr_expect_eq(node->column, 4);
    cr_expect_eq(node->key->column, 1);
    node = node->next;
    cr_expect_str_eq(node->key->text, "\xc3\xa9");
    cr_expect_eq(node->kind, YAML_MAP);
    cr_expect_eq(node->column, 4);
    item = node->child;
    cr_expect(item->is_null);
    item = item->next;
    cr_expect(!item->is_null);
    cr_expect_str_eq(item->text, "null");
    item = item->next;
    cr_expect(item->is_null);
    cr_expect_str_eq(item->text, "");
    cr_expect_null(item->next);
    node = node->next;
    cr_expect_eq(node->kind, YAML_LIST);
    cr_expect_str_eq(node->child->text, "0123");
    cr_expect_null(node->child->key);
    cr_expect_str_eq(node->child->next->text, "5");
    cr_expect_str_eq(node->child->next->next->text, "1.10");
    cr_expect_null(node->next);
    yaml_document_free(document);
}

/* A large file, then a small one in its memory, then a broken one. */
Test(yaml, uses_the_memory_of_one_before)
{
    const struct yaml_limits limits = YAML_LIMITS_USER;
    struct yaml_document *document = NULL;
    struct tw_error err;
    char large[8000], many[6000];
    const char *secret;

    memset(many, 'x', sizeof many);
    (void)snprintf(large, sizeof large, "s: hush\nl: [%.*s]\n",
                   (int)sizeof many, many);
    cr_assert_eq(read_bytes(large, strlen(large), &limits, &document, &err),
                 TW_OK, "%s", err.message);
    secret = yaml_root(document)->child->text;
    cr_expect_str_eq(secret, "hush");
    yaml_document_empty(document);
    cr_expect_null(yaml_root(document));
    cr_expect_arr_eq(secret, "\0\0\0\0", 4);
    cr_assert_eq(read_bytes("a: {b: c}\n", 10, &limits, &document, &err),
                 TW_OK, "%s", err.message);
    cr_expect_null(yaml_root(document)->child->next);
    cr_expect_str_eq(yaml_root(document)->child->child->text, "c");
    cr_expect(!yaml_root(document)->child->is_null);
    cr_expect_eq(read_bytes("a: 1\na: 2\n", 10, &limits, &document, &err),
                 TW_E_CONFIG);
    cr_expect_null(document);
    yaml_document_free(document);
    yaml_document_empty(NULL);
}

Test(yaml, sixteen_levels_are_read)
{
    static const char TEXT[] = "a: [[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]\n";
    const struct yaml_limits limits = YAML_LIMITS_USER;
    struct yaml_document *document = NULL;
    struct tw_error err;

    cr_assert_eq(read_bytes(TEXT, strlen(TEXT), &limits, &document, &err),
                 TW_OK, "%s", err.message);
    yaml_document_free(document);
}

Test(yaml, bounds_bytes_and_nodes)
{
    const struct yaml_limits few = {.bytes = 2048, .nodes = 5};
    struct yaml_document *document = NULL;
    struct tw_error err;
    char large[2049];

    cr_expect_eq(read_bytes("a: 1\nb: 2\nc: 3\n", 15, &few, &document, &err),
                 TW_E_CONFIG);
    cr_expect_str_eq(err.message,
                     "f.yaml:3:1: more than 5 keys and values; split the "
                     "file");
    memset(large, '#', sizeof large);
    cr_expect_eq(read_bytes(large, sizeof large, &few, &document, &err),
                 TW_E_CONFIG);
    cr_expect_str_eq(err.message, "f.yaml: larger than 2 KiB; split it into "
                                  "several files");
    cr_expect_null(document);
}

/* The last of many keys stands twice; with zeros before them they are in
 * order. */
static void
expect_duplicate_among_many(int width)
{
    const struct yaml_limits limits = YAML_LIMITS_SYSTEM;
    struct yaml_document *document = NULL;
    struct tw_error err;
    char *text = NULL;
    size_t n = 0;
    FILE *file = open_memstream(&text, &n);
    int64_t start;

    cr_assert(file);
    for (int i = 0; i < 40000; i++)
        (void)fprintf(file, "k%0*d: 1\n", width, i);
    (void)fprintf(file, "k39999: 1\n");
    (void)fclose(file);
    start = cpu_ms();
    cr_expect_eq(read_bytes(text, n, &limits, &document, &err), TW_E_CONFIG);
    cr_expect_lt(cpu_ms() - start, time_limit(1000));
    cr_expect_str_eq(err.message, "f.yaml:40001:1: duplicate key 'k39999' "
                                  "(the first is in line 40000)");
    free(text);
}

Test(yaml, finds_a_duplicate_among_many)
{
    expect_duplicate_among_many(1);
    expect_duplicate_among_many(5);
}

/* What makes libyaml slow is stopped before it is. */
Test(yaml, hostile_text_is_refused_soon)
{
    static const char *const PIECES[] = {
        "[",   "{",   "- ",           "? ", "[? ",   "!",
        "&a ", "a: ", "%TAG !a! x\n", "\t", "---\n", "a: ["};
    const struct yaml_limits limits = YAML_LIMITS_SYSTEM;

    for (size_t i = 0; i < sizeof PIECES / sizeof *PIECES; i++) {
        struct yaml_document *document = NULL;
        struct tw_error err;
        size_t n = strlen(PIECES[i]), count = 1000000 / n;
        char *text = malloc(n * count + 1);
        int64_t start;

        cr_assert(text);
        for (size_t j = 0; j < count; j++)
            memcpy(text + j * n, PIECES[i], n);
        start = cpu_ms();
        cr_expect_eq(read_bytes(text, n * count, &limits, &document, &err),
                     TW_E_CONFIG, "'%s'", PIECES[i]);
        cr_expect_lt(cpu_ms() - start, time_limit(1000), "'%s'", PIECES[i]);
        free(text);
    }
}

Test(unicode, knows_utf8)
{
    static const char *const GOOD[] = {"",
                                       "plain ASCII text, long enough",
                                       "\xc3\xa9",
                                       "\xe2\x82\xac",
                                       "\xf0\x9f\x98\x80",
                                       "a\tb\nc"};
    static const char *const BAD[] = {"\x80",
                                      "\xc3",
                                      "\xc0\xaf",
                                      "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80\x80",
                                      "\xe2\x82",
                                      "\xef\xbf\xbf",
                                      "ordinary\x7ftext",
                                      "ordinary \x01",
                                      "\xc2\x85",
                                      "\xef\xbb\xbf"};
    struct unicode_fault fault;

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        cr_expect(unicode_check(GOOD[i], strlen(GOOD[i]), false, &fault));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_expect(!unicode_check(BAD[i], strlen(BAD[i]), false, &fault), "%zu",
                  i);
    cr_expect(unicode_check("a\r\nb", 4, true, &fault));
    cr_expect(!unicode_check("a\r\nb", 4, false, &fault));
    cr_expect(!unicode_check("a\rb", 3, true, &fault));
    cr_expect_eq(fault.offset, 1);
}

Test(yaml, showing_what_is_no_text)
{
    static const char *const TEXTS[][2] = {
        {"", ""},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"a\x1b[31mb", "a?[31mb"},
        {"\xc2\x9b[m", "??[m"},
        {"\xe2\x80\xae.lmay", "???.lmay"},
        {"a\xff\xc3", "a??"},
    };

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        char text[32];

        (void)strcpy(text, TEXTS[i][0]);
        unicode_show(text, strlen(text));
        cr_expect_str_eq(text, TEXTS[i][1], "%zu", i);
    }
}
