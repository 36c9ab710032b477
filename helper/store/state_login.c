/* SPDX-License-Identifier: MIT */
/*
 * state_login.c - see state_login.h.
 *
 * That somebody is at it the file's lock says, and that he may go on its name:
 * what a killed login leaves is a file that the next one takes.
 */
#include "helper/store/state_login.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "helper/base/lock.h"
#include "helper/base/owned_file.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "provider/base/text.h"

#define BEGIN_MS 500 /* for who only looks whether somebody is at it */
#define NAME_SIZE (sizeof STATE_LOGIN_PREFIX + PROFILE_NAME_MAX)

/* The file, and the texts that it is told of by. */
struct place {
    struct lock_file file;
    char name[NAME_SIZE];
    char shown[PATH_MAX + NAME_SIZE];
    char busy[PROFILE_NAME_MAX + 48];
};

static void
find(const struct state *state, struct place *out)
{
    (void)snprintf(out->name, sizeof out->name, STATE_LOGIN_PREFIX "%s",
                   state->name);
    (void)snprintf(out->shown, sizeof out->shown, "%s/%s", state->path,
                   out->name);
    (void)snprintf(out->busy, sizeof out->busy,
                   "a login for '%s' is waited for", state->name);
    out->file = (struct lock_file){.dir = state->dir,
                                   .name = out->name,
                                   .shown = out->shown,
                                   .busy = out->busy};
}

enum tw_status
state_login_begin(struct state *state, struct tw_error *err)
{
    struct place place;
    enum tw_status status;

    find(state, &place);
    status = lock_take(&place.file, clock_monotonic_ms() + BEGIN_MS,
                       &state->login, err);
    return status == TW_E_SYSTEM ? TW_OK : status;
}

bool
state_login_lasts(const struct state *state)
{
    struct place place;

    find(state, &place);
    return state->login >= 0 &&
           owned_file_is_named(state->login, state->dir, place.name);
}

void
state_login_end(struct state *state)
{
    if (state_login_lasts(state))
        (void)state_login_break(state, NULL);
    auto_close(&state->login);
    state->login = -1;
}

enum tw_status
state_login_tell(const struct state *state, struct tw_error *err)
{
    struct place place;

    find(state, &place);
    return lock_is_held(&place.file) ? lock_tell(&place.file, err) : TW_OK;
}

enum tw_status
state_login_break(const struct state *state, struct tw_error *err)
{
    struct place place;

    find(state, &place);
    /* In a directory's place nobody's file is. */
    if (unlinkat(state->dir, place.name, 0) < 0 && errno != ENOENT &&
        errno != EISDIR)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", place.shown);
    return TW_OK;
}
