/* SPDX-License-Identifier: MIT */
/*
 * yaml.c - any text as YAML: the tree is within its limits, and the same tree
 * written in the plainest way is read as the same.
 */
#include "helper/text/yaml.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#define WRITTEN_MAX (8 * 64 * 1024)

static bool put(struct secret *out, const struct yaml_node *node, int depth,
                size_t *nodes);

/* In double quotes, where nothing has a meaning but these four. */
static bool
put_text(struct secret *out, const struct yaml_node *node)
{
    bool good = secret_append(out, "\"", 1);

    FUZZ_CHECK(strlen(node->text) == node->len);
    for (size_t i = 0; good && i < node->len; i++) {
        switch (node->text[i]) {
        case '"':
        case '\\':
            good = secret_append(out, "\\", 1) &&
                   secret_append(out, node->text + i, 1);
            break;
        case '\n':
            good = secret_append(out, "\\n", 2);
            break;
        case '\t':
            good = secret_append(out, "\\t", 2);
            break;
        case '\r':
            good = secret_append(out, "\\r", 2);
            break;
        default:
            good = secret_append(out, node->text + i, 1);
        }
    }
    return good && secret_append(out, "\"", 1);
}

static bool
put_child(struct secret *out, const struct yaml_node *child, int depth,
          size_t *nodes)
{
    if (child->key) {
        ++*nodes;
        FUZZ_CHECK(child->key->kind == YAML_TEXT);
        if (!secret_append(out, "? ", 2) || !put_text(out, child->key) ||
            !secret_append(out, "\n: ", 3))
            return false;
    }
    return put(out, child, depth + 1, nodes) && secret_append(out, ",\n", 2);
}

static bool
put(struct secret *out, const struct yaml_node *node, int depth, size_t *nodes)
{
    const struct yaml_node *child;
    bool map = node->kind == YAML_MAP;
    bool good;

    ++*nodes;
    /* Of maps and lists; the innermost still has texts. */
    FUZZ_CHECK(depth <= YAML_DEPTH_MAX + (node->kind == YAML_TEXT));
    FUZZ_CHECK(node->line >= 1 && node->column >= 1);
    if (node->kind == YAML_TEXT)
        return put_text(out, node);
    good = secret_append(out, map ? "{" : "[", 1);
    for (child = node->child; good && child; child = child->next) {
        FUZZ_CHECK((child->key != NULL) == map);
        good = put_child(out, child, depth, nodes);
    }
    return good && secret_append(out, map ? "}" : "]", 1);
}

void
fuzz_yaml(const uint8_t *data, size_t n)
{
    const struct yaml_limits limits = YAML_LIMITS_USER;
    const struct yaml_limits wide = {.bytes = WRITTEN_MAX, .nodes = 4096};
    struct yaml_document *document = NULL, *again = NULL;
    AUTO_SECRET text = SECRET_INIT(WRITTEN_MAX);
    AUTO_SECRET second = SECRET_INIT(WRITTEN_MAX);
    struct tw_error err = {0};
    size_t nodes = 0, nodes_again = 0;

    if (yaml_read("f.yaml", (const char *)data, n, &limits, &document, &err)) {
        fuzz_check_message(&err);
        FUZZ_CHECK(!document && strncmp(err.message, "f.yaml", 6) == 0);
        return;
    }
    FUZZ_CHECK(n <= limits.bytes && yaml_root(document)->kind == YAML_MAP);
    if (put(&text, yaml_root(document), 1, &nodes)) {
        FUZZ_CHECK(nodes <= limits.nodes);
        FUZZ_CHECK(
            !yaml_read("g.yaml", text.bytes, text.len, &wide, &again, &err));
        FUZZ_CHECK(put(&second, yaml_root(again), 1, &nodes_again));
        FUZZ_CHECK(nodes == nodes_again);
        FUZZ_CHECK(strcmp(text.bytes, second.bytes) == 0);
    }
    yaml_document_free(again);
    yaml_document_free(document);
}
