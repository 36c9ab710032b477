/* SPDX-License-Identifier: MIT */
/*
 * store_place.c - a profile's directory of the runtime directory: entered,
 * held against other fetches, and against other writers.
 *
 * The resident helper's first fetch of a profile has no lock, for making a
 * file costs as much as all the rest: it marks the directory that it makes,
 * and unmarks it when it leaves.  Whoever else comes to fetch holds the lock,
 * sees the mark, and waits until it is gone, or the resident helper is.
 *
 * Who writes there meanwhile, as a rejection does, makes the lock for that.
 * What the resident helper writes without it is written under the second lock
 * of its own file, and who has made the lock waits for that one, too, once:
 * from then on the resident helper finds the lock.
 */
#include "helper/store/store_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "helper/base/access.h"
#include "helper/base/confine.h"
#include "helper/base/lock.h"
#include "helper/base/own_directory.h"
#include "helper/base/owned_file.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define SHOWN_MAX 512 /* of a path in a message; a longer one is cut */
#define MARK S_ISVTX
#define MARK_NAP_NS 5000000
#define TRIES 8 /* for one that keeps being removed */

static _Atomic unsigned marked; /* places of this process, at this moment */

static enum tw_status
open_directory(int at, const char *name, const char *path, bool system,
               mode_t mark, bool *made, int *out, struct tw_error *err)
{
    const struct own_directory directory = {
        .at = at,
        .name = name,
        .path = path,
        .mode = system ? 0755 : 0700,
        .mark = mark,
        .forbidden = system ? S_IWGRP | S_IWOTH : S_IRWXG | S_IRWXO,
        .owner = system ? TW_SERVICE_USER : NULL,
        .else_where = "XDG_RUNTIME_DIR",
        .made = made};

    return own_directory_open(&directory, out, err);
}

enum tw_status
store_open(const char *path, bool system, struct store *out,
           struct tw_error *err)
{
    int fd;
    enum tw_status status =
        open_directory(AT_FDCWD, path, path, system, 0, NULL, &fd, err);

    if (status)
        return status;
    *out = (struct store){.root = fd, .system = system, .path = path};
    return TW_OK;
}

void
store_close(struct store *store)
{
    auto_close(&store->root);
    store->root = -1;
}

enum tw_status
store_enter(const struct store *store, const char *name,
            struct store_profile *out, struct tw_error *err)
{
    char shown[SHOWN_MAX];
    bool made = false;
    int fd;
    enum tw_status status;

    (void)snprintf(shown, sizeof shown, "%s/%s", store->path, name);
    status = open_directory(store->root, name, shown, store->system,
                            store->is_resident ? MARK : 0, &made, &fd, err);
    if (status)
        return status;
    *out = (struct store_profile){.store = store,
                                  .name = name,
                                  .dir = fd,
                                  .lock = -1,
                                  .is_new = made,
                                  .is_marked = made && store->is_resident};
    if (out->is_marked)
        (void)atomic_fetch_add(&marked, 1);
    return TW_OK;
}

bool
store_has(const struct store *store, const char *name)
{
    return faccessat(store->root, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
           errno != ENOENT;
}

static bool
has_mark(const struct store_profile *profile)
{
    struct stat st;

    return fstat(profile->dir, &st) == 0 && (st.st_mode & MARK) != 0;
}

/* The rest of the mode is as it is, which may be an ACL's. */
static void
unmark(const struct store_profile *profile)
{
    struct stat st;

    if (fstat(profile->dir, &st) == 0 && (st.st_mode & MARK))
        (void)fchmod(profile->dir, st.st_mode & 07777 & ~(mode_t)MARK);
}

void
store_leave(struct store_profile *profile)
{
    if (profile->is_marked) {
        unmark(profile);
        (void)atomic_fetch_sub(&marked, 1);
    }
    profile->is_marked = false;
    auto_close(&profile->lock);
    auto_close(&profile->dir);
    profile->lock = profile->dir = -1;
}

void
store_reside(struct store *store, int served)
{
    AUTO_CLOSEDIR DIR *list = own_directory_list(store->root);
    const struct dirent *entry;

    store->is_resident = true;
    store->served = served;
    while (list && (entry = readdir(list))) {
        struct store_profile profile = {.dir = -1};

        if (entry->d_name[0] != '.') /* as no profile's name begins */
            profile.dir =
                openat(store->root, entry->d_name,
                       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (profile.dir >= 0) {
            unmark(&profile);
            (void)close(profile.dir);
        }
    }
}

/* Until the resident helper's first fetch has ended, or it is gone. */
static enum tw_status
await_first(const struct store_profile *profile, const struct lock_file *serve,
            int64_t deadline_ms, struct tw_error *err)
{
    const struct timespec nap = {.tv_nsec = MARK_NAP_NS};

    while (has_mark(profile) && lock_is_held(serve)) {
        if (clock_monotonic_ms() >= deadline_ms)
            return lock_tell(serve, err);
        (void)nanosleep(&nap, NULL);
    }
    return TW_OK;
}

/* By the resident helper, of one that it did not make now: it was killed, and
 * is here again, or another fetch of its own is at it, as for a profile that
 * was removed and came back. */
static enum tw_status
take_over(const struct store_profile *profile, const struct lock_file *serve,
          struct tw_error *err)
{
    if (has_mark(profile) && atomic_load(&marked))
        return lock_tell(serve, err);
    unmark(profile);
    return TW_OK;
}

bool
store_is_here(const struct store_profile *profile)
{
    return owned_file_is_named(profile->dir, profile->store->root,
                               profile->name);
}

void
store_unlock(struct store_profile *profile)
{
    auto_close(&profile->lock);
    profile->lock = -1;
}

static enum tw_status
enter_anew(struct store_profile *profile, struct tw_error *err)
{
    const struct store *store = profile->store;
    const struct readers *readers = profile->readers;
    const char *name = profile->name;
    enum tw_status status;

    store_leave(profile);
    status = store_enter(store, name, profile, err);
    return status || !readers ? status : store_admit(profile, readers, err);
}

static enum tw_status
lock_here(struct store_profile *profile, int64_t deadline_ms,
          struct tw_error *err)
{
    const struct store *store = profile->store;
    char shown[SHOWN_MAX], busy[SHOWN_MAX];
    const struct lock_file serve = {
        .dir = store->root, .name = STORE_SERVED, .busy = busy};
    const struct lock_file file = {.dir = profile->dir,
                                   .name = STORE_LOCK,
                                   .shown = shown,
                                   .busy = busy,
                                   .is_nameless = store->is_resident,
                                   .usual = &serve};
    enum tw_status status;

    if (profile->is_marked)
        return TW_OK;
    (void)snprintf(shown, sizeof shown, "%s/%s/" STORE_LOCK, store->path,
                   profile->name);
    (void)snprintf(busy, sizeof busy, "'%s' is being fetched", profile->name);
    status = lock_take(&file, deadline_ms, &profile->lock, err);
    profile->is_new = false; /* somebody else may have held it before */
    if (!status && store->is_resident)
        status = take_over(profile, &serve, err);
    else if (!status)
        status = await_first(profile, &serve, deadline_ms, err);
    if (status)
        store_unlock(profile);
    return status;
}

/* What is kept is opened as it lies there; what is not there is no failure. */
static enum tw_status
admit_to_file(const struct store_profile *profile, const char *name,
              struct tw_error *err)
{
    AUTO_CLOSE int fd = openat(profile->dir, name,
                               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
        st.st_uid != geteuid())
        return TW_OK;
    return access_set_file(fd, profile->readers, err);
}

enum tw_status
store_admit(struct store_profile *profile, const struct readers *readers,
            struct tw_error *err)
{
    enum tw_status status;

    if (!profile->store->system)
        return TW_OK;
    profile->readers = readers;
    status = access_set_directory(profile->dir, readers, err);
    if (!status && !profile->is_new)
        status = admit_to_file(profile, RECORD_FILE, err);
    if (!status && !profile->is_new)
        status = admit_to_file(profile, TOKEN_FILE, err);
    return status;
}

bool
store_is_admitted(const struct store_profile *profile)
{
    return !profile->readers ||
           access_is_of_directory(profile->dir, profile->readers);
}

enum tw_status
store_lock(struct store_profile *profile, int64_t deadline_ms,
           struct tw_error *err)
{
    enum tw_status status = lock_here(profile, deadline_ms, err);

    for (int i = 0;
         i < TRIES && status == TW_E_SYSTEM && !store_is_here(profile); i++) {
        status = enter_anew(profile, err);
        if (!status)
            status = lock_here(profile, deadline_ms, err);
    }
    return status;
}

enum tw_status
store_lock_here(struct store_profile *profile, int64_t deadline_ms,
                struct tw_error *err)
{
    enum tw_status status = lock_here(profile, deadline_ms, err);

    if (store_is_here(profile))
        return status;
    store_unlock(profile);
    return tw_fail(err, TW_E_NOT_FOUND, "%s/%s: was removed",
                   profile->store->path, profile->name);
}

/* What the resident helper is writing, if it is, will be written then. */
static enum tw_status
let_it_write(const struct store *store, struct tw_error *err)
{
    const struct replace_place serve = {
        .dir = store->root, .lock = STORE_SERVED, .held = -1};
    AUTO_GUARD guard = REPLACE_GUARD_INIT;

    return replace_hold(&serve, &guard, err);
}

/* The second lock of the resident helper's own file, while this thread has
 * several changes to write.  Its model needs no call into the dynamic linker.
 */
static _Thread_local struct replace_guard several
    __attribute__((tls_model("initial-exec"))) = REPLACE_GUARD_INIT;

void
store_rest(void)
{
    replace_end(&several);
    several = (struct replace_guard)REPLACE_GUARD_INIT;
}

enum tw_status
store_begin(const struct store_profile *profile, struct replace_guard *guard,
            struct tw_error *err)
{
    const struct replace_place place = {
        .dir = profile->dir, .lock = STORE_LOCK, .held = profile->lock};
    enum tw_status status;

    store_rest(); /* whoever has this lock may wait for that one */
    status = replace_hold(&place, guard, err);

    if (!status && !profile->is_marked && has_mark(profile))
        status = let_it_write(profile->store, err);
    if (!status)
        replace_sweep(profile->dir);
    return status;
}

static bool
begin_several(const struct store *store)
{
    const struct replace_place serve = {
        .dir = store->root, .lock = STORE_SERVED, .held = store->served};

    return several.fd >= 0 || !replace_hold(&serve, &several, NULL);
}

/* Nobody else writes where nobody else has ever locked. */
static bool
is_alone(const struct store_profile *profile)
{
    struct stat st;

    return fstatat(profile->dir, STORE_LOCK, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
           errno == ENOENT;
}

enum tw_status
store_begin_commit(const struct store_profile *profile,
                   struct replace_guard *guard, struct tw_error *err)
{
    if (profile->is_marked && begin_several(profile->store) &&
        is_alone(profile)) {
        guard->is_new = profile->is_new;
        return TW_OK;
    }
    return store_begin(profile, guard, err);
}
