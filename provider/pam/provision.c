/* SPDX-License-Identifier: MIT */
/*
 * provision.c - opening and refreshing; close.c has the end.
 *
 * Down the page: who is it, where is the runtime directory, count the session,
 * start the helper as the user, listen until it has told the variables and is
 * done or the time is up.  A helper that has read the profiles by then goes
 * on behind; one that has said nothing yet is stuck, and is killed.
 */
#include "provider/pam/provision.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <security/pam_ext.h>

#include "provider/base/clock.h"
#include "provider/pam/child.h"
#include "provider/pam/session_data.h"
#include "provider/pam/sessions.h"
#include "provider/pam/variables.h"
#include "provider/tokenward.h"

struct talk {
    bool ready, done;
    unsigned variables, failures, drops;
};

/* What is logged is told once, and in sentences of our own: who says it may be
 * any process of the user's. */
static void
take_word(pam_handle_t *pamh, const struct place *place,
          const struct session_word *word, struct talk *talk)
{
    switch ((enum session_word_kind)word->kind) {
    case WORD_VARIABLE:
        if (talk->variables++ < SESSION_VARIABLES_MAX)
            variables_put(pamh, place->tokens, word->variable, word->profile);
        break;
    case WORD_SYSTEM:
        if (talk->variables++ < SESSION_VARIABLES_MAX)
            variables_put(pamh, TW_SYSTEM_RUNTIME_DIR, word->variable,
                          word->profile);
        break;
    case WORD_READY:
        talk->ready = true;
        break;
    case WORD_DONE:
        talk->done = true;
        break;
    case WORD_DROPPED:
        if (talk->drops++ == 0)
            pam_syslog(pamh, LOG_ERR,
                       "the helper cannot be run as the user: %s",
                       strerror(word->status));
        break;
    case WORD_FAILED:
    default:
        if (talk->failures++ == 0)
            pam_syslog(pamh, LOG_NOTICE,
                       "a token is not there yet (%s); as the user, "
                       "'tokenward check' and 'tokenward status' say why",
                       tw_status_name(word->status));
    }
}

/* Words until the end or the deadline; what is left of the helper is let go
 * or killed. */
static bool
listen(pam_handle_t *pamh, const struct place *place, struct child *child,
       int64_t deadline_ms)
{
    struct session_word word;
    struct talk talk = {0};
    unsigned words = 0;
    enum heard heard = HEARD_WORD;

    while (heard == HEARD_WORD && words++ <= SESSION_WORDS_MAX) {
        heard = child_hear(child, deadline_ms, &word);
        if (heard == HEARD_WORD)
            take_word(pamh, place, &word, &talk);
    }
    if (heard == HEARD_TIMEOUT && talk.ready)
        pam_syslog(pamh, LOG_NOTICE,
                   "the login goes on, and the fetch behind it");
    else if (heard != HEARD_END)
        pam_syslog(pamh, LOG_ERR, "the helper is stuck and was ended");
    child_end(child, heard == HEARD_NONSENSE || heard == HEARD_WORD ||
                         (heard == HEARD_TIMEOUT && !talk.ready));
    return talk.done;
}

static bool
fetch(pam_handle_t *pamh, const struct options *options,
      const struct person *person, const struct place *place, bool refresh,
      int64_t deadline_ms)
{
    const char *args[6] = {"--session", "--login"};
    struct child child;
    size_t n = 2;

    if (refresh)
        args[n++] = "--background";
    args[n++] = "fetch";
    if (options->profile) {
        args[n++] = options->profile;
        variables_put(pamh, place->tokens, TOKEN_FILE_VARIABLE,
                      options->profile);
    }
    if (!child_start(pamh, person, place, args, &child))
        return false;
    if (options->deadline_s == 0) {
        child_end(&child, false);
        return true;
    }
    return listen(pamh, place, &child, deadline_ms);
}

static int64_t
deadline_of(const struct options *options)
{
    return clock_monotonic_ms() + options->deadline_s * 1000;
}

/* One more session, named @name; "" when it could not be counted.  Who counts
 * the others, perhaps to remove their tokens, is waited for until
 * @deadline_ms; but a session that nobody knows of would lose its own, so it
 * is counted in any case. */
static void
count(pam_handle_t *pamh, const struct person *person, int users,
      int64_t deadline_ms, char name[SESSION_NAME_MAX])
{
    AUTO_CLOSE int sessions = sessions_open(pamh, person, users);

    name[0] = '\0';
    if (sessions < 0)
        return;
    (void)sessions_lock(sessions, deadline_ms);
    if (sessions_name(name) && sessions_add(sessions, name))
        session_data_set(pamh, name);
    else
        name[0] = '\0';
}

static void
uncount(pam_handle_t *pamh, const struct person *person, int users,
        const char *name)
{
    AUTO_CLOSE int sessions = sessions_open(pamh, person, users);

    if (sessions >= 0 && name[0])
        sessions_remove(sessions, name);
    session_data_set(pamh, NULL);
}

bool
provision_open(pam_handle_t *pamh, const struct options *options)
{
    int64_t deadline_ms = deadline_of(options);
    AUTO_PERSON person = {0};
    AUTO_CLOSE int users = -1;
    char name[SESSION_NAME_MAX];
    struct place place;
    bool good;

    if (!person_find(pamh, options, &person))
        return true;
    users = place_users(pamh);
    name[0] = '\0';
    if (sessions_counts(pamh)) /* the other half is the fetch's */
        count(pamh, &person, users, deadline_ms - options->deadline_s * 500,
              name);
    good = place_find(pamh, &person, users, true, &place);
    if (good)
        good = fetch(pamh, options, &person, &place, false, deadline_ms);
    else
        pam_syslog(pamh, LOG_NOTICE, "there is no runtime directory");
    if (!good && options->required)
        uncount(pamh, &person, users, name); /* nobody is going to close it */
    return good;
}

bool
provision_refresh(pam_handle_t *pamh, const struct options *options)
{
    int64_t deadline_ms = deadline_of(options);
    AUTO_PERSON person = {0};
    AUTO_CLOSE int users = -1;
    struct place place;

    if (!person_find(pamh, options, &person))
        return true;
    users = place_users(pamh);
    return !place_find(pamh, &person, users, false, &place) ||
           fetch(pamh, options, &person, &place, true, deadline_ms);
}
