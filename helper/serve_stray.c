/* SPDX-License-Identifier: MIT */
/*
 * serve_stray.c - what is kept of the system's profiles that are gone is
 * closed to whoever read it, some of it in each turn; see serve.h.
 *
 * It is closed, not removed: files of profiles are gone for a moment when they
 * are replaced, and a token may have been paid for.  What comes back is opened
 * again when everything is looked at, and a user's instance that nobody has
 * asked for yet when its user rings.  A profile that is broken at the start is
 * not gone: as long as one is, nothing is closed.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "helper/own_directory.h"
#include "helper/serve.h"

#define STRAYS_MS 5 /* in one turn */

/* Who has readers is closed to all others: see access_set_directory(). */
static bool
has_readers(const struct serve *serve, const char *name)
{
    struct stat st;

    return fstatat(serve->store.root, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
           !(st.st_mode & S_IROTH);
}

void
serve_close_stray(struct serve *serve, const char *name)
{
    static const struct readers NOBODY;
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct tw_error err;

    if (!serve->store.system || wards_find(&serve->wards, name))
        return;
    if (store_enter(&serve->store, name, &place, &err) ||
        store_admit(&place, &NOBODY, &err))
        (void)session_fail(serve->session, &err);
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
    if (serve->store.system)
        serve->strays = own_directory_list(serve->store.root);
}

int64_t
serve_strays_turn(struct serve *serve)
{
    int64_t until_ms = loop_now_ms() + STRAYS_MS;
    const struct dirent *entry;

    while (serve->strays && (entry = readdir(serve->strays))) {
        if (text_is_profile_name(entry->d_name) &&
            has_readers(serve, entry->d_name))
            serve_close_stray(serve, entry->d_name);
        if (loop_now_ms() >= until_ms)
            return until_ms;
    }
    end_strays(serve);
    return LOOP_NEVER;
}
