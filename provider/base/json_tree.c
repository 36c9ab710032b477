/* SPDX-License-Identifier: MIT */
/*
 * json_tree.c - see json_tree.h; RFC 8259.
 *
 * A loop over the text with a stack of what is open.  A word's NUL
 * takes the place of the byte behind it once that was read.
 */
#include "provider/base/json_tree.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "provider/base/json_quoted.h"

enum wanted {
    WANT_VALUE,
    WANT_VALUE_OR_END, /* behind '[' */
    WANT_NAME,
    WANT_NAME_OR_END, /* behind '{' */
    WANT_COMMA,
    WANT_NOTHING,
};

struct reader {
    char *at, *end;
    struct json_tree *tree;
    const char *const *closed; /* or NULL */
    size_t
        open[JSON_TREE_DEPTH]; /* indices of what is open, outermost first */
    unsigned char objects[JSON_TREE_CLOSED_DEPTH / CHAR_BIT]; /* among them */
    size_t depth;
    size_t closed_depth; /* what is at least as deep is not kept; 0: is */
    const char *name;    /* of the value that comes next */
    enum wanted wanted;
};

static bool
is_closed(const struct reader *reader)
{
    return reader->closed_depth && reader->depth >= reader->closed_depth;
}

/* Is it the one that stays closed, that comes next? */
static bool
is_at_closed(const struct reader *reader)
{
    const char *const *path = reader->closed;

    if (!path)
        return false;
    for (size_t i = 1; i < reader->depth; i++, path++) {
        if (!*path ||
            strcmp(reader->tree->values[reader->open[i]].name, *path) != 0)
            return false;
    }
    return path[0] && strcmp(reader->name, path[0]) == 0 && !path[1];
}

static void
set_object(struct reader *reader, bool object)
{
    unsigned bit = 1U << reader->depth % CHAR_BIT;
    unsigned char *bits = &reader->objects[reader->depth / CHAR_BIT];

    *bits = (unsigned char)(object ? *bits | bit : *bits & ~bit);
}

static bool
is_in_object(const struct reader *reader)
{
    size_t at = reader->depth - 1;

    return (unsigned)reader->objects[at / CHAR_BIT] >> at % CHAR_BIT & 1U;
}

static void
skip_space(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) &&
           *reader->at)
        reader->at++;
}

static size_t
count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? and nothing behind it. */
static bool
is_number(const char *text)
{
    size_t n;

    text += *text == '-';
    n = count_digits(text);
    if (n == 0 || (n > 1 && *text == '0'))
        return false;
    text += n;
    if (*text == '.') {
        n = count_digits(++text);
        if (n == 0)
            return false;
        text += n;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        n = count_digits(text);
        if (n == 0)
            return false;
        text += n;
    }
    return !*text;
}

static bool
is_word(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
           strcmp(text, "null") == 0 || is_number(text);
}

/* Is there such a member in the innermost open object already? */
static bool
is_member(const struct reader *reader, const char *name)
{
    const struct json_tree *tree = reader->tree;
    size_t object;

    if (is_closed(reader))
        return false;
    object = reader->open[reader->depth - 1];
    for (size_t i = object + 1; i < tree->count; i++) {
        if (tree->values[i].parent == object &&
            strcmp(tree->values[i].name, name) == 0)
            return true;
    }
    return false;
}

static bool
add_value(struct reader *reader, enum json_tree_kind kind, const char *text)
{
    struct json_tree *tree = reader->tree;

    reader->wanted = reader->depth ? WANT_COMMA : WANT_NOTHING;
    if (is_closed(reader))
        return true;
    if (tree->count == JSON_TREE_VALUES)
        return false;
    tree->values[tree->count++] = (struct json_value){
        .kind = kind,
        .name = reader->name,
        .text = text,
        .parent = reader->depth ? reader->open[reader->depth - 1] : 0};
    reader->name = "";
    return true;
}

static bool
open_value(struct reader *reader, enum json_tree_kind kind)
{
    bool stays_closed = is_at_closed(reader);
    size_t most = is_closed(reader) ? JSON_TREE_CLOSED_DEPTH : JSON_TREE_DEPTH;

    if (reader->depth == most || !add_value(reader, kind, ""))
        return false;
    if (!is_closed(reader))
        reader->open[reader->depth] = reader->tree->count - 1;
    set_object(reader, kind == JSON_TREE_OBJECT);
    reader->depth++;
    if (stays_closed)
        reader->closed_depth = reader->depth;
    reader->at++;
    reader->wanted =
        kind == JSON_TREE_OBJECT ? WANT_NAME_OR_END : WANT_VALUE_OR_END;
    return true;
}

static bool
close_value(struct reader *reader)
{
    reader->depth--;
    if (!is_closed(reader))
        reader->closed_depth = 0;
    reader->at++;
    reader->wanted = reader->depth ? WANT_COMMA : WANT_NOTHING;
    return true;
}

/* The byte behind the word becomes its NUL, and is given back to be read. */
static bool
take_word(struct reader *reader)
{
    char *word = reader->at, *stop = word, kept;
    bool good;

    while (stop < reader->end && *stop && !strchr(" \t\r\n,]}", *stop))
        stop++;
    kept = *stop;
    *stop = '\0';
    good = is_word(word) && add_value(reader, JSON_TREE_WORD, word);
    *stop = kept;
    reader->at = stop;
    return good;
}

static bool
take_value(struct reader *reader)
{
    const char *text;

    switch (*reader->at) {
    case '{':
        return open_value(reader, JSON_TREE_OBJECT);
    case '[':
        return open_value(reader, JSON_TREE_ARRAY);
    case '"':
        text = json_quoted_take(&reader->at, reader->end);
        return text && add_value(reader, JSON_TREE_TEXT, text);
    default:
        return take_word(reader);
    }
}

static bool
take_name(struct reader *reader)
{
    if (*reader->at != '"')
        return false;
    reader->name = json_quoted_take(&reader->at, reader->end);
    if (!reader->name || is_member(reader, reader->name))
        return false;
    skip_space(reader);
    if (reader->at == reader->end || *reader->at++ != ':')
        return false;
    reader->wanted = WANT_VALUE;
    return true;
}

static bool
take_comma(struct reader *reader)
{
    bool object = is_in_object(reader);

    if (*reader->at == (object ? '}' : ']'))
        return close_value(reader);
    if (*reader->at != ',')
        return false;
    reader->at++;
    reader->wanted = object ? WANT_NAME : WANT_VALUE;
    return true;
}

static bool
take_next(struct reader *reader)
{
    switch (reader->wanted) {
    case WANT_NAME_OR_END:
        return *reader->at == '}' ? close_value(reader) : take_name(reader);
    case WANT_VALUE_OR_END:
        return *reader->at == ']' ? close_value(reader) : take_value(reader);
    case WANT_NAME:
        return take_name(reader);
    case WANT_VALUE:
        return take_value(reader);
    case WANT_COMMA:
        return take_comma(reader);
    case WANT_NOTHING:
    default:
        return false;
    }
}

/* A word's NUL can be put only when the byte it stands on was read. */
static void
end_words(struct json_tree *tree, const char *end)
{
    for (size_t i = 0; i < tree->count; i++) {
        char *text = (char *)(uintptr_t)tree->values[i].text;

        if (tree->values[i].kind != JSON_TREE_WORD)
            continue;
        while (text < end && *text && !strchr(" \t\r\n,]}", *text))
            text++;
        *text = '\0';
    }
}

bool
json_tree_read(char *text, size_t n, struct json_tree *out)
{
    return json_tree_read_around(NULL, text, n, out);
}

bool
json_tree_read_around(const char *const *closed, char *text, size_t n,
                      struct json_tree *out)
{
    struct reader reader = {.at = text,
                            .end = text + n,
                            .tree = out,
                            .closed = closed,
                            .name = ""};

    out->count = 0;
    if (n > JSON_TREE_BYTES)
        return false;
    text[n] = '\0';
    for (skip_space(&reader); reader.at < reader.end; skip_space(&reader)) {
        if (!take_next(&reader)) {
            out->count = 0;
            return false;
        }
    }
    if (reader.wanted != WANT_NOTHING) {
        out->count = 0;
        return false;
    }
    end_words(out, reader.end);
    return true;
}

/* The index of the object's member, or 0, which is nobody's member. */
static size_t
find_member(const struct json_tree *tree, size_t object, const char *name)
{
    for (size_t i = object + 1; i < tree->count; i++) {
        if (tree->values[object].kind == JSON_TREE_OBJECT &&
            tree->values[i].parent == object &&
            strcmp(tree->values[i].name, name) == 0)
            return i;
    }
    return 0;
}

static const char *
find_text(const struct json_tree *tree, const char *const *path,
          enum json_tree_kind kind)
{
    size_t at = 0;

    for (; *path; path++) {
        at = find_member(tree, at, *path);
        if (!at)
            return NULL;
    }
    return at && tree->values[at].kind == kind ? tree->values[at].text : NULL;
}

const char *
json_tree_text(const struct json_tree *tree, const char *const *path)
{
    return find_text(tree, path, JSON_TREE_TEXT);
}

const char *
json_tree_word(const struct json_tree *tree, const char *const *path)
{
    return find_text(tree, path, JSON_TREE_WORD);
}
