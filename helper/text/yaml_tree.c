/* SPDX-License-Identifier: MIT */
/*
 * yaml_tree.c - texts, maps and lists come in as they are read, and are tied
 * together.
 *
 * Depth and number are checked before anything is allocated.  A message names
 * a value by its key and never quotes it: it may be the secret.
 */
#include "helper/text/yaml_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/base/unicode.h"
#include "helper/text/yaml_keys.h"
#include "provider/base/text.h"

enum tw_status
yaml_tree_refuse(const struct yaml_tree *tree, struct yaml_place place,
                 const char *format, ...)
{
    char what[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return tw_fail(tree->err, TW_E_CONFIG, "%s:%u:%u: %s", tree->name,
                   place.line, place.column, what);
}

static struct yaml_place
place_of(const struct yaml_node *node)
{
    return (struct yaml_place){node->line, node->column};
}

/* The key whose value, or whose list's item, comes next; NULL: none. */
static const struct yaml_node *
key_of_next(const struct yaml_tree *tree)
{
    const struct yaml_frame *frame;

    if (tree->depth == 0)
        return NULL;
    frame = &tree->frames[tree->depth - 1];
    return frame->node->kind == YAML_LIST ? frame->node->key : frame->key;
}

const char *
yaml_key_shown(struct shown *out, const struct yaml_node *key)
{
    size_t n = strcspn(key->text, ":=");

    (void)text_printable(out, key->text, n);
    if (n <= TEXT_SHOWN_MAX && key->text[n])
        (void)strcpy(out->text + n, "...");
    return out->text;
}

static enum tw_status
check_characters(const struct yaml_tree *tree, struct yaml_place place,
                 const char *text, size_t n)
{
    const struct yaml_node *key = key_of_next(tree);
    struct unicode_fault fault;
    struct shown shown;

    if (unicode_check(text, n, false, &fault))
        return TW_OK;
    if (!key)
        return yaml_tree_refuse(tree, place, "a text here holds %s (U+%04X)",
                                fault.what, fault.character);
    return yaml_tree_refuse(tree, place, "the value of '%s' holds %s (U+%04X)",
                            yaml_key_shown(&shown, key), fault.what,
                            fault.character);
}

static bool
is_null_text(const char *text, size_t n)
{
    if (n == strlen("null"))
        return memcmp(text, "null", n) == 0 || memcmp(text, "Null", n) == 0 ||
               memcmp(text, "NULL", n) == 0;
    return n == 0 || (n == 1 && text[0] == '~');
}

/* A node of the arena with @more bytes behind it, or NULL with the reason in
 * @status. */
static struct yaml_node *
new_node(struct yaml_tree *tree, struct yaml_place place, enum yaml_kind kind,
         size_t more, enum tw_status *status)
{
    struct yaml_node *node;

    if (++tree->nodes > tree->limits->nodes) {
        *status = yaml_tree_refuse(
            tree, place, "more than %zu keys and values; split the file",
            tree->limits->nodes);
        return NULL;
    }
    node = arena_room(&tree->document->arena, sizeof *node + more);
    if (!node) {
        *status = tw_no_memory(tree->err);
        return NULL;
    }
    *node = (struct yaml_node){
        .kind = kind, .line = place.line, .column = place.column};
    return node;
}

static enum tw_status
take_key(const struct yaml_tree *tree, struct yaml_frame *frame,
         struct yaml_node *node, bool plain)
{
    if (node->kind != YAML_TEXT)
        return yaml_tree_refuse(tree, place_of(node), "a key must be text");
    if (node->is_null)
        return yaml_tree_refuse(tree, place_of(node),
                                "a key must be text, not nothing");
    if (plain && strcmp(node->text, "<<") == 0)
        return yaml_tree_refuse(tree, place_of(node),
                                "merge keys are not supported");
    frame->key = node;
    return TW_OK;
}

/* Puts @node where it belongs: as root, key, value or item. */
static enum tw_status
attach(struct yaml_tree *tree, struct yaml_node *node, bool plain)
{
    struct yaml_frame *frame;

    if (tree->depth == 0) {
        tree->document->root = node;
        return TW_OK;
    }
    frame = &tree->frames[tree->depth - 1];
    if (frame->node->kind == YAML_MAP && !frame->key)
        return take_key(tree, frame, node, plain);
    node->key = frame->key;
    frame->key = NULL;
    if (frame->last)
        frame->last->next = node;
    else
        frame->node->child = node;
    frame->last = node;
    frame->count++;
    return TW_OK;
}

enum tw_status
yaml_tree_text(struct yaml_tree *tree, struct yaml_place place,
               const char *text, size_t n, bool plain, bool escaped)
{
    enum tw_status status = TW_OK;
    struct yaml_node *node;

    if (escaped)
        status = check_characters(tree, place, text, n);
    if (status)
        return status;
    node = new_node(tree, place, YAML_TEXT, n + 1, &status);
    if (!node)
        return status;
    node->text = memcpy(node + 1, text, n + 1); /* libyaml ends it by NUL */
    node->len = (uint32_t)n; /* of a text of 1 MiB at most */
    node->is_null = plain && is_null_text(text, n);
    return attach(tree, node, plain);
}

enum tw_status
yaml_tree_open(struct yaml_tree *tree, struct yaml_place place,
               enum yaml_kind kind)
{
    struct yaml_node *node;
    enum tw_status status;

    if (tree->depth == YAML_DEPTH_MAX)
        return yaml_tree_refuse(tree, place, "more than %d levels of nesting",
                                YAML_DEPTH_MAX);
    node = new_node(tree, place, kind, 0, &status);
    if (!node)
        return status;
    status = attach(tree, node, false);
    if (!status)
        tree->frames[tree->depth++] = (struct yaml_frame){.node = node};
    return status;
}

enum tw_status
yaml_tree_close(struct yaml_tree *tree)
{
    const struct yaml_frame *frame = &tree->frames[--tree->depth];
    const struct yaml_node *first, *second;
    struct shown shown;

    if (frame->node->kind != YAML_MAP)
        return TW_OK;
    if (!yaml_keys_twice(frame->node, frame->count, &first, &second))
        return tw_no_memory(tree->err);
    if (!second)
        return TW_OK;
    return yaml_tree_refuse(tree, place_of(second),
                            "duplicate key '%s' (the first is in line %u)",
                            yaml_key_shown(&shown, second), first->line);
}

enum tw_status
yaml_tree_finish(const struct yaml_tree *tree)
{
    const struct yaml_node *root = tree->document->root;

    if (!root || root->is_null)
        return yaml_tree_refuse(
            tree, root ? place_of(root) : (struct yaml_place){1, 1},
            "the file is empty");
    if (root->kind != YAML_MAP)
        return yaml_tree_refuse(tree, place_of(root),
                                "the top level must be a mapping "
                                "(KEY: VALUE)");
    return TW_OK;
}

const struct yaml_node *
yaml_root(const struct yaml_document *document)
{
    return document->root;
}

const struct yaml_node *
yaml_child(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node =
        map && map->kind == YAML_MAP ? map->child : NULL;

    while (node &&
           (node->key->text[0] != key[0] || strcmp(node->key->text, key) != 0))
        node = node->next;
    return node;
}

void
yaml_document_empty(struct yaml_document *document)
{
    if (!document)
        return;
    arena_empty(&document->arena);
    document->root = NULL;
}

void
yaml_document_free(struct yaml_document *document)
{
    if (!document)
        return;
    arena_clear(&document->arena);
    free(document);
}
