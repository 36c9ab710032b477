/* SPDX-License-Identifier: MIT */
/*
 * yaml.c - a text comes in, a small tree of text nodes goes out.
 *
 * libyaml 0.2.5 knows no limits: it follows aliases, keeps duplicate keys,
 * reads UTF-16, needs seconds for nested brackets and has a table of %TAG
 * directives that grows with the square of their number.  So the text is
 * looked at once before libyaml sees it, everything else is checked on its
 * events, and reading stops at the first breach.  The tree is wiped when it
 * is freed; what libyaml frees is wiped by wipe.c.
 */
#include "helper/text/yaml.h"

#include <string.h>
#include <yaml.h>

#include "helper/base/unicode.h"
#include "helper/text/yaml_tree.h"
#include "provider/base/auto.h"

#define UTF8_BOM "\xef\xbb\xbf"
#define TAG "%TAG"
#define TAG_PREFIX "tag:yaml.org,2002:"

struct reading {
    const char *text;
    size_t n;
    bool has_document;
    struct yaml_tree tree;
};

static struct yaml_place
place_of(const yaml_mark_t *mark)
{
    return (struct yaml_place){(uint32_t)mark->line + 1,
                               (uint32_t)mark->column + 1};
}

static struct yaml_place
place_at(const struct reading *reading, size_t offset)
{
    struct yaml_place place;

    unicode_place(reading->text, offset, &place.line, &place.column);
    return place;
}

static void
auto_parser(yaml_parser_t *parser)
{
    yaml_parser_delete(parser);
}

static void
auto_event(yaml_event_t *event)
{
    yaml_event_delete(event);
}

static void
auto_document(struct yaml_document **document)
{
    yaml_document_free(*document);
}

/* No line of a profile begins with %TAG: it can only be the directive. */
static const char *
find_tag_directive(const char *text, size_t n)
{
    const char *at = text;

    while ((at = memchr(at, '%', n - (size_t)(at - text)))) {
        if ((at == text || at[-1] == '\n') &&
            n - (size_t)(at - text) >= strlen(TAG) &&
            memcmp(at, TAG, strlen(TAG)) == 0)
            return at;
        at++;
    }
    return NULL;
}

/* What can be said before libyaml sees a byte. */
static enum tw_status
check_text(const struct reading *reading)
{
    const struct yaml_tree *tree = &reading->tree;
    struct unicode_fault fault;
    const char *tag;

    if (reading->n > tree->limits->bytes)
        return tw_fail(tree->err, TW_E_CONFIG,
                       "%s: larger than %zu KiB; split it into several files",
                       tree->name, tree->limits->bytes / 1024);
    if (reading->n >= 2 && (memcmp(reading->text, "\xff\xfe", 2) == 0 ||
                            memcmp(reading->text, "\xfe\xff", 2) == 0))
        return yaml_tree_refuse(tree, place_at(reading, 0),
                                "this is UTF-16; save it as UTF-8");
    if (!unicode_check(reading->text, reading->n, true, &fault)) {
        if (!fault.is_utf8)
            return yaml_tree_refuse(tree, place_at(reading, fault.offset),
                                    "bytes that are not UTF-8; save the file "
                                    "as UTF-8");
        return yaml_tree_refuse(tree, place_at(reading, fault.offset),
                                "the text holds %s (U+%04X)", fault.what,
                                fault.character);
    }
    tag = find_tag_directive(reading->text, reading->n);
    if (tag)
        return yaml_tree_refuse(
            tree, place_at(reading, (size_t)(tag - reading->text)),
            "the directive %%TAG is not supported");
    return TW_OK;
}

/* libyaml's own words, as one message. */
static enum tw_status
explain_fault(const struct reading *reading, const yaml_parser_t *parser)
{
    const struct yaml_tree *tree = &reading->tree;
    struct yaml_place place = place_of(&parser->problem_mark);
    const char *problem = parser->problem ? parser->problem : "unreadable";
    size_t at =
        unicode_offset(reading->text, reading->n, place.line, place.column);

    if (parser->error == YAML_MEMORY_ERROR)
        return tw_no_memory(tree->err);
    if (strstr(problem, "tab character") ||
        (at < reading->n && reading->text[at] == '\t'))
        return yaml_tree_refuse(tree, place,
                                "bad YAML: a TAB can't indent; use spaces");
    if (parser->context && strstr(parser->context, "simple key"))
        return yaml_tree_refuse(tree, place_of(&parser->context_mark),
                                "bad YAML: a key wants a colon and a space "
                                "behind it");
    if (!parser->context)
        return yaml_tree_refuse(tree, place, "bad YAML: %s", problem);
    return yaml_tree_refuse(
        tree, place, "bad YAML: %s, %s that begins in line %u", problem,
        parser->context, place_of(&parser->context_mark).line);
}

/* The three tags that change nothing may stand where they are true. */
static enum tw_status
check_properties(const struct yaml_tree *tree, const yaml_event_t *event,
                 const yaml_char_t *anchor, const yaml_char_t *tag,
                 const char *allowed)
{
    const char *text = (const char *)tag;
    size_t n = strlen(TAG_PREFIX);

    if (!anchor && !tag)
        return TW_OK;
    if (anchor)
        return yaml_tree_refuse(tree, place_of(&event->start_mark),
                                "anchors and aliases are not supported");
    if (strncmp(text, TAG_PREFIX, n) != 0 || strcmp(text + n, allowed) != 0)
        return yaml_tree_refuse(tree, place_of(&event->start_mark),
                                "tags are not supported");
    return TW_OK;
}

static enum tw_status
take_scalar(struct yaml_tree *tree, const yaml_event_t *event)
{
    enum tw_status status = check_properties(
        tree, event, event->data.scalar.anchor, event->data.scalar.tag, "str");

    if (status)
        return status;
    return yaml_tree_text(
        tree, place_of(&event->start_mark),
        (const char *)event->data.scalar.value, event->data.scalar.length,
        event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
            !event->data.scalar.tag,
        event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

static enum tw_status
take_list(struct yaml_tree *tree, const yaml_event_t *event)
{
    enum tw_status status =
        check_properties(tree, event, event->data.sequence_start.anchor,
                         event->data.sequence_start.tag, "seq");

    if (status)
        return status;
    return yaml_tree_open(tree, place_of(&event->start_mark), YAML_LIST);
}

static enum tw_status
take_map(struct yaml_tree *tree, const yaml_event_t *event)
{
    enum tw_status status =
        check_properties(tree, event, event->data.mapping_start.anchor,
                         event->data.mapping_start.tag, "map");

    if (status)
        return status;
    return yaml_tree_open(tree, place_of(&event->start_mark), YAML_MAP);
}

static enum tw_status
take_document(struct reading *reading, const yaml_event_t *event)
{
    if (reading->has_document)
        return yaml_tree_refuse(&reading->tree, place_of(&event->start_mark),
                                "a second document; a file holds only one");
    reading->has_document = true;
    return TW_OK;
}

static enum tw_status
take_event(struct reading *reading, const yaml_event_t *event)
{
    struct yaml_tree *tree = &reading->tree;

    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return take_document(reading, event);
    case YAML_ALIAS_EVENT:
        return yaml_tree_refuse(tree, place_of(&event->start_mark),
                                "anchors and aliases are not supported");
    case YAML_SCALAR_EVENT:
        return take_scalar(tree, event);
    case YAML_SEQUENCE_START_EVENT:
        return take_list(tree, event);
    case YAML_MAPPING_START_EVENT:
        return take_map(tree, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return yaml_tree_close(tree);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return TW_OK;
}

static enum tw_status
read_events(struct reading *reading)
{
    AUTO(auto_parser) yaml_parser_t parser;
    bool ended = false;
    enum tw_status status = TW_OK;

    if (!yaml_parser_initialize(&parser))
        return tw_no_memory(reading->tree.err);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)reading->text,
                                 reading->n);
    while (!ended && !status) {
        AUTO(auto_event) yaml_event_t event; /* libyaml clears it first */

        if (!yaml_parser_parse(&parser, &event))
            return explain_fault(reading, &parser);
        status = take_event(reading, &event);
        ended = event.type == YAML_STREAM_END_EVENT;
    }
    return status ? status : yaml_tree_finish(&reading->tree);
}

enum tw_status
yaml_read(const char *name, const char *text, size_t n,
          const struct yaml_limits *limits, struct yaml_document **out,
          struct tw_error *err)
{
    AUTO(auto_document) struct yaml_document *document = TAKE_POINTER(*out);
    struct reading reading = {.text = text, .n = n};
    enum tw_status status;

    yaml_document_empty(document);
    if (!document)
        document = calloc(1, sizeof *document);
    if (!document)
        return tw_no_memory(err);
    reading.tree = (struct yaml_tree){
        .name = name, .limits = limits, .document = document, .err = err};
    if (n >= strlen(UTF8_BOM) &&
        memcmp(text, UTF8_BOM, strlen(UTF8_BOM)) == 0) {
        reading.text += strlen(UTF8_BOM);
        reading.n -= strlen(UTF8_BOM);
    }
    status = check_text(&reading);
    if (!status)
        status = read_events(&reading);
    if (status)
        return status;
    *out = TAKE_POINTER(document);
    return TW_OK;
}
