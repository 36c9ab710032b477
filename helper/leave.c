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

static bool
is_for_logins_alone(const struct session *session)
{
    size_t n = strlen(session->runtime.system);

    return strncmp(session->runtime.user, session->runtime.system, n) == 0 &&
           session->runtime.user[n] == '/';
}

static enum tw_status
fail_leftover(const struct session *session, const char *what)
{
    struct tw_error err;

    (void)tw_fail(&err, TW_E_ACCESS,
                  "%s%s%s: could not be removed whole\n"
                  "see what else is in it",
                  session->runtime.user, *what ? "/" : "", what);
    return session_fail(session, &err);
}

static enum tw_status
remove_profiles(const struct session *session, const struct profile_set *set,
                const struct store *store, bool *stays)
{
    struct discard discard = {.deadline_ms = clock_monotonic_ms() + LEAVE_MS};
    bool lingers = user_lingers(session);
    enum tw_status status = TW_OK;

    *stays = false;
    for (const struct profile *profile = set->first; profile;
         profile = profile->next) {
        if (!profile->login)
            continue;
        if (!is_over(profile, lingers))
            *stays = true;
        else if (!discard_directory(&discard, store->root, profile->name))
            status = fail_leftover(session, profile->name);
    }
    epoch_bump(store->root, 0600);
    return status;
}

enum tw_status
command_leave(struct session *session, int argc, char **argv)
{
    AUTO_STORE store = {.root = -1};
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct profile_scope scope = session_scope(session);
    struct discard discard;
    struct tw_error err;
    enum tw_status status;
    bool stays = false;

    (void)argv;
    if (argc || session->options.system) {
        (void)tw_fail(&err, TW_E_USAGE,
                      "leave is a user's, and takes no argument");
        return session_fail(session, &err);
    }
    if (!session->runtime.user[0] || access(session->runtime.user, F_OK) < 0)
        return TW_OK; /* nothing is kept */
    if (session_store(session, &store, &err) ||
        profiles_load(&scope, &session->modules, NULL, NULL, &set, &err))
        return session_fail(session, &err);
    status = remove_profiles(session, &set, &store, &stays);
    if (stays || !is_for_logins_alone(session))
        return status;
    discard = (struct discard){.deadline_ms = clock_monotonic_ms() + LEAVE_MS};
    return discard_content(&discard, store.root) ? status
                                                 : fail_leftover(session, "");
}
