/* SPDX-License-Identifier: MIT */
/*
 * profile_stack.c - any_of comes in, a chain of complete profiles goes out;
 * see profile_stack.h.
 *
 * A source becomes a map of its own keys and the profile's, and is read as
 * any profile is, so that nothing else knows of stacks: the same checks hold,
 * and a complaint names the line that the key stands in.
 */
#include "helper/profile/profile_stack.h"

#include <string.h>

#include "helper/base/arena.h"
#include "provider/base/text.h"

/* What is the whole profile's, whichever source answers. */
static const char *const WHOLE[] = {
    "any_of",
    "env",
    "git_username",
    "instances",
    "lifetime",
    "login",
    "match",
    "max_fetches",
    "on_refresh",
    "readers",
    "revoke_on_logout",
    "wlcg_discovery",
    NULL,
};

static bool
is_one_of(const char *const *words, const char *word)
{
    for (; *words; words++) {
        if (strcmp(*words, word) == 0)
            return true;
    }
    return false;
}

bool
profile_stack_is_whole(const char *key)
{
    return is_one_of(WHOLE, key);
}

/* What is a source's, and no key of a profile. */
static const char *const OWN[] = {"actions", "name", NULL};

/* The nodes are another's to keep, so those that are linked are copies. */
static bool
add(struct arena *arena, const struct yaml_node *node,
    const struct yaml_node ***end)
{
    struct yaml_node *made = arena_take(arena, sizeof *made);

    if (!made)
        return false;
    *made = *node;
    made->next = NULL;
    **end = made;
    *end = &made->next;
    return true;
}

/* Where a server is, and who it is. */
static const char *const SERVER[] = {
    "authorization_endpoint",
    "device_authorization_endpoint",
    "issuer",
    "mtls_endpoint_aliases",
    "revocation_endpoint",
    "token_endpoint",
    NULL,
};

/* What is known of a kind of server. */
static const char *const KNOWN[] = {"preset", "vars", NULL};

/* A preset and what fills it in belong together: those outside mean nothing
 * to a source that has one of its own.  It, or an issuer, says where its
 * server is: one outside is another, which is not sent this one's secrets,
 * whether it is written out there or known by a preset.  An alias is that of
 * the token_endpoint beside it. */
static bool
is_hidden(const struct yaml_node *item, const char *key)
{
    const bool has_server =
        yaml_child(item, "preset") || yaml_child(item, "issuer");

    return yaml_child(item, key) || strcmp(key, "any_of") == 0 ||
           (strcmp(key, "mtls_endpoint_aliases") == 0 &&
            yaml_child(item, "token_endpoint")) ||
           (has_server && (is_one_of(KNOWN, key) || is_one_of(SERVER, key)));
}

static enum tw_status
merge(const struct profile_reader *reader, const struct yaml_node *item,
      struct arena *arena, struct yaml_node *whole)
{
    const struct yaml_node *first = NULL, **end = &first;
    struct yaml_node *key = arena_take(arena, sizeof *key);
    bool good = key;

    for (const struct yaml_node *own = item->child; own && good;
         own = own->next)
        good = is_one_of(OWN, own->key->text) || add(arena, own, &end);
    for (const struct yaml_node *node = reader->entry->child; node && good;
         node = node->next)
        good = is_hidden(item, node->key->text) || add(arena, node, &end);
    if (!good)
        return tw_no_memory(reader->err);
    *key = *reader->entry->key; /* the name, at the source's place */
    key->line = item->line;
    key->column = item->column;
    *whole = *item;
    whole->key = key;
    whole->child = first;
    return TW_OK;
}

static enum tw_status
check_item(const struct profile_reader *reader, const struct yaml_node *item)
{
    if (item->kind != YAML_MAP)
        return profile_refuse(reader, item,
                              "any_of: a source must be a map of keys");
    for (const struct yaml_node *node = item->child; node; node = node->next) {
        if (is_one_of(WHOLE, node->key->text))
            return profile_refuse(reader, node->key,
                                  "%s is the whole profile's, not one "
                                  "source's: write it outside of any_of",
                                  node->key->text);
    }
    return TW_OK;
}

static enum tw_status
read_name(const struct profile_reader *reader, const struct yaml_node *item,
          const struct profile *first, char **out)
{
    const struct yaml_node *node = yaml_child(item, "name");
    enum tw_status status;
    size_t n = 0;

    if (!node)
        return TW_OK;
    status = profile_value_line(reader, "name", node, &n);
    if (status)
        return status;
    if (n != node->len || n > PROFILE_SOURCE_NAME_MAX ||
        !text_is_name_part(node->text))
        return profile_refuse(reader, node,
                              "name of a source must be 1 to %d of A-Z a-z "
                              "0-9 . _ - and begin with a letter, a digit or "
                              "_",
                              PROFILE_SOURCE_NAME_MAX);
    for (; first; first = first->then) {
        if (first->source_name && strcmp(first->source_name, node->text) == 0)
            return profile_refuse(reader, node,
                                  "two sources are called %s; rename one",
                                  node->text);
    }
    return profile_value_text(reader, "name", node, out);
}

static const char *const OUTCOMES[] = {[STACK_NOT_CONFIGURED] =
                                           "not_configured",
                                       [STACK_UNAVAILABLE] = "unavailable",
                                       [STACK_DENIED] = "denied"};
static const char *const ACTIONS[] = {
    [STACK_CONTINUE] = "continue", [STACK_RETURN] = "return", NULL};

const char *
profile_stack_outcome(size_t index)
{
    return index < STACK_OUTCOMES ? OUTCOMES[index] : NULL;
}

const char *
profile_stack_action(size_t index)
{
    return index < sizeof ACTIONS / sizeof *ACTIONS ? ACTIONS[index] : NULL;
}

static enum tw_status
read_actions(const struct profile_reader *reader, const struct yaml_node *item,
             enum stack_action *actions)
{
    const struct yaml_node *node = yaml_child(item, "actions");

    if (node && node->kind != YAML_MAP)
        return profile_refuse(reader, node,
                              "actions must be a map, like {denied: return}");
    for (node = node ? node->child : NULL; node; node = node->next) {
        size_t outcome = 0, chosen = 0;
        enum tw_status status;

        while (outcome < STACK_OUTCOMES &&
               strcmp(OUTCOMES[outcome], node->key->text) != 0)
            outcome++;
        if (outcome == STACK_OUTCOMES)
            return profile_refuse(reader, node->key,
                                  "actions are for not_configured, "
                                  "unavailable and denied");
        status = profile_value_choice(reader, node->key->text, node, ACTIONS,
                                      &chosen);
        if (status)
            return status;
        actions[outcome] = (enum stack_action)chosen;
    }
    return TW_OK;
}

/* A state file holds one refresh token. */
static enum tw_status
check_login(const struct profile_reader *reader, const struct yaml_node *item,
            const struct profile *first, const struct profile *source)
{
    if (!profile_login_source(source) || !profile_login_source(first))
        return TW_OK;
    return profile_refuse(reader, item,
                          "any_of: only one source may keep a refresh token; "
                          "source %u does",
                          profile_login_source(first)->source_number);
}

static enum tw_status
read_source(const struct profile_reader *reader, const struct yaml_node *item,
            const struct profile *first, unsigned number, struct profile **out)
{
    struct profile *source = NULL;
    AUTO(arena_clear) struct arena arena = {0};
    struct profile_context context = *reader->context;
    struct yaml_node whole;
    enum tw_status status = check_item(reader, item);

    context.in_stack = true;
    if (!status)
        status = merge(reader, item, &arena, &whole);
    if (!status)
        status = profile_read_source(&context, &whole, &source, reader->err);
    if (!status)
        status = read_name(reader, item, first, &source->source_name);
    if (!status)
        status = read_actions(reader, item, source->actions);
    if (!status)
        status = check_login(reader, item, first, source);
    if (status)
        return status;
    source->source_number = number;
    source->source_line = item->line;
    source->line = reader->entry->key->line;
    source->column = reader->entry->key->column;
    *out = source;
    return TW_OK;
}

enum tw_status
profile_stack_read(const struct profile_reader *reader,
                   const struct yaml_node *list, struct profile **out)
{
    struct profile *first = NULL, **end = &first;
    enum tw_status status = TW_OK;
    unsigned count = 0;

    for (const struct yaml_node *item = list->child; item; item = item->next)
        count++;
    if (list->kind != YAML_LIST || count == 0 || count > PROFILE_SOURCES_MAX)
        return profile_refuse(reader, list,
                              "any_of must be a list of 1 to %d sources",
                              PROFILE_SOURCES_MAX);
    count = 0;
    for (const struct yaml_node *item = list->child; item && !status;
         item = item->next) {
        status = read_source(reader, item, first, ++count, end);
        if (!status)
            end = &(*end)->then;
    }
    if (!status)
        *out = first;
    return status;
}
