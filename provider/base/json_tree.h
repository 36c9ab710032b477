/* SPDX-License-Identifier: MIT */
/*
 * json_tree.h - JSON (RFC 8259), read in place into a small table.
 *
 * For what the clients of our front ends send: libc alone, no recursion, no
 * memory of its own.  What two readers could understand differently is
 * refused: a member twice, U+0000, bytes that are no UTF-8, half a surrogate
 * pair, anything after the document.
 */
#ifndef TW_BASE_JSON_TREE_H
#define TW_BASE_JSON_TREE_H

#include <stdbool.h>
#include <stddef.h>

#define JSON_TREE_BYTES (256 * 1024) /* of one document */
#define JSON_TREE_VALUES 512         /* in one document */
#define JSON_TREE_DEPTH 16           /* objects and arrays in each other */
#define JSON_TREE_CLOSED_DEPTH 10000 /* the same, in what stays so */

enum json_tree_kind {
    JSON_TREE_OBJECT,
    JSON_TREE_ARRAY,
    JSON_TREE_TEXT,
    JSON_TREE_WORD, /* a number, true, false, null: as it is written */
};

struct json_value {
    enum json_tree_kind kind;
    const char *name; /* of a member; "" in an array and of the document */
    const char *text; /* decoded; "" of objects and arrays */
    size_t parent;    /* its index; 0 also of the document, which is first */
};

struct json_tree {
    struct json_value values[JSON_TREE_VALUES];
    size_t count;
};

/* json_tree_read: @text, which is changed, must have room for one byte more at
 * @n, and outlives @out.  False when it is no JSON or passes a limit. */
bool json_tree_read(char *text, size_t n, struct json_tree *out);

/* json_tree_read_around: the same, but that the object or array at @closed, a
 * path as below, stays closed: what is in it must be JSON, but is not kept,
 * and does not count; nor is a member that is there twice looked for. */
bool json_tree_read_around(const char *const *closed, char *text, size_t n,
                           struct json_tree *out);

/* json_tree_text: the text at @path, names of members in each other, ended by
 * NULL.  NULL when there is none, or something else than a text. */
const char *json_tree_text(const struct json_tree *tree,
                           const char *const *path);

/* json_tree_word: the same of a number, true, false or null. */
const char *json_tree_word(const struct json_tree *tree,
                           const char *const *path);

#endif
