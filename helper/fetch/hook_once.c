/* SPDX-License-Identifier: MIT */
/*
 * hook_once.c - see hook_once.h.
 *
 * A reader waits for the end of our output, which the process that watches us
 * holds, too: an empty line tells it that there is no more, before the first
 * hook is started.
 */
#include "helper/fetch/hook_once.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helper/commands.h"
#include "helper/fetch/hook.h"

static void
let_go(struct session *session, enum tw_status status)
{
    AUTO_CLOSE int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    report_end(&session->report, status);
    report_close(&session->report);
    if (null >= 0)
        (void)dup2(null, STDOUT_FILENO);
}

static void
tell(const struct session *session, const char *name, const char *what)
{
    struct tw_error err;

    (void)tw_fail(&err, TW_E_RETRY,
                  "on_refresh of '%s': %s: there was no time left\n"
                  "serve begins it again when it starts",
                  name, what);
    (void)session_fail(session, &err);
}

/* The process that was started speaks for itself, unless it ends with us. */
static void
start_and_wait(const struct session *session, const char *name)
{
    const int64_t deadline_ms = session->options.deadline_ms;
    struct tw_error err;
    pid_t pid = 0;
    int error, state;

    if (clock_monotonic_ms() >= deadline_ms) {
        tell(session, name, "not begun");
        return;
    }
    error = broker_hook(&session->broker, name, &pid);
    if (error) {
        (void)tw_fail_errno(&err, TW_E_SYSTEM, error,
                            "on_refresh of '%s': cannot be started", name);
        (void)session_fail(session, &err);
        return;
    }
    if (broker_await(&session->broker, pid, deadline_ms, &state) == EAGAIN)
        tell(session, name, "ended before its end");
}

void
hook_once(struct session *session, enum tw_status status)
{
    const struct published *published = &session->published;

    if (session->no_hooks) { /* whoever said so runs them */
        for (size_t i = 0; i < published->count; i++)
            report_published(&session->report, published->tokens[i].name,
                             published->tokens[i].is_same);
        return;
    }
    if (!published->count)
        return;
    if (session->report.detached || session->report.session)
        let_go(session, status);
    for (size_t i = 0; i < published->count; i++)
        start_and_wait(session, published->tokens[i].name);
}

/* What became of it is kept for `tokenward status', unless a logout removed
 * the profile's directory meanwhile: it is not made again. */
static enum tw_status
run(const struct profile *profile, const struct store *store,
    struct tw_error *err)
{
    AUTO_STORE_PROFILE place = {
        .store = store,
        .name = profile->name,
        .dir = openat(store->root, profile->name,
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
        .lock = -1};
    AUTO_CLOSE int begun = place.dir < 0 ? -1 : store_hook_begin(&place);
    enum tw_status status =
        hook_run(profile_hook(profile), store, profile->name, err);

    if (place.dir >= 0)
        store_hook_note(&place, begun, status ? err : NULL, clock_now().wall);
    return status;
}

/* The profile as it was when its token was published, from its file alone, if
 * that still looks as the record says: with ten thousand others, a hook is not
 * to read them all.  Whose word the path is, a record's, matters little: it is
 * looked for among the files that would be read anyway. */
static bool
find_published(struct session *session, const char *name,
               const struct store *store, struct profile_set *set,
               const struct profile **profile)
{
    AUTO_RECORD record = RECORD_INIT;
    const struct profile_scope scope = session_scope(session);
    char path[PATH_MAX];
    struct tw_error err;

    (void)snprintf(path, sizeof path, "%s/record", name);
    if (record_read(store->root, path, geteuid(), !store->system, &record,
                    NULL) ||
        profiles_load_one(&scope, record.source, &session->modules, set, &err))
        return false;
    if (!profiles_find(set, name, profile, &err) &&
        strcmp((*profile)->mark->text, record.source_mark) == 0)
        return true;
    auto_release(profile);
    *profile = NULL;
    profile_set_clear(set);
    return false;
}

enum tw_status
command_hook(struct session *session, int argc, char **argv)
{
    AUTO_STORE store = {.root = -1};
    AUTO(profile_set_clear) struct profile_set set = {0};
    AUTO(auto_release) const struct profile *profile = NULL;
    struct tw_error err;
    enum tw_status status = session_names(session, argc, argv, 1);

    if (status)
        return status;
    if (session_store(session, &store, &err))
        return session_fail(session, &err);
    if (!find_published(session, argv[0], &store, &set, &profile))
        status = session_find(session, argv[0], &store, &set, &profile);
    if (status)
        return status;
    if (profile_has_hook(profile) && run(profile, &store, &err))
        return session_fail(session, &err);
    return TW_OK;
}
