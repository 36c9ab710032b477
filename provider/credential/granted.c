/* SPDX-License-Identifier: MIT */
/*
 * granted.c - see granted.h.  The lines of the system's index come in, on
 * their way to who asked for routes.
 */
#include "provider/credential/granted.h"

#include <string.h>

#include "provider/base/own_ids.h"
#include "provider/base/own_name.h"

struct granted {
    bool (*visit)(void *arg, const char *key, const char *value);
    void *arg;
    const struct index *systems, *users;
    struct own_ids own;
    bool all;
    bool is_reader; /* of the profile @name */
    char name[PROFILE_NAME_MAX + 1];
};

/* The word at *@at, which is moved behind it; "" in the end. */
static const char *
take_word(const char **at, char *out, size_t size)
{
    size_t n = strcspn(*at, " ");

    if (n >= size)
        n = 0; /* is nobody's */
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += strcspn(*at, " ");
    *at += **at == ' ';
    return out;
}

/* @value: NAME uUID... gGID... */
static void
note_readers(struct granted *granted, const char *value)
{
    char id[24];

    (void)take_word(&value, granted->name, sizeof granted->name);
    granted->is_reader = false;
    while (*value && !granted->is_reader) {
        (void)take_word(&value, id, sizeof id);
        granted->is_reader =
            (id[0] == 'u' && own_ids_has_user(id + 1)) ||
            (id[0] == 'g' && own_ids_has_group(&granted->own, id + 1));
    }
}

/* @value: NAME and more.  An instance that is written out has routes of its
 * own. */
static bool
is_granted(const struct granted *granted, const char *value)
{
    char name[PROFILE_NAME_MAX + 1], own[PROFILE_NAME_MAX + 1];

    (void)take_word(&value, name, sizeof name);
    if (!granted->all &&
        !(granted->is_reader && strcmp(name, granted->name) == 0))
        return false;
    if (text_is_template_name(name))
        return own_name(name, own, NULL) == TW_OK &&
               !index_has_line(granted->systems, "written", own) &&
               !index_hides(granted->users, own);
    return !index_hides(granted->users, name);
}

static bool
visit_granted(void *arg, const char *key, const char *value)
{
    struct granted *granted = arg;

    if (strcmp(key, "readers") == 0)
        note_readers(granted, value);
    return strcmp(key, "route") != 0 || !is_granted(granted, value) ||
           granted->visit(granted->arg, key, value);
}

void
granted_each(const struct index *systems, const struct index *users, bool all,
             bool (*visit)(void *arg, const char *key, const char *value),
             void *arg)
{
    struct granted granted = {.visit = visit,
                              .arg = arg,
                              .systems = systems,
                              .users = users,
                              .all = all};

    own_ids_take(&granted.own);
    index_each(systems, visit_granted, &granted);
    own_ids_clear(&granted.own);
}
