/* SPDX-License-Identifier: MIT */
/*
 * names.c - see names.h.
 */
#include "provider/cli/names.h"

#include <stdlib.h>
#include <string.h>

#include "provider/base/index.h"
#include "provider/base/nearest.h"

struct filling {
    struct names *names;
    bool good;
};

bool
names_add(struct names *names, const char *name)
{
    if (!text_is_profile_name(name))
        return true;
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->names[i], name) == 0)
            return true;
    }
    if (names->count == names->room) {
        size_t room = names->room ? 2 * names->room : 16;
        void *larger = reallocarray(names->names, room, sizeof *names->names);

        if (!larger)
            return false;
        names->names = larger;
        names->room = room;
    }
    memcpy(names->names[names->count++], name, strlen(name) + 1);
    return true;
}

static bool
take_line(void *arg, const char *key, const char *value)
{
    struct filling *filling = arg;

    if (strcmp(key, "profile") == 0)
        filling->good = names_add(filling->names, value);
    return filling->good;
}

enum tw_status
names_gather(const struct runtime *runtime, struct names *out,
             struct tw_error *why, struct tw_error *err)
{
    AUTO_INDEX user = INDEX_INIT;
    AUTO_INDEX system = INDEX_INIT;
    struct filling filling = {out, true};

    *out = (struct names){.names = NULL};
    if (!index_open(runtime->user, true, true, &user, why)) {
        index_each(&user, take_line, &filling);
        if (why)
            why->status = TW_OK;
    }
    if (filling.good &&
        !index_open(runtime->system, false, false, &system, NULL))
        index_each(&system, take_line, &filling);
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
    if (names_gather(&runtime, &names, NULL, NULL))
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
    *names = (struct names){.names = NULL};
}
