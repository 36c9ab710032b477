/* SPDX-License-Identifier: MIT */
/*
 * json.c - our two readers of JSON: the helper's, on json-c, and the front
 * ends' own.  Within the limits of both they accept the same, and read the
 * same in it.  A number is made whole as arithmetic has it.
 *
 * The bytes are a document, and then the value of its one member.
 */
#include "helper/text/json.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

#include "helper/text/json_number.h"
#include "helper/text/json_scan.h"
#include "provider/base/json_tree.h"
#include "tests/fuzz/fuzz.h"

#define MEMBER_MAX 65536 /* bytes; longer ones are documents alone */

static struct json_tree tree; /* too large for the stack of some engines */

/* Beyond these long double knows no fractions; nor is a text of any length
 * read soon. */
#define EXACT (1LL << (LDBL_MANT_DIG < 62 ? LDBL_MANT_DIG - 2 : 60))
#define NUMBER_MAX 1000
#define PLAIN_MAX 14 /* bytes; shorter ones are not rounded to a whole */

/* The other reader may make of a long text the next whole number, the greatest
 * one included. */
static void
check_whole(const char *text, int64_t whole)
{
    long double value = strtold(text, NULL);

    if (value > (long double)INT64_MAX) {
        FUZZ_CHECK(whole == INT64_MAX);
    } else if (value < (long double)INT64_MIN) {
        FUZZ_CHECK(whole == INT64_MIN);
    } else if (value < (long double)EXACT && value > -(long double)EXACT) {
        FUZZ_CHECK((long double)whole <= value &&
                   value <= (long double)whole + 1);
        if (value != 0 && value == (long double)(int64_t)value &&
            strlen(text) <= PLAIN_MAX)
            FUZZ_CHECK(whole == (int64_t)value);
    }
}

/* -x is as far below zero as x is above it, or one more. */
static void
check_negative(const char *text, int64_t whole)
{
    char other[NUMBER_MAX + 2];
    int64_t negative;

    (void)snprintf(other, sizeof other, "%s%s", *text == '-' ? "" : "-",
                   text + (*text == '-'));
    negative = json_number_floor(other);
    if (whole > INT64_MIN && whole < INT64_MAX && negative > INT64_MIN &&
        negative < INT64_MAX)
        FUZZ_CHECK(whole + negative == 0 || whole + negative == -1);
}

static void
check_number(const struct json *json, const char *name, const char *text)
{
    int64_t whole = json_number_floor(text), seconds = 0;

    FUZZ_CHECK(json_kind(json, name) == JSON_NUMBER);
    FUZZ_CHECK(json_seconds(json, name, &seconds) && seconds == whole);
    if (strlen(text) > NUMBER_MAX)
        return;
    check_whole(text, whole);
    check_negative(text, whole);
}

/* Texts are seconds if they are digits and nothing else. */
static void
check_text(const struct json *json, const struct json_value *value)
{
    size_t n = 0, digits = strspn(value->text, "0123456789");
    const char *text = json_string(json, value->name, &n);
    int64_t seconds = 0;
    bool is_number = digits >= 1 && digits <= 20 && !value->text[digits];

    FUZZ_CHECK(text && n == strlen(text));
    FUZZ_CHECK(strcmp(text, value->text) == 0);
    FUZZ_CHECK(json_seconds(json, value->name, &seconds) == is_number);
    FUZZ_CHECK(!is_number || seconds == json_number_floor(text));
}

/* The items of an array, by number and by path. */
static void
check_items(const struct json *json, size_t array)
{
    const char *name = tree.values[array].name;
    size_t count = 0;

    for (size_t i = array + 1; i < tree.count; i++) {
        const struct json_value *item = &tree.values[i];
        const char *text, *by_path;
        size_t n = 0, length = 0;
        char path[64];

        if (item->parent != array)
            continue;
        text = json_item(json, name, count, &n);
        FUZZ_CHECK((item->kind == JSON_TREE_TEXT) == (text != NULL));
        FUZZ_CHECK(!text || strcmp(text, item->text) == 0);
        if (*name && strlen(name) < 32 && !strchr(name, '.')) {
            (void)snprintf(path, sizeof path, "%s.%zu", name, count);
            by_path = json_text_at(json, path, &length);
            FUZZ_CHECK(by_path == text && (!text || length == n));
        }
        count++;
    }
    FUZZ_CHECK(json_count(json, name) == count);
    FUZZ_CHECK(!json_item(json, name, count, &(size_t){0}));
}

static void
check_member(const struct json *json, size_t at)
{
    const struct json_value *value = &tree.values[at];

    switch (value->kind) {
    case JSON_TREE_TEXT:
        check_text(json, value);
        return;
    case JSON_TREE_OBJECT:
        FUZZ_CHECK(json_kind(json, value->name) == JSON_OBJECT);
        return;
    case JSON_TREE_ARRAY:
        FUZZ_CHECK(json_kind(json, value->name) == JSON_ARRAY);
        check_items(json, at);
        return;
    case JSON_TREE_WORD:
        if (*value->text == '-' ||
            (*value->text >= '0' && *value->text <= '9'))
            check_number(json, value->name, value->text);
        else
            FUZZ_CHECK(json_kind(json, value->name) ==
                       (*value->text == 'n' ? JSON_NULL : JSON_BOOL));
        return;
    }
    fuzz_fail(__FILE__, __LINE__, "a kind that is known");
}

/* What the helper's reader may accept and the other must not: U+0000 in a
 * value, and what passes the smaller limits. */
static bool
is_beyond(const char *text, size_t n)
{
    size_t values = 0, depth = 0;

    if (n > JSON_TREE_BYTES)
        return true;
    for (size_t i = 0; i < n; i++) {
        values += strchr(",[{", text[i]) && text[i];
        depth += strchr("[{", text[i]) && text[i];
    }
    return values + 1 >= JSON_TREE_VALUES || depth > JSON_TREE_DEPTH ||
           memmem(text, n, "\\u0000", 6);
}

static void
check_document(char *text, size_t n)
{
    bool is_large = n > JSON_TREE_BYTES; /* then nothing is changed */
    AUTO_FREE char *changed =
        is_large ? NULL : fuzz_text((const uint8_t *)text, n);
    struct json *json = json_read(text, n);
    struct json_size size;
    bool is_tree = json_tree_read(is_large ? text : changed, n, &tree) &&
                   tree.values[0].kind == JSON_TREE_OBJECT;

    if (n <= 3 || text[0] != '\xef') /* all that is scanned is read */
        FUZZ_CHECK((json != NULL) == json_scan(text, n, &size));
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        is_tree = false; /* a byte order mark is for the helper's alone */
    else if (!is_beyond(text, n))
        FUZZ_CHECK(is_tree == (json != NULL));
    FUZZ_CHECK(tree.count <= JSON_TREE_VALUES);
    for (size_t i = 1; json && is_tree && i < tree.count; i++) {
        FUZZ_CHECK(tree.values[i].parent < i);
        if (tree.values[i].parent == 0)
            check_member(json, i);
    }
    json_free(json);
}

void
fuzz_json(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    AUTO_FREE char *member = NULL;
    int length;

    check_document(text, n);
    if (n > MEMBER_MAX)
        return;
    length = asprintf(&member, "{\"n\":%s}", text);
    FUZZ_CHECK(length > 0);
    check_document(member, (size_t)length);
}
