/* SPDX-License-Identifier: MIT */
/*
 * leave.c - the command leave: the last session of a user has ended, and what
 * was kept for it goes.
 *
 * In the user's runtime directory the profiles marked login: true lose their
 * directories, and with them a fetch that is still under way the place to
 * publish into; the directory itself is the login manager's to remove.
 * <system>/user/UID exists for logins alone and has nobody else: it is
 * emptied, unless a token in it shall stay.  What the system's resident helper
 * keeps for this user it removes itself, when it is told.
 *
 * Only when all is removed the servers are told (revoke_on_logout): whoever
 * logs out waits for the one, and not long for the other.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "helper/commands.h"
#include "helper/fence/fence.h"
#include "helper/login/lifetime.h"
#include "helper/login/logout.h"
#include "helper/login/system_login.h"
#include "helper/store/bearer_file.h"
#include "helper/store/discard.h"
#include "provider/base/epoch.h"
#include "provider/base/text.h"

#define LEAVE_MS 1500  /* a logout waits for it */
#define REVOKED_MAX 64 /* the rest is only removed */

/* One that was kept, and is to be revoked. */
struct revoked {
    const struct profile *profile;
    const struct store *store; /* where it was */
    struct record record;
};

struct leaving {
    struct session *session;
    const struct profile_set *set;
    struct store stores[2];
    struct system_logins *logins;
    struct revoked *revoked; /* REVOKED_MAX of them, or NULL */
    size_t revoked_count;
};

static void
forget_last(struct leaving *leaving)
{
    struct revoked *revoked = &leaving->revoked[--leaving->revoked_count];

    record_clear(&revoked->record);
    profile_release(revoked->profile);
}

static void
auto_leaving(struct leaving *leaving)
{
    while (leaving->revoked_count)
        forget_last(leaving);
    free(leaving->revoked);
    if (leaving->logins)
        system_logins_clear(leaving->logins);
    free(leaving->logins);
    store_close(&leaving->stores[0]);
    store_close(&leaving->stores[1]);
}

/* What cannot be remembered is removed all the same. */
static void
remember(struct leaving *leaving, const struct store *store, const char *name)
{
    const struct profile *profile;
    struct revoked *revoked;
    char path[NAME_MAX];

    if (!leaving->revoked)
        leaving->revoked = calloc(REVOKED_MAX, sizeof *leaving->revoked);
    if (!leaving->revoked || leaving->revoked_count == REVOKED_MAX ||
        profiles_find(leaving->set, name, &profile, NULL))
        return;
    revoked = &leaving->revoked[leaving->revoked_count];
    *revoked = (struct revoked){profile, store, RECORD_INIT};
    (void)snprintf(path, sizeof path, "%s/record", name);
    leaving->revoked_count++;
    if (record_read(store->root, path, geteuid(), true, &revoked->record,
                    NULL))
        forget_last(leaving);
}

static enum tw_status
fail_leftover(const struct session *session, const struct store *store,
              const char *what)
{
    struct tw_error err;

    (void)tw_fail(&err, TW_E_ACCESS,
                  "%s%s%s: could not be removed whole\n"
                  "see what else is in it",
                  store->path, *what ? "/" : "", what);
    return session_fail(session, &err);
}

/* False: some of it is left.  Where WLCG's clients look is no part of its
 * directory, and nothing is there of ours where the place is not. */
static bool
remove_profile(struct discard *discard, const struct store *store,
               const char *name)
{
    AUTO_RECORD kept = RECORD_INIT;
    char path[NAME_MAX];
    bool gone;

    (void)snprintf(path, sizeof path, "%s/record", name);
    (void)record_read(store->root, path, geteuid(), true, &kept, NULL);
    gone = discard_directory(discard, store->root, name);
    if (kept.wlcg_discovery &&
        bearer_file_put(store->root, NULL, 0, NULL) == TW_E_SYSTEM)
        return false;
    return gone;
}

static enum tw_status
remove_profiles(struct leaving *leaving, const struct store *store,
                bool *stays)
{
    const struct session *session = leaving->session;
    const struct profile_set *set = leaving->set;
    const char *user = environment_get(&session->environment, "LOGNAME");
    struct discard discard = {.deadline_ms = clock_monotonic_ms() + LEAVE_MS};
    struct profile_cursor cursor = {.set = set};
    bool lingers = lifetime_lingers(user);
    enum tw_status status = TW_OK;

    *stays = false;
    while (profiles_next(&cursor)) {
        if (!cursor.profile->login)
            continue;
        if (!lifetime_is_over(cursor.profile->login_lifetime, lingers)) {
            *stays = true;
            continue;
        }
        if (cursor.profile->revoke_on_logout)
            remember(leaving, store, cursor.name);
        if (!remove_profile(&discard, store, cursor.name))
            status = fail_leftover(session, store, cursor.name);
    }
    epoch_bump(store->root, 0600);
    return status;
}

/* @path: a runtime directory, perhaps not there, which is opened as @store;
 * @alone: it has no use but logins. */
static enum tw_status
leave_place(struct leaving *leaving, const char *path, bool alone,
            struct store *store)
{
    struct discard discard;
    struct tw_error err;
    enum tw_status status;
    bool stays = false;

    if (!path[0] || access(path, F_OK) < 0)
        return TW_OK; /* nothing is kept */
    if (store_open(path, false, store, &err))
        return session_fail(leaving->session, &err);
    status = remove_profiles(leaving, store, &stays);
    if (stays || !alone)
        return status;
    discard = (struct discard){.deadline_ms = clock_monotonic_ms() + LEAVE_MS};
    return discard_content(&discard, store->root)
               ? status
               : fail_leftover(leaving->session, store, "");
}

static enum tw_status
leave_own(struct leaving *leaving)
{
    const struct runtime *runtime = &leaving->session->runtime;
    char logins[RUNTIME_PATH_MAX], number[24];
    const char *const parts[] = {runtime->system, "/user/", number, NULL};
    enum tw_status first = TW_OK, second;

    (void)text_put_unsigned(number, geteuid(), 1);
    (void)text_join(logins, sizeof logins, parts);
    /* A session from before the login manager's directory used the other. */
    if (strcmp(runtime->user, logins) != 0)
        first =
            leave_place(leaving, runtime->user, false, &leaving->stores[0]);
    second = leave_place(leaving, logins, true, &leaving->stores[1]);
    return first ? first : second;
}

/* Returns the first failure's status. */
static enum tw_status
tell_servers(struct leaving *leaving)
{
    const struct profile *profiles[REVOKED_MAX];
    enum tw_status first = TW_OK;
    struct secret_context secrets;
    struct tw_error broken;

    if (!leaving->revoked_count)
        return TW_OK;
    for (size_t i = 0; i < leaving->revoked_count; i++)
        profiles[i] = leaving->revoked[i].profile;
    secrets = session_secrets(leaving->session, leaving->revoked[0].store);
    if (fence_fetching(profiles, leaving->revoked_count, &secrets, false,
                       &broken))
        return session_fail(leaving->session, &broken);
    for (size_t i = 0; i < leaving->revoked_count; i++) {
        const struct revoked *revoked = &leaving->revoked[i];
        struct tw_error err;
        enum tw_status status =
            logout_revoke(leaving->session, revoked->store, revoked->profile,
                          &revoked->record, &err);

        if (status)
            (void)session_fail(leaving->session, &err);
        first = first ? first : status;
    }
    return first;
}

enum tw_status
command_leave(struct session *session, int argc, char **argv)
{
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct profile_scope scope = session_scope(session);
    AUTO(auto_leaving)
    struct leaving leaving = {.session = session,
                              .set = &set,
                              .logins = calloc(1, sizeof *leaving.logins),
                              .stores = {{.root = -1}, {.root = -1}}};
    struct tw_error err;
    int64_t deadline_ms = clock_monotonic_ms() + LEAVE_MS;
    enum tw_status first = TW_OK, second;

    (void)argv;
    if (argc || session->options.system) {
        (void)tw_fail(&err, TW_E_USAGE,
                      "leave is a user's, and takes no argument");
        return session_fail(session, &err);
    }
    if (!leaving.logins) {
        (void)tw_no_memory(&err);
        return session_fail(session, &err);
    }
    /* What is not the user's own goes, whatever became of that. */
    if (profiles_load(&scope, &session->modules, NULL, NULL, &set, &err))
        first = session_fail(session, &err);
    system_logins_find(session, &set, true, leaving.logins);
    system_logins_leave(session, leaving.logins);
    if (!first)
        first = leave_own(&leaving);
    second = system_logins_hear(session, deadline_ms, leaving.logins);
    first = first ? first : second;
    if (!first)
        report_word(&session->report,
                    &(struct session_word){.kind = WORD_READY});
    second = tell_servers(&leaving);
    return first ? first : second;
}
