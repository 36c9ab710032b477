/* SPDX-License-Identifier: MIT */
/*
 * yaml_tree.h - the tree of a YAML text while it grows, with its limits.
 *
 * yaml.c tells it what libyaml reads; it refuses what goes too deep, is too
 * much, stands twice or holds characters that nobody sees.
 */
#ifndef TW_HELPER_YAML_TREE_H
#define TW_HELPER_YAML_TREE_H

#include "helper/base/arena.h"
#include "helper/text/yaml.h"

struct yaml_document {
    struct arena arena;
    const struct yaml_node *root;
};

/* A map or list that is still open. */
struct yaml_frame {
    struct yaml_node *node;
    struct yaml_node *last; /* its last child */
    struct yaml_node *key;  /* of a map: waits for its value */
    size_t count;
};

struct yaml_tree {
    const char *name; /* of the text, for messages */
    const struct yaml_limits *limits;
    struct yaml_document *document;
    struct yaml_frame frames[YAML_DEPTH_MAX];
    size_t depth, nodes;
    struct tw_error *err;
};

struct yaml_place {
    uint32_t line, column; /* from 1 */
};

/* yaml_tree_refuse: TW_E_CONFIG, "NAME:LINE:COLUMN: " and the message. */
enum tw_status yaml_tree_refuse(const struct yaml_tree *tree,
                                struct yaml_place place, const char *format,
                                ...) __attribute__((format(printf, 3, 4)));

/* yaml_tree_text: a key, value or item.  @plain: written without quotes or
 * tag, so that it may be null or a merge key.  @escaped: it may hold what the
 * whole text, which was looked at, does not. */
enum tw_status yaml_tree_text(struct yaml_tree *tree, struct yaml_place place,
                              const char *text, size_t n, bool plain,
                              bool escaped);

/* yaml_tree_open: a map or a list begins; yaml_tree_close: it ends. */
enum tw_status yaml_tree_open(struct yaml_tree *tree, struct yaml_place place,
                              enum yaml_kind kind);
enum tw_status yaml_tree_close(struct yaml_tree *tree);

/* yaml_tree_finish: the root is there and a map. */
enum tw_status yaml_tree_finish(const struct yaml_tree *tree);

#endif
