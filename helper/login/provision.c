/* SPDX-License-Identifier: MIT */
/*
 * provision.c - see provision.h.  The variables are told before anything is
 * fetched: a token file's path is known while the token is still under way,
 * and a login does not wait for it.
 *
 * What the system's resident helper is to bring is rung for before the user's
 * own are fetched, and heard of after that: both work at once.
 */
#include "helper/login/provision.h"

#include <stdio.h>
#include <string.h>

#include "helper/login/system_login.h"
#include "provider/base/session_word.h"

struct wanted {
    char *names[FETCH_PROFILES_MAX];
    size_t count;
    size_t variables;     /* told so far */
    bool bearer_is_named; /* its file is the first's, or nobody's */
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
auto_logins(struct system_logins **logins)
{
    if (*logins)
        system_logins_clear(*logins);
    free(*logins);
}

static void
tell_variable(const struct session *session, struct wanted *wanted,
              enum session_word_kind kind, const char *variable,
              const char *profile)
{
    struct session_word word = {.kind = kind};

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
        if (!wanted->variables && (i == 0 || !wanted->bearer_is_named))
            tell_variable(session, wanted, WORD_VARIABLE, TOKEN_FILE_VARIABLE,
                          profile->name);
        for (size_t j = 0; j < profile->export_count; j++) {
            if (profile->exports[j].kind == EXPORT_FILE)
                tell_variable(session, wanted, WORD_VARIABLE,
                              profile->exports[j].name, profile->name);
        }
    }
}

/* Where nobody is at the door and nothing is kept, there will be no file.  The
 * user's own has its variable, whatever a template calls its file. */
static void
tell_system_variables(const struct session *session,
                      const struct system_logins *logins,
                      struct wanted *wanted)
{
    const bool is_taken = wanted->variables || wanted->bearer_is_named;
    size_t next = 0;

    for (size_t i = 0; i < logins->count; i++) {
        const struct system_login *login = &logins->logins[i];
        bool is_named = login->kept || login->is_there;

        if (is_named && !wanted->variables && !is_taken)
            tell_variable(session, wanted, WORD_SYSTEM, TOKEN_FILE_VARIABLE,
                          login->name);
        for (; next < login->variables; next++) {
            const char *variable = logins->variables[next];

            if (is_named &&
                !(is_taken && strcmp(variable, TOKEN_FILE_VARIABLE) == 0))
                tell_variable(session, wanted, WORD_SYSTEM, variable,
                              login->name);
        }
    }
}

static enum tw_status
choose(struct wanted *wanted, const struct profile_set *set,
       char *const *names, size_t count, struct tw_error *err)
{
    struct profile_cursor cursor = {.set = set};

    for (size_t i = 0; i < count; i++) {
        if (!want(wanted, names[i]))
            return tw_no_memory(err);
    }
    while (profiles_next(&cursor)) {
        if (cursor.profile->login && !want(wanted, cursor.name))
            return tw_no_memory(err);
    }
    return TW_OK;
}

enum tw_status
provision(struct session *session, const struct profile_set *set,
          const struct store *store, char *const *names, size_t count)
{
    AUTO(auto_wanted) struct wanted *wanted = calloc(1, sizeof *wanted);
    AUTO(auto_logins)
    struct system_logins *logins = calloc(1, sizeof *logins);
    const struct secret_context secrets = session_secrets(session, store);
    enum tw_status first = TW_OK, status;
    struct tw_error err;

    if (!wanted || !logins) {
        (void)tw_no_memory(&err);
        return session_fail(session, &err);
    }
    wanted->bearer_is_named = count > 0;
    if (set && choose(wanted, set, names, count, &err))
        return session_fail(session, &err);
    system_logins_find(session, set, false, logins);
    system_logins_ask(session, logins);
    tell_variables(session, set, wanted);
    tell_system_variables(session, logins, wanted);
    report_word(&session->report, &(struct session_word){.kind = WORD_READY});
    if (wanted->count)
        first = fetch_profiles(&session->options, set, &secrets, wanted->names,
                               wanted->count, session_report_one, session);
    status = system_logins_hear(session, session->options.deadline_ms, logins);
    first = first ? first : status;
    status = set && set->broken.status ? session_fail(session, &set->broken)
                                       : TW_OK;
    return first ? first : status;
}
