/* SPDX-License-Identifier: MIT */
/*
 * json.c - our two readers of JSON: the helper's, on json-c, and the front
 * ends' own.  Within the limits of both they accept the same, and read the
 * same in it.
 */
#include "helper/json.h"

#include <string.h>

#include "helper/json_scan.h"
#include "provider/base/json_tree.h"
#include "tests/fuzz/fuzz.h"

static struct json_tree tree; /* too large for the stack of some engines */

static void
check_member(const struct json *json, const struct json_value *value)
{
    size_t n = 0;
    const char *text = json_string(json, value->name, &n);

    switch (value->kind) {
    case JSON_TREE_TEXT:
        FUZZ_CHECK(text && n == strlen(text));
        FUZZ_CHECK(strcmp(text, value->text) == 0);
        return;
    case JSON_TREE_OBJECT:
        FUZZ_CHECK(json_kind(json, value->name) == JSON_OBJECT);
        return;
    case JSON_TREE_ARRAY:
        FUZZ_CHECK(json_kind(json, value->name) == JSON_ARRAY);
        return;
    case JSON_TREE_WORD:
        FUZZ_CHECK(!text && json_kind(json, value->name) != JSON_ABSENT);
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

    for (size_t i = 0; i < n; i++) {
        values += strchr(",[{", text[i]) && text[i];
        depth += strchr("[{", text[i]) && text[i];
    }
    return n > JSON_TREE_BYTES || values + 1 >= JSON_TREE_VALUES ||
           depth > JSON_TREE_DEPTH || memmem(text, n, "\\u0000", 6);
}

void
fuzz_json(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    AUTO_FREE char *changed = fuzz_text(data, n);
    struct json *json = json_read(text, n);
    bool is_tree = json_tree_read(changed, n, &tree) &&
                   tree.values[0].kind == JSON_TREE_OBJECT;

    FUZZ_CHECK(!json || json_scan(text, n) || (n > 3 && text[0] == '\xef'));
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        is_tree = false; /* a byte order mark is for the helper's alone */
    else if (!is_beyond(text, n))
        FUZZ_CHECK(is_tree == (json != NULL));
    FUZZ_CHECK(tree.count <= JSON_TREE_VALUES);
    for (size_t i = 1; json && is_tree && i < tree.count; i++) {
        FUZZ_CHECK(tree.values[i].parent < i);
        if (tree.values[i].parent == 0)
            check_member(json, &tree.values[i]);
    }
    json_free(json);
}
