/* SPDX-License-Identifier: MIT */
/*
 * commands.c - fetch, index and reject: the commands that write the runtime
 * directory.
 */
#include "helper/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/fetch/hook_once.h"
#include "helper/fetch/publish.h"
#include "helper/login/provision.h"
#include "helper/store/index_write.h"

/* Also of what went well, for a person who waits for it. */
static void
report_each(void *arg, const char *name, const struct tw_error *err)
{
    const struct session *session = arg;

    if (session->options.progress)
        progress_end(session->options.progress);
    session_report_one(arg, name, err);
    if (!err->status)
        (void)printf("%s: %s\n", name,
                     session->options.force ? "refreshed" : "good");
}

static enum tw_status
fetch_named(struct session *session, const struct profile_set *set,
            const struct store *store, char *const *names, size_t count)
{
    const struct secret_context secrets = session_secrets(session, store);
    struct progress progress;

    if (!session->progress)
        return fetch_profiles(&session->options, set, &secrets, names, count,
                              session_report_one, session);
    progress_begin(&session->environment, &progress);
    session->options.progress = &progress;
    return fetch_profiles(&session->options, set, &secrets, names, count,
                          report_each, session);
}

/* Those that were left out are complained about, too. */
static enum tw_status
fetch_all(struct session *session, const struct profile_set *set,
          const struct store *store)
{
    const size_t count = set->count + set->instance_count;
    AUTO_FREE char **names = calloc(count + 1, sizeof *names);
    struct profile_cursor cursor = {.set = set};
    enum tw_status status;
    struct tw_error err;
    size_t n = 0;

    if (!names) {
        (void)tw_no_memory(&err);
        return session_fail(session, &err);
    }
    if (!count && !set->broken_count)
        (void)tw_fail(&err, TW_E_NOT_FOUND, "no profiles in %s", set->places);
    else if (count > FETCH_PROFILES_MAX)
        (void)tw_fail(&err, TW_E_USAGE, "more than %d profiles: name some",
                      FETCH_PROFILES_MAX);
    else
        err.status = TW_OK;
    if (err.status)
        return session_fail(session, &err);
    while (!err.status && n < count && profiles_next(&cursor)) {
        names[n] = strdup(cursor.name);
        if (names[n])
            n++;
        else
            (void)tw_no_memory(&err);
    }
    if (err.status) /* some of them would pass for all */
        status = session_fail(session, &err);
    else
        status = n ? fetch_named(session, set, store, names, n) : TW_OK;
    while (n)
        free(names[--n]);
    if (set->broken_count)
        (void)session_fail(session, &set->broken);
    return status ? status : (enum tw_status)set->broken.status;
}

/* Tells of those that a user does not have, and leaves them out: whose they
 * are is seen before the fence (fence.h) closes the system's directory. */
static enum tw_status
drop_unknown(const struct session *session, const struct profile_set *set,
             char **names, size_t *count)
{
    enum tw_status first = TW_OK;
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        AUTO(auto_release) const struct profile *profile = NULL;
        struct tw_error err;

        if (profiles_find(set, names[i], &profile, &err) != TW_E_NOT_FOUND) {
            names[kept++] = names[i];
            continue;
        }
        session_hint(session, names[i], &err);
        (void)session_fail(session, &err);
        first = TW_E_NOT_FOUND;
    }
    *count = kept;
    return first;
}

static enum tw_status
fetch(struct session *session, const struct profile_set *set,
      const struct store *store, char **names, size_t count)
{
    enum tw_status first = TW_OK, status = TW_OK;

    if (session->all)
        return fetch_all(session, set, store);
    if (!session->options.system)
        first = drop_unknown(session, set, names, &count);
    if (count)
        status = fetch_named(session, set, store, names, count);
    return first ? first : status;
}

/* What is not the user's own is had, whatever became of that, as @loaded says.
 */
static enum tw_status
log_in(struct session *session, enum tw_status loaded,
       const struct profile_set *set, const struct store *store, char **names,
       size_t count)
{
    enum tw_status status;

    session->options.is_session = true;
    status = provision(session, loaded ? NULL : set, store, names, count);
    return loaded ? loaded : status;
}

/* One that is named twice is fetched, and told of, once. */
static int
drop_repeated(int argc, char **argv)
{
    int kept = 0;

    for (int i = 0; i < argc; i++) {
        int j = 0;

        while (j < kept && strcmp(argv[j], argv[i]) != 0)
            j++;
        if (j == kept)
            argv[kept++] = argv[i];
    }
    return kept;
}

/* Words that say two things of which one would be left undone. */
static const char *
contradiction(const struct session *session, int argc)
{
    if (session->options.force && session->options.background)
        return "--force and --background: one or the other";
    if (session->all && (argc || session->login))
        return "--all is every profile: no names, and no --login";
    if (session->login && session->options.system)
        return "--login is for a user's profiles";
    return NULL;
}

enum tw_status
command_fetch(struct session *session, int argc, char **argv)
{
    AUTO_STORE store = {.root = -1};
    AUTO(profile_set_clear) struct profile_set set = {0};
    const char *problem;
    struct tw_error err;
    enum tw_status status =
        (session->login || session->all) && !argc
            ? TW_OK
            : session_names(session, argc, argv, FETCH_PROFILES_MAX);

    if (status)
        return status;
    argc = drop_repeated(argc, argv);
    problem = contradiction(session, argc);
    if (problem)
        (void)tw_fail(&err, TW_E_USAGE, "%s", problem);
    if (problem || session_store(session, &store, &err))
        return session_fail(session, &err);
    status = session_load(session, &store, &set);
    if (status && !session->login)
        return status;
    session->published.hooks_alone = !session->no_hooks;
    session->options.published = &session->published;
    if (session->login)
        status = log_in(session, status, &set, &store, argv, (size_t)argc);
    else
        status = fetch(session, &set, &store, argv, (size_t)argc);
    hook_once(session, status);
    published_clear(&session->published);
    return status;
}

enum tw_status
command_index(struct session *session, int argc, char **argv)
{
    AUTO_STORE store = {.root = -1};
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct profile_scope scope = session_scope(session);
    struct tw_error err;

    (void)argv;
    if (argc) {
        (void)tw_fail(&err, TW_E_USAGE, "index takes no argument");
        return session_fail(session, &err);
    }
    if (session_store(session, &store, &err) ||
        profiles_load(&scope, &session->modules, NULL, NULL, &set, &err) ||
        index_write(&set, &scope, &store, &err))
        return session_fail(session, &err);
    return TW_OK;
}

/* Of a profile that is gone nobody reads what is kept. */
static enum tw_status
reject(const struct session *session, const struct profile_set *set,
       const struct store *store, const char *name, struct tw_error *err)
{
    AUTO(auto_release) const struct profile *profile = NULL;

    if (session->options.system)
        (void)profiles_find(set, name, &profile, NULL);
    return publish_rejection(store, name,
                             profile ? profile_readers(profile) : NULL,
                             session->generation, err);
}

enum tw_status
command_reject(struct session *session, int argc, char **argv)
{
    AUTO_STORE store = {.root = -1};
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct tw_error err;
    enum tw_status status =
        session_names(session, argc, argv, FETCH_PROFILES_MAX);

    if (status)
        return status;
    if (session_store(session, &store, &err))
        return session_fail(session, &err);
    if (session->options.system)
        (void)session_load(session, &store, &set); /* for the readers alone */
    for (int i = 0; i < argc; i++) {
        enum tw_status one = reject(session, &set, &store, argv[i], &err);

        if (one)
            status = session_fail(session, &err);
    }
    return status;
}
