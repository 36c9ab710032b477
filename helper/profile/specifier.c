/* SPDX-License-Identifier: MIT */
/*
 * specifier.c - a template's keys come in, those of one instance go out; see
 * specifier.h.
 *
 * The trap is a text that means more than its author thought.  An instance's
 * name has no character that ends a host, a path's part, a header line or an
 * argument, and the rule of the place sees to the rest: behind the host of a
 * URL, in the last part of a path, never as a program or a variable's name.
 */
#include "helper/profile/specifier.h"

#include <errno.h>
#include <string.h>

#include "helper/profile/profile_keys.h"
#include "helper/profile/profile_reader.h"
#include "provider/base/secret.h"

#define TEXT_MAX (64 * 1024) /* of a value with its specifiers replaced */

/* Where in the value of a key one may stand. */
enum place {
    NOWHERE = 0,
    AS_IS,     /* it is read by others, who know what a specifier is */
    ANYWHERE,  /* of a text, or of the texts of a list */
    USERNAME,  /* anywhere, too: the index has it of all instances at once */
    LAST_PART, /* of a path */
    AFTER_HOST,
    SEGMENT,   /* of a match's path, as a whole */
    ARGUMENTS, /* of a command, but not the command */
    SECRET,    /* {file: PATH} and the like, see SOURCES */
    FIELDS,    /* {NAME: TEXT or SECRET} */
    READERS,   /* {users: [...], groups: [...]} */
    ALIASES,   /* {token_endpoint: URL} */
};

struct row {
    const char *key;
    enum place place;
};

/* Of common keys, sorted by name; tokenward-profiles(5) has the table. */
static const struct row KEYS[] = {
    {"assertion_audience", ANYWHERE},
    {"assertion_certificate", LAST_PART},
    {"assertion_key", LAST_PART},
    {"assertion_key_id", ANYWHERE},
    {"assertion_key_passphrase", SECRET},
    {"client_assertion", SECRET},
    {"client_certificate", LAST_PART},
    {"client_certificate_key", LAST_PART},
    {"client_certificate_key_passphrase", SECRET},
    {"client_id", ANYWHERE},
    {"client_secret", SECRET},
    {"client_secret_next", SECRET},
    {"git_username", USERNAME},
    {"headers", FIELDS},
    {"instances", AS_IS},
    {"issuer", AFTER_HOST},
    {"match", SEGMENT},
    {"mtls_endpoint_aliases", ALIASES},
    {"params", FIELDS},
    {"readers", READERS},
    {"revocation_endpoint", AFTER_HOST},
    {"token_endpoint", AFTER_HOST},
    {"vars", AS_IS}, /* what came of them stands in other keys by now */
};

/* Of a secret's map. */
static const struct row SOURCES[] = {
    {"command", ARGUMENTS},
    {"credential", ANYWHERE},
    {"file", LAST_PART},
    {"profile", ANYWHERE},
};

/* One key's value on its way. */
struct expansion {
    const struct profile_reader *reader;
    const struct specifier *specifier;
    struct arena *arena;
    const char *key; /* for messages */
};

static enum place
find_row(const struct row *rows, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].key, key) == 0)
            return rows[i].place;
    }
    return NOWHERE;
}

static enum place
place_of_option(const struct tw_option *option)
{
    switch ((enum tw_option_type)option->type) {
    case TW_OPTION_TEXT:
    case TW_OPTION_SCOPE:
        return ANYWHERE;
    case TW_OPTION_URL:
    case TW_OPTION_URLS:
    case TW_OPTION_ENDPOINT:
        return AFTER_HOST;
    case TW_OPTION_SECRET:
        return SECRET;
    case TW_OPTION_COMMAND:
        return ARGUMENTS;
    case TW_OPTION_FILE:
        return LAST_PART;
    case TW_OPTION_LOOPBACK:
        return NOWHERE;
    }
    return NOWHERE;
}

static enum place
place_of(const struct profile_reader *reader, const char *key)
{
    const struct tw_option *option =
        module_option(reader->profile->module, key);
    enum place place = find_row(KEYS, sizeof KEYS / sizeof *KEYS, key);

    if (place == NOWHERE && reader->profile->module->fault.status &&
        !profile_key_find(key))
        return ANYWHERE; /* nobody reads it */
    return place == NOWHERE && option ? place_of_option(option) : place;
}

bool
specifier_find(const struct yaml_node *node, char letter)
{
    const char *at = node->kind == YAML_TEXT ? strchr(node->text, '%') : NULL;

    for (; at; at = at[1] ? strchr(at + 2, '%') : NULL) {
        if (at[1] == letter)
            return true;
    }
    for (node = node->child; node; node = node->next) {
        if (specifier_find(node, letter))
            return true;
    }
    return false;
}

/* May one stand at @at of @text?  A message, or NULL. */
static const char *
problem_at(enum place place, const char *text, const char *at)
{
    const char *host = strstr(text, "://");

    switch (place) {
    case LAST_PART:
        return strchr(at, '/') ? "may stand in the last part of the path "
                                 "only, not in a directory's name"
                               : NULL;
    case AFTER_HOST:
        return !host || at < host + 3 + strcspn(host + 3, "/?")
                   ? "must come after the host, it must not change it"
                   : NULL;
    case SEGMENT:
        return !host || at < host + 3 + strcspn(host + 3, "/") ||
                       at[-1] != '/' || (at[2] && at[2] != '/')
                   ? "must be a whole part of the path, between two /"
                   : NULL;
    case ANYWHERE:
    case USERNAME:
        return NULL;
    case NOWHERE:
    case AS_IS:
    case ARGUMENTS:
    case SECRET:
    case FIELDS:
    case READERS:
    case ALIASES:
        break;
    }
    return "cannot stand in it, see tokenward-profiles(5)";
}

static enum tw_status
refuse(const struct expansion *this, const struct yaml_node *node,
       const char *problem)
{
    return profile_refuse(this->reader, node, "%s: %%%c %s", this->key,
                          this->specifier->letter, problem);
}

/* The value of the specifier whose '%' is at @at of @node's text. */
static enum tw_status
choose(const struct expansion *this, const struct yaml_node *node,
       enum place place, const char *at, const char **out)
{
    const char *problem;

    if (at[1] == '%') {
        *out = "%";
        return TW_OK;
    }
    if (at[1] != this->specifier->letter)
        return profile_refuse(this->reader, node,
                              "%s: a %% begins %%%c here and nothing else; "
                              "write %%%% for a percent sign",
                              this->key, this->specifier->letter);
    problem = problem_at(place, node->text, at);
    if (problem)
        return refuse(this, node, problem);
    *out =
        (place == SEGMENT || place == USERNAME) && this->specifier->is_sample
            ? SPECIFIER_SEGMENT
            : this->specifier->value;
    return TW_OK;
}

/* Behind what @text has; it may be too long, or memory short. */
static enum tw_status
append(const struct expansion *this, const struct yaml_node *node,
       struct secret *text, const char *bytes, size_t n)
{
    if (secret_append(text, bytes, n))
        return TW_OK;
    return errno == ENOMEM ? tw_no_memory(this->reader->err)
                           : refuse(this, node, "makes the text too long");
}

static enum tw_status
expand_text(const struct expansion *this, enum place place,
            struct yaml_node *node)
{
    AUTO_SECRET text = SECRET_INIT(TEXT_MAX);
    const char *at = node->text, *percent, *value = "";
    enum tw_status status;

    if (!strchr(at, '%'))
        return TW_OK;
    while ((percent = strchr(at, '%'))) {
        status = choose(this, node, place, percent, &value);
        if (!status)
            status = append(this, node, &text, at, (size_t)(percent - at));
        if (!status)
            status = append(this, node, &text, value, strlen(value));
        if (status)
            return status;
        at = percent + 2;
    }
    status = append(this, node, &text, at, strlen(at));
    if (status)
        return status;
    node->text = arena_text(this->arena, secret_text(&text), text.len);
    node->len = (uint32_t)text.len;
    return node->text ? TW_OK : tw_no_memory(this->reader->err);
}

/* That of @node's @index-th child, whose parent's place is @place. */
static enum place
place_below(enum place place, const struct yaml_node *node, size_t index)
{
    const char *key = node->key ? node->key->text : NULL;

    switch (place) {
    case ARGUMENTS:
        return index ? ANYWHERE : NOWHERE;
    case SECRET:
        return key ? find_row(SOURCES, sizeof SOURCES / sizeof *SOURCES, key)
                   : NOWHERE;
    case FIELDS:
        return node->kind == YAML_TEXT ? ANYWHERE : SECRET;
    case READERS:
        return node->kind == YAML_TEXT ? ANYWHERE : READERS;
    case ALIASES:
        return AFTER_HOST;
    case NOWHERE:
    case AS_IS:
    case ANYWHERE:
    case USERNAME:
    case LAST_PART:
    case AFTER_HOST:
    case SEGMENT:
        break;
    }
    return key ? NOWHERE : place; /* a list has the place of its key */
}

/* A name of params or headers is sent as it is written, whoever hopes that it
 * is not. */
static enum tw_status
check_name(const struct expansion *this, const struct yaml_node *node)
{
    if (!node->key || !strchr(node->key->text, '%'))
        return TW_OK;
    return profile_refuse(this->reader, node->key,
                          "%s: a name in a template can hold no %%",
                          this->key);
}

/* @node is a copy that may be changed, and so is all below it. */
static enum tw_status
expand(const struct expansion *this, enum place place, struct yaml_node *node)
{
    enum tw_status status = TW_OK;
    size_t index = 0;

    if (place == AS_IS)
        return TW_OK;
    if (node->kind == YAML_TEXT)
        return expand_text(this, place, node);
    for (const struct yaml_node *child = node->child; child && !status;
         child = child->next) {
        status = check_name(this, child);
        if (!status)
            status = expand(this, place_below(place, child, index++),
                            (struct yaml_node *)(uintptr_t)child);
    }
    return status;
}

size_t
specifier_room(const struct specifier *specifier, const char *text)
{
    const size_t marker = strlen(SPECIFIER_SEGMENT);
    size_t room = 0, n = specifier ? strlen(specifier->value) : 0;

    if (!specifier || !specifier->is_sample || n <= marker)
        return 0;
    for (; (text = strstr(text, SPECIFIER_SEGMENT)); text += marker)
        room += n - marker;
    return room;
}

struct yaml_node *
specifier_copy(struct arena *arena, const struct yaml_node *node)
{
    struct yaml_node *made = arena_take(arena, sizeof *made);
    const struct yaml_node **end;

    if (!made)
        return NULL;
    *made = *node;
    made->next = NULL;
    made->child = NULL;
    if (node->kind == YAML_TEXT) {
        made->text = arena_text(arena, node->text, node->len);
        if (!made->text)
            return NULL;
    }
    if (node->key && !(made->key = specifier_copy(arena, node->key)))
        return NULL;
    end = &made->child;
    for (const struct yaml_node *child = node->child; child;
         child = child->next) {
        struct yaml_node *copy = specifier_copy(arena, child);

        if (!copy)
            return NULL;
        *end = copy;
        end = &copy->next;
    }
    return made;
}

enum tw_status
specifier_expand(const struct profile_reader *reader, struct arena *arena,
                 struct yaml_node *whole)
{
    struct expansion this = {.reader = reader,
                             .specifier = reader->context->specifier,
                             .arena = arena};
    const struct yaml_node *first = NULL, **end = &first;

    for (const struct yaml_node *value = whole->child; value;
         value = value->next) {
        struct yaml_node *copy = specifier_copy(arena, value);
        enum tw_status status;
        enum place place;

        if (!copy)
            return tw_no_memory(reader->err);
        this.key = copy->key->text;
        place = place_of(reader, this.key);
        if (place == READERS && this.specifier->is_sample)
            place = AS_IS;
        status = expand(&this, place, copy);
        if (status)
            return status;
        *end = copy;
        end = &copy->next;
    }
    whole->child = first;
    return TW_OK;
}
