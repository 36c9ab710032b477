/* SPDX-License-Identifier: MIT */
/*
 * provision.c - see provision.h.  The variables are told before anything is
 * fetched: a token file's path is known while the token is still under way,
 * and a login does not wait for it.
 */
#include "helper/provision.h"

#include <stdio.h>
#include <string.h>

#include "provider/base/session_word.h"

struct wanted {
    char *names[FETCH_PROFILES_MAX];
    size_t count;
    size_t variables; /* told so far */
};

static bool
is_wanted(const struct wanted *wanted, const char *name)
{
    for (size_t i = 0; i < wanted->count; i++) {
        if (strcmp(wanted->names[i], name) == 0)
            return true;
    }
    return false;
}

/* False: no memory. */
static bool
want(struct wanted *wanted, const char *name)
{
    if (wanted->count == FETCH_PROFILES_MAX || is_wanted(wanted, name))
        return true;
    wanted->names[wanted->count] = strdup(name);
    return wanted->names[wanted->count] && ++wanted->count;
}

static void
auto_wanted(struct wanted **wanted)
{
    for (size_t i = 0; *wanted && i < (*wanted)->count; i++)
        free((*wanted)->names[i]);
    free(*wanted);
}

static void
tell_variable(const struct session *session, struct wanted *wanted,
              const char *variable, const char *profile)
{
    struct session_word word = {.kind = WORD_VARIABLE};

    if (wanted->variables++ >= SESSION_VARIABLES_MAX)
        return;
    (void)snprintf(word.variable, sizeof word.variable, "%s", variable);
    (void)snprintf(word.profile, sizeof word.profile, "%s", profile);
    report_word(&session->report, &word);
}

static void
tell_variables(const struct session *session, const struct profile_set *set,
               struct wanted *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        AUTO(auto_release) const struct profile *profile = NULL;

        if (profiles_find(set, wanted->names[i], &profile, NULL))
            continue;
        if (!wanted->variables)
            tell_variable(session, wanted, TOKEN_FILE_VARIABLE, profile->name);
        for (size_t j = 0; j < profile->export_count; j++) {
            if (profile->exports[j].kind == EXPORT_FILE)
                tell_variable(session, wanted, profile->exports[j].name,
                              profile->name);
        }
    }
    report_word(&session->report, &(struct session_word){.kind = WORD_READY});
}

enum tw_status
provision(struct session *session, const struct profile_set *set,
          const struct store *store, char *const *names, size_t count)
{
    AUTO(auto_wanted) struct wanted *wanted = calloc(1, sizeof *wanted);
    const struct secret_context secrets = session_secrets(session, store);
    struct profile_cursor cursor = {.set = set};
    enum tw_status status = TW_OK, broken;
    struct tw_error err;

    if (!wanted) {
        (void)tw_no_memory(&err);
        return session_fail(session, &err);
    }
    for (size_t i = 0; i < count && wanted; i++) {
        if (!want(wanted, names[i])) {
            (void)tw_no_memory(&err);
            return session_fail(session, &err);
        }
    }
    while (profiles_next(&cursor)) {
        if (cursor.profile->login && !want(wanted, cursor.name)) {
            (void)tw_no_memory(&err);
            return session_fail(session, &err);
        }
    }
    tell_variables(session, set, wanted);
    if (wanted->count)
        status =
            fetch_profiles(&session->options, set, &secrets, wanted->names,
                           wanted->count, session_report_one, session);
    if (!set->broken.status)
        return status;
    broken = session_fail(session, &set->broken);
    return status ? status : broken;
}
