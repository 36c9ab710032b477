/* SPDX-License-Identifier: MIT */
/*
 * json_scan.c - the strict pass in front of json-c, which lets through NaN,
 * single quotes, raw control bytes, "-01" and duplicates, and cuts keys at a
 * NUL.  Nothing is built; keys are kept as hashes, sorted once an object ends:
 * two keys of one hash are refused like two equal keys.  What json-c must make
 * of it is counted: where memory is short it drops members and parts of texts
 * without a word.
 */
#include "helper/text/json_scan.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "helper/text/json.h"
#include "helper/text/json_string.h"
#include "provider/base/auto.h"

struct scan {
    struct json_cursor cursor;
    int depth;
    size_t values;
    uint64_t *keys; /* of the objects that are open, innermost last */
    size_t key_count, key_room;
    bool is_double; /* a name stands in an object twice */
};

static bool scan_value(struct scan *scan);

static void
skip_space(struct json_cursor *cursor)
{
    while (cursor->at < cursor->end && *cursor->at &&
           strchr(" \t\r\n", *cursor->at))
        cursor->at++;
}

static bool
take_word(struct json_cursor *cursor, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(cursor->end - cursor->at) < n ||
        memcmp(cursor->at, word, n) != 0)
        return false;
    cursor->at += n;
    return true;
}

static bool
is_digit(const struct json_cursor *cursor)
{
    return cursor->at < cursor->end && *cursor->at >= '0' &&
           *cursor->at <= '9';
}

static bool
take_digits(struct json_cursor *cursor)
{
    if (!is_digit(cursor))
        return false;
    while (is_digit(cursor))
        cursor->at++;
    return true;
}

static bool
scan_number(struct json_cursor *cursor)
{
    (void)json_take(cursor, '-');
    if (!json_take(cursor, '0') && !take_digits(cursor))
        return false;
    if (json_take(cursor, '.') && !take_digits(cursor))
        return false;
    if (json_take(cursor, 'e') || json_take(cursor, 'E')) {
        if (!json_take(cursor, '+'))
            (void)json_take(cursor, '-');
        return take_digits(cursor);
    }
    return true;
}

static bool
scan_array(struct scan *scan)
{
    skip_space(&scan->cursor);
    if (json_take(&scan->cursor, ']'))
        return true;
    for (;;) {
        if (!scan_value(scan))
            return false;
        if (json_take(&scan->cursor, ']'))
            return true;
        if (!json_take(&scan->cursor, ','))
            return false;
    }
}

static bool
keep_key(struct scan *scan, uint64_t hash)
{
    if (scan->key_count == scan->key_room) {
        size_t room = scan->key_room ? scan->key_room * 2 : 64;
        uint64_t *keys = realloc(scan->keys, room * sizeof *keys);

        if (!keys)
            return false;
        scan->keys = keys;
        scan->key_room = room;
    }
    scan->keys[scan->key_count++] = hash;
    return true;
}

static int
compare(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static bool
are_different(uint64_t *keys, size_t n)
{
    qsort(keys, n, sizeof *keys, compare);
    for (size_t i = 1; i < n; i++) {
        if (keys[i] == keys[i - 1])
            return false;
    }
    return true;
}

static bool
scan_member(struct scan *scan)
{
    struct json_name facts;

    skip_space(&scan->cursor);
    if (!json_take_string(&scan->cursor, &facts) ||
        (facts.has_nul && scan->depth == 1) || !keep_key(scan, facts.hash))
        return false;
    skip_space(&scan->cursor);
    return json_take(&scan->cursor, ':') && scan_value(scan);
}

static bool
scan_object(struct scan *scan)
{
    size_t first = scan->key_count;
    bool good;

    skip_space(&scan->cursor);
    if (json_take(&scan->cursor, '}'))
        return true;
    do
        good = scan_member(scan);
    while (good && json_take(&scan->cursor, ','));
    if (!good || !json_take(&scan->cursor, '}'))
        return false;
    scan->is_double =
        !are_different(scan->keys + first, scan->key_count - first);
    scan->key_count = first;
    return !scan->is_double;
}

/* A value and the white space on both sides of it. */
static bool
scan_value(struct scan *scan)
{
    bool good;

    skip_space(&scan->cursor);
    if (scan->depth >= JSON_DEPTH_MAX || scan->values >= JSON_VALUES_MAX ||
        scan->cursor.at >= scan->cursor.end)
        return false;
    scan->values++;
    scan->depth++;
    switch (*scan->cursor.at) {
    case '{':
        scan->cursor.at++;
        good = scan_object(scan);
        break;
    case '[':
        scan->cursor.at++;
        good = scan_array(scan);
        break;
    case '"':
        good = json_take_string(&scan->cursor, NULL);
        break;
    case 't':
        good = take_word(&scan->cursor, "true");
        break;
    case 'f':
        good = take_word(&scan->cursor, "false");
        break;
    case 'n':
        good = take_word(&scan->cursor, "null");
        break;
    default:
        good = scan_number(&scan->cursor);
        break;
    }
    scan->depth--;
    skip_space(&scan->cursor);
    return good;
}

bool
json_scan(const char *text, size_t n, struct json_size *out)
{
    const unsigned char *bytes = (const unsigned char *)text;
    struct scan scan = {.cursor = {.at = bytes, .end = bytes + n}};
    bool good;

    skip_space(&scan.cursor);
    good = scan.cursor.at < scan.cursor.end && *scan.cursor.at == '{' &&
           scan_value(&scan) && scan.cursor.at == scan.cursor.end;
    free(scan.keys);
    if (scan.is_double)
        errno = EEXIST;
    if (good)
        *out = (struct json_size){.values = scan.values,
                                  .bytes = scan.cursor.bytes,
                                  .pairs = scan.cursor.pairs};
    return good;
}
