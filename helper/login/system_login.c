/* SPDX-License-Identifier: MIT */
/*
 * system_login.c - see system_login.h, and index.h for the lines.
 *
 * The index decides nothing but what is asked for: who may have an instance
 * the resident helper knows, and who reads it the kernel.  Without the users
 * in it everybody's login would be told a variable of a token that is some
 * people's, and would wait to hear that it is not theirs.
 *
 * The trap: the resident helper may be gone, stopped, at work for long, or not
 * what it seems.  All are rung for before one is waited for, and what is kept
 * is waited for by nobody.
 */
#include "helper/login/system_login.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "provider/base/ask.h"
#include "provider/base/bring.h"
#include "provider/base/clock.h"
#include "provider/base/doorbell.h"
#include "provider/base/index.h"
#include "provider/base/own_ids.h"
#include "provider/base/own_name.h"

/* The template whose lines are looked at, and who is looking. */
struct search {
    const struct session *session;
    struct system_logins *out;
    const struct profile_set *set;
    char template[NAME_PART_MAX + 2];
    bool is_ours;
    size_t variables; /* noted of it, and of all before it */
    struct own_ids own;
};

static size_t
variables_before(const struct system_logins *logins)
{
    return logins->count ? logins->logins[logins->count - 1].variables : 0;
}

static bool
is_left(const struct session *session, const char *name)
{
    AUTO_RECORD record = RECORD_INIT;

    return look_record_in(&session->runtime, true, name, &record, NULL) ==
           TW_OK;
}

/* By a profile of the user's.  Where those cannot be read it is as it was when
 * they last could, as for whoever reads the token. */
static bool
is_hidden(const struct search *search, const char *name)
{
    const struct runtime *runtime = &search->session->runtime;
    AUTO_INDEX index = INDEX_INIT;

    if (search->set)
        return profiles_hide(search->set, name);
    return !index_open(runtime->user, runtime->config, 0, &index, NULL) &&
           index_hides(&index, name);
}

/* Is it one that the user may have, and that is not hidden?  Whoever leaves
 * leaves what is kept, whatever became of that since. */
static bool
is_wanted(const struct search *search, const char *name)
{
    return (search->is_ours && !is_hidden(search, name)) ||
           (search->out->leaving && is_left(search->session, name));
}

/* All its lines were seen. */
static void
settle(struct search *search)
{
    struct system_logins *out = search->out;
    struct system_login *login = &out->logins[out->count];

    if (out->count == SYSTEM_LOGINS_MAX ||
        own_name(search->template, login->name, NULL) ||
        !is_wanted(search, login->name))
        return;
    login->variables = search->variables;
    login->kept = login->is_there = login->is_waited_for = false;
    login->call = -1;
    out->count++;
}

static void
begin(struct search *search, const char *template)
{
    settle(search);
    search->is_ours = false;
    search->variables = variables_before(search->out);
    if (text_is_template_name(template))
        (void)strcpy(search->template, template);
    else
        search->template[0] = '\0'; /* is nobody's */
}

static void
note_variable(struct search *search, const char *name)
{
    if (search->variables < SESSION_VARIABLES_MAX &&
        session_system_variable(name))
        (void)strcpy(search->out->variables[search->variables++], name);
}

static bool
visit(void *arg, const char *key, const char *value)
{
    struct search *search = arg;

    if (strcmp(key, "login") == 0)
        begin(search, value);
    else if (strcmp(key, "login_variable") == 0)
        note_variable(search, value);
    else if (strcmp(key, "login_user") == 0)
        search->is_ours = search->is_ours || own_ids_has_user(value);
    else if (strcmp(key, "login_group") == 0)
        search->is_ours =
            search->is_ours || own_ids_has_group(&search->own, value);
    /* What is no template comes after all of them, and may be very much. */
    return strcmp(key, "profile") != 0 || text_is_template_name(value);
}

static bool
is_kept(const struct session *session, const char *name)
{
    AUTO_RECORD record = RECORD_INIT;
    int64_t left;

    if (look_record_in(&session->runtime, true, name, &record, NULL))
        return false;
    left = record_left(&record, clock_now());
    return left > 0 && left >= record_wanted(&record, TW_MIN_VALID_DEFAULT);
}

void
system_logins_find(const struct session *session,
                   const struct profile_set *set, bool leaving,
                   struct system_logins *out)
{
    AUTO_INDEX index = INDEX_INIT;
    struct search search = {.session = session, .out = out, .set = set};

    out->count = 0;
    out->leaving = leaving;
    if (index_open(session->runtime.system, NULL, 0, &index, NULL))
        return;
    own_ids_take(&search.own);
    index_each(&index, visit, &search);
    own_ids_clear(&search.own);
    settle(&search);
    for (size_t i = 0; i < out->count; i++)
        out->logins[i].kept = is_kept(session, out->logins[i].name);
}

/* A queue that is full is somebody's, too. */
static void
ring(const struct session *session, const char *command,
     struct system_login *login)
{
    auto_close(&login->call);
    errno = 0;
    login->call = bring_system_call(&session->runtime, command, login->name);
    login->is_there = login->call >= 0 || errno == EAGAIN;
}

void
system_logins_ask(const struct session *session, struct system_logins *logins)
{
    for (size_t i = 0; i < logins->count; i++) {
        struct system_login *login = &logins->logins[i];

        ring(session, "ensure", login);
        login->is_waited_for = !login->kept;
    }
}

void
system_logins_leave(const struct session *session,
                    struct system_logins *logins)
{
    for (size_t i = 0; i < logins->count; i++) {
        struct system_login *login = &logins->logins[i];

        ring(session, "leave", login);
        login->is_waited_for = login->kept || login->is_there;
    }
}

/* Too many came at once, or it was killed and its service manager, which keeps
 * the socket, starts it again. */
static enum tw_status
ring_again(const struct session *session, bool leaving, int64_t left_ms,
           struct system_login *login, struct tw_error *err)
{
    bool is_there;

    if (leaving) {
        ring(session, "leave", login);
        if (login->call >= 0)
            return doorbell_hear(login->call, (int)left_ms, &is_there, err);
    } else if (left_ms >= 1000) {
        return bring_system_token(&session->runtime, login->name,
                                  TW_MIN_VALID_DEFAULT,
                                  clock_monotonic_ms() + left_ms, err);
    }
    return tw_fail(err, TW_E_RETRY,
                   "the resident helper has not answered for '%s'",
                   login->name);
}

static enum tw_status
hear(const struct session *session, bool leaving, int64_t deadline_ms,
     struct system_login *login, struct tw_error *err)
{
    int64_t left_ms = deadline_ms - clock_monotonic_ms();
    bool is_there = false;
    enum tw_status status = TW_OK;

    if (!login->is_there)
        return tw_fail(err, TW_E_RETRY,
                       "'%s' is kept by the system's resident helper, which "
                       "is not there",
                       login->name);
    left_ms = left_ms > 0 ? left_ms : 0;
    if (login->call >= 0)
        status = doorbell_hear(login->call, (int)left_ms, &is_there, err);
    if (is_there)
        return status;
    left_ms = deadline_ms - clock_monotonic_ms();
    return ring_again(session, leaving, left_ms > 0 ? left_ms : 0, login, err);
}

enum tw_status
system_logins_hear(const struct session *session, int64_t deadline_ms,
                   struct system_logins *logins)
{
    enum tw_status first = TW_OK;

    for (size_t i = 0; i < logins->count; i++) {
        struct system_login *login = &logins->logins[i];
        struct tw_error err;
        enum tw_status status;

        if (!login->is_waited_for)
            continue;
        status = hear(session, logins->leaving, deadline_ms, login, &err);
        if (status)
            (void)session_fail(session, &err);
        first = first ? first : status;
    }
    return first;
}

void
system_logins_clear(struct system_logins *logins)
{
    for (size_t i = 0; i < logins->count; i++)
        auto_close(&logins->logins[i].call);
    logins->count = 0;
}
