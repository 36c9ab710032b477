/* SPDX-License-Identifier: MIT */
/*
 * close.c - the end of a session, and with the last one that of its tokens.
 *
 * The helper removes them, as the user; of the user's own directories nothing
 * is touched here.  A new session waits on the count's lock while it does.
 * Servers that are to be told of it may be told behind the logout.
 */
#include "provider/pam/provision.h"

#include <syslog.h>

#include <security/pam_ext.h>

#include "provider/base/clock.h"
#include "provider/pam/child.h"
#include "provider/pam/session_data.h"
#include "provider/pam/sessions.h"

#define CLOSE_MS 2000 /* a logout waits no longer */

static void
say_what_is_left(pam_handle_t *pamh, bool removed, bool failed)
{
    if (!removed)
        pam_syslog(pamh, LOG_NOTICE,
                   "not all of a session's tokens could be removed");
    else if (failed)
        pam_syslog(pamh, LOG_NOTICE,
                   "a session's token could not be revoked; its server may "
                   "take it until it runs out");
}

static bool
leave(pam_handle_t *pamh, const struct person *person, int users,
      int64_t deadline_ms)
{
    const char *const args[] = {"--session", "leave", NULL};
    bool removed = false, failed = false;
    struct session_word word;
    struct place place;
    struct child child;
    enum heard heard;

    if (!place_find(pamh, person, users, false, &place))
        return true;
    if (!child_start(pamh, person, &place, args, &child))
        return false;
    while ((heard = child_hear(&child, deadline_ms, &word)) == HEARD_WORD) {
        removed = removed || word.kind == WORD_READY;
        failed = failed || word.kind == WORD_FAILED;
    }
    child_end(&child,
              heard == HEARD_NONSENSE || (heard == HEARD_TIMEOUT && !removed));
    place_leave(person, users);
    say_what_is_left(pamh, removed, failed);
    return removed;
}

static bool
end(pam_handle_t *pamh, const struct options *options, bool own)
{
    int64_t deadline_ms = clock_monotonic_ms() + CLOSE_MS;
    AUTO_PERSON person = {0};
    AUTO_CLOSE int users = -1;
    AUTO_CLOSE int sessions = -1;
    char name[SESSION_NAME_MAX] = "";
    bool locked;

    if (!person_find(pamh, options, &person) || !sessions_counts(pamh))
        return true;
    users = place_users(pamh);
    sessions = sessions_open(pamh, &person, users);
    if (sessions < 0)
        return false; /* others may be there: nothing is removed */
    locked = sessions_lock(sessions, deadline_ms);
    if (own && (session_data_get(pamh, name) || sessions_name(name))) {
        sessions_remove(sessions, name);
        session_data_set(pamh, NULL);
    }
    if (!locked)
        return false; /* somebody else counts, and is not one of ours */
    return sessions_count(sessions) > 0 ||
           leave(pamh, &person, users, deadline_ms);
}

bool
provision_close(pam_handle_t *pamh, const struct options *options)
{
    return end(pamh, options, true);
}

bool
provision_delete(pam_handle_t *pamh, const struct options *options)
{
    return end(pamh, options, false);
}
