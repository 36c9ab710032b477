/* SPDX-License-Identifier: MIT */
/*
 * serve_stray.c - what is kept of profiles that are gone, some of it in each
 * turn; see serve.h.
 *
 * The system's is closed at once to whoever read it, and not removed: files of
 * profiles are gone for a moment when they are replaced, and a token may have
 * been paid for.  What comes back is opened again when everything is looked
 * at, and a user's instance that nobody has asked for yet when its user rings.
 * A profile that is broken at the start is not gone: as long as one is,
 * nothing is touched.
 *
 * Once its token has run out, and nothing has to be waited for, the directory
 * is removed.  The trap is a profile that comes back at that moment, and is
 * fetched by a process that has read it before this one: so the lock is held,
 * what is kept is looked at again under it, and who waits for that lock enters
 * anew.  Refresh tokens are not here: to have those removed is a person's.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/base/own_directory.h"
#include "helper/serve/serve.h"
#include "provider/base/clock.h"

#define STRAYS_MS 5   /* in one turn */
#define BUSY_S 60     /* until one is tried again that is held, or open, ... */
#define FAILED_S 3600 /* ... and one that could not be removed */

static bool
is_own_directory(const struct serve *serve, const char *name, struct stat *st)
{
    return fstatat(serve->store.root, name, st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(st->st_mode) && st->st_uid == geteuid();
}

/* Its user need not have asked for it yet. */
static bool
is_user_instance(const struct serve *serve, const char *name)
{
    const struct profile_template *template =
        profiles_template(&serve->era->set, name);

    return template && template->of_users;
}

static void
look_again_in(struct serve *serve, int64_t seconds)
{
    int64_t at_ms = loop_now_ms() + (seconds + 1) * 1000;

    if (at_ms < serve->strays_ms)
        serve->strays_ms = at_ms;
}

/* Seconds until nothing in it is of use; -1: it is not understood, and stays.
 */
static int64_t
seconds_left(const struct store_profile *place)
{
    AUTO_RECORD record = RECORD_INIT;
    struct now now = clock_now();
    int64_t left = 0, wait;
    struct stat st;

    if (!store_record(place, &record, NULL))
        left = record.token ? record_left(&record, now) : 0;
    else if (fstatat(place->dir, "record", &st, AT_SYMLINK_NOFOLLOW) == 0)
        return -1;
    (void)store_is_noted(place, now, &wait);
    return left > wait ? left : wait;
}

static void
remove_stray(struct serve *serve, struct store_profile *place)
{
    int64_t left = seconds_left(place);
    struct tw_error err;

    if (left > 0)
        look_again_in(serve, left);
    if (left)
        return;
    if (store_lock(place, 0, NULL)) {
        look_again_in(serve, BUSY_S);
        return;
    }
    left = seconds_left(place);
    if (left > 0)
        look_again_in(serve, left);
    if (left || !store_remove(place, &err))
        return;
    look_again_in(serve, FAILED_S);
    log_failure(&serve->log, "failure", place->name, &err);
}

/* @open: who had readers may read it still. */
static void
look_at(struct serve *serve, const char *name, bool open)
{
    static const struct readers NOBODY;
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    bool may_come = is_user_instance(serve, name);
    struct tw_error err;

    if (may_come && !open)
        return;
    if (store_enter(&serve->store, name, &place, &err) ||
        (open && store_admit(&place, &NOBODY, &err))) {
        look_again_in(serve, open && serve->store.system ? BUSY_S : FAILED_S);
        log_failure(&serve->log, "failure", name, &err);
    } else if (!may_come) {
        remove_stray(serve, &place);
    }
}

void
serve_stray(struct serve *serve, const char *name)
{
    struct stat st;

    if (is_own_directory(serve, name, &st))
        look_at(serve, name, true);
}

static void
end_strays(struct serve *serve)
{
    auto_closedir(&serve->strays);
    serve->strays = NULL;
}

void
serve_strays_again(struct serve *serve)
{
    end_strays(serve);
    serve->strays_ms = LOOP_NEVER;
    serve->strays = own_directory_list(serve->store.root);
    if (!serve->strays)
        look_again_in(serve, BUSY_S);
}

int64_t
serve_strays_turn(struct serve *serve, int64_t now_ms)
{
    int64_t until_ms = now_ms + STRAYS_MS;
    const struct dirent *entry;
    struct stat st;

    if (!serve->strays && now_ms >= serve->strays_ms)
        serve_strays_again(serve);
    while (serve->strays && (entry = readdir(serve->strays))) {
        /* Who has readers is closed to all others: access_set_directory(). */
        if (text_is_profile_name(entry->d_name) &&
            !wards_find(&serve->wards, entry->d_name) &&
            is_own_directory(serve, entry->d_name, &st))
            look_at(serve, entry->d_name, !(st.st_mode & S_IROTH));
        if (loop_now_ms() >= until_ms)
            return until_ms;
    }
    end_strays(serve);
    return serve->strays_ms;
}
