/* SPDX-License-Identifier: MIT */
/*
 * yaml.h - a YAML text as a small tree of text nodes, each with its place.
 *
 * Limits are checked on libyaml's events and reading stops at the first
 * breach.  UTF-8 only, one document; no aliases, anchors, merge keys, tags
 * but !!str !!map !!seq, duplicate keys or control characters.  Plain scalars
 * are text.  The only file that knows libyaml is yaml.c.
 */
#ifndef TW_HELPER_YAML_H
#define TW_HELPER_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "provider/base/error.h"

#define YAML_DEPTH_MAX 16

struct yaml_limits {
    size_t bytes; /* of the text */
    size_t nodes;
};

#define YAML_LIMITS_USER \
    ((struct yaml_limits){.bytes = 64 * 1024, .nodes = 4096})
#define YAML_LIMITS_SYSTEM \
    ((struct yaml_limits){.bytes = 1024 * 1024, .nodes = 128 * 1024})

enum yaml_kind { YAML_TEXT = 1, YAML_MAP, YAML_LIST };

struct yaml_node {
    enum yaml_kind kind : 8;
    bool is_null; /* plain, and one of: nothing, ~, null (and spellings) */
    uint32_t line, column; /* from 1 */
    uint32_t len;
    const char *text;            /* TEXT: NUL-ended, holds no NUL */
    const struct yaml_node *key; /* of a MAP's child: its key (a TEXT) */
    const struct yaml_node *child, *next;
};

/* Owns every node; wiped when it is freed.  (libyaml itself exports a
 * yaml_free: a symbol of ours by that name would take its place.) */
struct yaml_document;

/* yaml_read: @name is what a message calls the text (its path).  @out: NULL,
 * or a document of before, whose nodes go and whose memory is used again.
 * TW_E_CONFIG with "NAME:LINE:COLUMN: ...", TW_E_SYSTEM. The root is a MAP. */
enum tw_status yaml_read(const char *name, const char *text, size_t n,
                         const struct yaml_limits *limits,
                         struct yaml_document **out, struct tw_error *err);
const struct yaml_node *yaml_root(const struct yaml_document *document);

/* yaml_key_shown: @key for a message, without what stands behind a ':' or '=':
 * where a space is missing, as in {client_secret:...}, that is the value. */
struct shown;
const char *yaml_key_shown(struct shown *out, const struct yaml_node *key);

/* yaml_child: the value of @map's @key; NULL: it is not there, as in a @map
 * that is NULL or none. */
const struct yaml_node *yaml_child(const struct yaml_node *map,
                                   const char *key);

/* yaml_document_empty: its nodes are wiped and gone, its memory waits for the
 * next yaml_read().  NULL: nothing. */
void yaml_document_empty(struct yaml_document *document);
void yaml_document_free(struct yaml_document *document);

#endif
