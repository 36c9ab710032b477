/* SPDX-License-Identifier: MIT */
/*
 * session.c - see session.h.
 */
#include "helper/session.h"

#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/store/index_write.h"
#include "provider/base/auto.h"
#include "provider/base/index.h"
#include "provider/base/text.h"

#define LOCK_MS 10000 /* for somebody else's fetch to end */

#ifndef TW_SYSCONF_DIR
#define TW_SYSCONF_DIR "/etc/tokenward"
#endif

enum tw_status
session_fail(const struct session *session, const struct tw_error *err)
{
    report_failure(&session->report, err);
    return (enum tw_status)err->status;
}

struct profile_scope
session_scope(const struct session *session)
{
    bool system = session->options.system;

    return (struct profile_scope){.system = system,
                                  .dir = system ? TW_SYSCONF_DIR
                                                : session->runtime.config,
                                  .preset_dir = session->preset_dir};
}

/* Does @file lie among the system's profiles, by whatever name? */
static bool
is_systems(const char *file)
{
    AUTO_FREE char *copy = strdup(file);
    struct stat ours, theirs;

    return copy && stat(TW_SYSCONF_DIR "/profiles.d", &theirs) == 0 &&
           stat(dirname(copy), &ours) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino;
}

struct profile_scope
session_scope_of(const struct session *session, const char *file)
{
    struct profile_scope scope = session_scope(session);

    if (geteuid() == 0 && is_systems(file)) {
        scope.system = true;
        scope.dir = TW_SYSCONF_DIR;
    }
    return scope;
}

enum tw_status
session_store(const struct session *session, struct store *out,
              struct tw_error *err)
{
    bool system = session->options.system;
    const char *path =
        system ? session->runtime.system : session->runtime.user;

    if (!path[0])
        return error_copy(err, &session->no_runtime);
    return store_open(path, system, out, err);
}

struct secret_context
session_secrets(struct session *session, const struct store *store)
{
    return (struct secret_context){.environment = &session->environment,
                                   .store = store,
                                   .system = session->options.system,
                                   .broker = &session->broker};
}

enum tw_status
session_names(const struct session *session, int argc, char **argv, int max)
{
    struct tw_error err;

    if (argc < 1 || argc > max) {
        if (max == 1)
            (void)tw_fail(&err, TW_E_USAGE,
                          "one profile name is wanted\n"
                          "tokenward-helper --help");
        else
            (void)tw_fail(&err, TW_E_USAGE,
                          "one to %d profile names are wanted\n"
                          "tokenward-helper --help",
                          max);
        return session_fail(session, &err);
    }
    for (int i = 0; i < argc; i++) {
        if (!text_is_profile_name(argv[i])) {
            (void)tw_fail(&err, TW_E_USAGE,
                          "argument %d is no profile name: letters, digits, "
                          "'.', '_' and '-', at most %d, of an instance two "
                          "of these with an @ between",
                          i + 1, NAME_PART_MAX);
            return session_fail(session, &err);
        }
    }
    return TW_OK;
}

void
session_report_one(void *arg, const char *name, const struct tw_error *err)
{
    const struct session *session = arg;

    (void)name;
    if (err->status)
        (void)session_fail(session, err);
}

enum tw_status
session_load(struct session *session, const struct store *store,
             struct profile_set *set)
{
    AUTO_INDEX index = INDEX_INIT;
    struct profile_scope scope = session_scope(session);
    struct tw_error err;
    enum tw_status status;

    status = profiles_load(&scope, &session->modules, NULL, NULL, set, &err);
    if (status)
        return session_fail(session, &err);
    if (index_open(store->path, store->system ? NULL : scope.dir, 0, &index,
                   NULL) ||
        !index.current)
        (void)index_write(set, &scope, store, NULL);
    return TW_OK;
}

enum tw_status
session_profile(struct session *session, int argc, char **argv,
                struct store *store, struct profile_set *set,
                const struct profile **profile)
{
    struct tw_error err;
    enum tw_status status = session_names(session, argc, argv, 1);

    if (status)
        return status;
    if (session_store(session, store, &err))
        return session_fail(session, &err);
    return session_find(session, argv[0], store, set, profile);
}

enum tw_status
session_find(struct session *session, const char *name,
             const struct store *store, struct profile_set *set,
             const struct profile **profile)
{
    struct tw_error err;
    enum tw_status status = session_load(session, store, set);

    if (status)
        return status;
    if (!profiles_find(set, name, profile, &err))
        return TW_OK;
    session_hint(session, name, &err);
    return session_fail(session, &err);
}

void
session_hint(const struct session *session, const char *name,
             struct tw_error *err)
{
    AUTO_INDEX index = INDEX_INIT;

    if (err->status == TW_E_NOT_FOUND && !session->options.system &&
        !index_open(session->runtime.system, NULL, 0, &index, NULL) &&
        index_has_instance(&index, name))
        error_hint(err, "it is one of the system's, which root sees to with "
                        "tokenward refresh --system");
}

int64_t
session_lock_deadline(const struct session *session)
{
    int64_t lock_ms = clock_monotonic_ms() + LOCK_MS;

    return lock_ms < session->options.deadline_ms
               ? lock_ms
               : session->options.deadline_ms;
}
