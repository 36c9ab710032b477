/* SPDX-License-Identifier: MIT */
/*
 * names.c - see names.h.
 */
#include "provider/cli/names.h"

#include <stdlib.h>
#include <string.h>

#include "provider/base/index.h"
#include "provider/base/nearest.h"
#include "provider/base/own_name.h"

struct filling {
    struct names *names;
    const struct names *hidden; /* NULL: none is */
    bool good;
};

/* Where @name is, or where it belongs (FNV-1a, at most half full). */
static uint32_t *
slot_of(const struct names *names, const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (const char *at = name; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3u;
    for (size_t i = (size_t)(hash ^ hash >> 32);; i++) {
        uint32_t *slot = &names->slots[i & (2 * names->room - 1)];

        if (!*slot || strcmp(names->names[*slot - 1], name) == 0)
            return slot;
    }
}

static bool
grow(struct names *names)
{
    size_t room = names->room ? 2 * names->room : 16;
    uint32_t *slots = calloc(2 * room, sizeof *slots);
    void *larger = reallocarray(names->names, room, sizeof *names->names);

    if (larger)
        names->names = larger;
    if (!slots || !larger) {
        free(slots);
        return false;
    }
    free(names->slots);
    names->slots = slots;
    names->room = room;
    for (size_t i = 0; i < names->count; i++)
        *slot_of(names, names->names[i]) = (uint32_t)i + 1;
    return true;
}

bool
names_add(struct names *names, const char *name)
{
    uint32_t *slot;

    if (!text_is_profile_name(name) && !text_is_template_name(name))
        return true;
    if (names->count == names->room && !grow(names))
        return false;
    slot = slot_of(names, name);
    if (*slot)
        return true;
    memcpy(names->names[names->count++], name, strlen(name) + 1);
    *slot = (uint32_t)names->count;
    return true;
}

static bool
has(const struct names *names, const char *name)
{
    return names->room && *slot_of(names, name);
}

bool
names_hide(const struct names *names, const char *name)
{
    char template[NAME_PART_MAX + 2];

    return has(names, name) ||
           (text_template_of(name, template) && has(names, template));
}

static bool
take_left_out(void *arg, const char *key, const char *value)
{
    struct filling *filling = arg;

    if (strcmp(key, "left_out") == 0)
        filling->good = names_add(filling->names, value);
    return filling->good;
}

bool
names_add_left_out(struct names *names, const struct index *user)
{
    struct filling filling = {.names = names, .good = true};

    index_each(user, take_left_out, &filling);
    return filling.good;
}

void
names_warn(const struct index *user, struct tw_error *why)
{
    if (user->incomplete)
        (void)tw_fail(why, TW_E_CONFIG,
                      "a profile is left out, since something is wrong with "
                      "it\ntokenward check tells what");
}

/* Of a template of which each user has an instance, the caller's. */
static bool
take_line(void *arg, const char *key, const char *value)
{
    struct filling *filling = arg;
    char own[PROFILE_NAME_MAX + 1];

    if (strcmp(key, "profile") == 0 && !own_name(value, own, NULL) &&
        !(filling->hidden && names_hide(filling->hidden, own)))
        filling->good = names_add(filling->names, own);
    return filling->good;
}

static void
gather_own(const struct runtime *runtime, int wait_ms, struct filling *filling,
           struct index *user, struct tw_error *why)
{
    *filling->names = (struct names){.names = NULL};
    if (index_open(runtime->user, runtime->config, wait_ms, user, why))
        return;
    index_each(user, take_line, filling);
    if (why) {
        why->status = TW_OK;
        names_warn(user, why);
    }
}

enum tw_status
names_gather_own(const struct runtime *runtime, struct names *out,
                 struct tw_error *err)
{
    AUTO_INDEX user = INDEX_INIT;
    struct filling filling = {.names = out, .good = true};

    gather_own(runtime, INDEX_WAIT_MS, &filling, &user, NULL);
    return filling.good ? TW_OK : tw_no_memory(err);
}

static void
gather_system(const struct runtime *runtime, struct filling *filling)
{
    AUTO_INDEX system = INDEX_INIT;

    if (filling->good && !index_open(runtime->system, NULL, 0, &system, NULL))
        index_each(&system, take_line, filling);
}

enum tw_status
names_gather_system(const struct runtime *runtime, struct names *out,
                    struct tw_error *err)
{
    struct filling filling = {.names = out, .good = true};

    *out = (struct names){.names = NULL};
    gather_system(runtime, &filling);
    return filling.good ? TW_OK : tw_no_memory(err);
}

enum tw_status
names_gather(const struct runtime *runtime, bool anew, struct names *out,
             struct tw_error *why, struct tw_error *err)
{
    AUTO_INDEX user = INDEX_INIT;
    AUTO_NAMES left_out = {.names = NULL};
    struct filling filling = {.names = out, .good = true};

    gather_own(runtime, anew ? INDEX_WAIT_MS : 0, &filling, &user, why);
    filling.good = filling.good && names_add_left_out(&left_out, &user);
    filling.hidden = &left_out;
    gather_system(runtime, &filling);
    return filling.good ? TW_OK : tw_no_memory(err);
}

void
names_suggest(char *const *written, int count, struct tw_error *err)
{
    AUTO_NAMES names = {.names = NULL};
    struct runtime runtime;
    char hint[PROFILE_NAME_MAX + 32] = "did you mean '";

    if (strchr(err->message, '\n'))
        return;
    runtime_find(&runtime, NULL);
    if (names_gather(&runtime, false, &names, NULL, NULL))
        return;
    for (int i = 0; i < count; i++) {
        struct nearest nearest = {.written = written[i]};

        for (size_t j = 0; j < names.count; j++)
            nearest_look(&nearest, names.names[j]);
        if (!nearest.best || nearest.distance == 0)
            continue; /* that one is there */
        (void)strcat(hint, nearest.best);
        error_hint(err, strcat(hint, "'?"));
        return;
    }
}

void
names_clear(struct names *names)
{
    free(names->names);
    free(names->slots);
    *names = (struct names){.names = NULL};
}
