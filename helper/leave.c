/* SPDX-License-Identifier: MIT */
/*
 * leave.c - the command leave: the last session of a user has ended, and what
 * was kept for it goes.
 *
 * In the user's runtime directory the profiles marked login: true lose their
 * directories, and with them a fetch that is still under way the place to
 * publish into; the directory itself is the login manager's to remove.
 * <system>/user/UID exists for logins alone and has nobody else: it is
 * emptied, unless a token in it shall stay.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "helper/commands.h"
#include "helper/discard.h"
#include "provider/base/epoch.h"
#include "provider/base/text.h"

#define LEAVE_MS 1500 /* a logout waits for it */
#define LINGER_DIR "/var/lib/systemd/linger/"

/* Does the login manager keep this user's services without a session? */
static bool
user_lingers(const struct session *session)
{
    const char *name = environment_get(&session->environment, "LOGNAME");
    char path[sizeof LINGER_DIR + NAME_MAX];
    const char *const parts[] = {LINGER_DIR, name, NULL};

    return name && name[0] && !strchr(name, '/') && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0 && text_join(path, sizeof path, parts) &&
           access(path, F_OK) == 0;
}

static bool
is_over(const struct profile *profile, bool lingers)
{
    switch (profile->login_lifetime) {
    case LIFETIME_SESSION:
        return true;
    case LIFETIME_USER:
        return !lingers;
    case LIFETIME_LINGER:
    default:
        return false;
    }
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

static enum tw_status
remove_profiles(const struct session *session, const struct profile_set *set,
                const struct store *store, bool *stays)
{
    struct discard discard = {.deadline_ms = clock_monotonic_ms() + LEAVE_MS};
    struct profile_cursor cursor = {.set = set};
    bool lingers = user_lingers(session);
    enum tw_status status = TW_OK;

    *stays = false;
    while (profiles_next(&cursor)) {
        if (!cursor.profile->login)
            continue;
        if (!is_over(cursor.profile, lingers))
            *stays = true;
        else if (!discard_directory(&discard, store->root, cursor.name))
            status = fail_leftover(session, store, cursor.name);
    }
    epoch_bump(store->root, 0600);
    return status;
}

/* @path: a runtime directory, perhaps not there; @alone: it has no use but
 * logins. */
static enum tw_status
leave_place(const struct session *session, const struct profile_set *set,
            const char *path, bool alone)
{
    AUTO_STORE store = {.root = -1};
    struct discard discard;
    struct tw_error err;
    enum tw_status status;
    bool stays = false;

    if (!path[0] || access(path, F_OK) < 0)
        return TW_OK; /* nothing is kept */
    if (store_open(path, false, &store, &err))
        return session_fail(session, &err);
    status = remove_profiles(session, set, &store, &stays);
    if (stays || !alone)
        return status;
    discard = (struct discard){.deadline_ms = clock_monotonic_ms() + LEAVE_MS};
    return discard_content(&discard, store.root)
               ? status
               : fail_leftover(session, &store, "");
}

enum tw_status
command_leave(struct session *session, int argc, char **argv)
{
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct profile_scope scope = session_scope(session);
    char logins[RUNTIME_PATH_MAX], number[24];
    const char *const parts[] = {session->runtime.system, "/user/", number,
                                 NULL};
    struct tw_error err;
    enum tw_status first = TW_OK, second;

    (void)argv;
    if (argc || session->options.system) {
        (void)tw_fail(&err, TW_E_USAGE,
                      "leave is a user's, and takes no argument");
        return session_fail(session, &err);
    }
    if (profiles_load(&scope, &session->modules, NULL, NULL, &set, &err))
        return session_fail(session, &err);
    (void)text_put_unsigned(number, geteuid(), 1);
    (void)text_join(logins, sizeof logins, parts);
    /* A session from before the login manager's directory used the other. */
    if (strcmp(session->runtime.user, logins) != 0)
        first = leave_place(session, &set, session->runtime.user, false);
    second = leave_place(session, &set, logins, true);
    return first ? first : second;
}
