/* SPDX-License-Identifier: MIT */
/*
 * state.c - see state.h.
 *
 * The next refresh token is written to ".next.NAME" (no profile's name
 * begins with a dot), which is held open and locked while it may come, and
 * then renamed over NAME.  A file of that name that is whole was written by a
 * process that was killed before it could rename it, and holds the newer
 * token: only who got an answer writes one, and only who held the lock.  Its
 * last byte (see state_text.h) is stored after all others.
 *
 * It is written through a mapping: a store is no system call at which the
 * process could be killed, and stays when it is.  The blocks were allocated
 * before, so that a store never meets a full disk, nor the end of a limited
 * file.  Where a file system cannot allocate (NFS before 4.2), zeros are
 * written and synced for it, and pwrite(2) stores.
 */
#include "helper/store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "helper/base/owned_file.h"
#include "helper/store/state_login.h"
#include "helper/store/state_text.h"
#include "helper/store/state_version.h"
#include "provider/base/text.h"

#define TRIES 8
#define MODE_FORBIDDEN (S_IRWXG | S_IRWXO)

static void
next_name(const struct state *state, char out[static STATE_NAME_MAX])
{
    (void)snprintf(out, STATE_NAME_MAX, STATE_NEXT_PREFIX "%s", state->name);
}

static enum tw_status
read_file(const struct state *state, const char *name, struct secret *out,
          struct tw_error *err)
{
    const struct owned_rule rule = {.forbidden = MODE_FORBIDDEN,
                                    .wanted = 0600};
    AUTO_CLOSE int fd = -1;
    char label[PATH_MAX + STATE_NAME_MAX];
    const struct owned_path path = {
        .dir = state->dir, .name = name, .path = label, .label = label};
    struct stat st;
    enum tw_status status;

    (void)snprintf(label, sizeof label, "%s/%s", state->path, name);
    status = state_version_check(state->dir, name, state->path, err);
    if (!status)
        status = owned_file_open(&path, &rule, &fd, &st, err);
    return status ? status : owned_file_read(fd, label, &st, out, err);
}

/* A file system that cannot sync a directory has nothing to be synced. */
static bool
sync_directory(int dir)
{
    return fsync(dir) == 0 || errno == EINVAL || errno == EROFS;
}

static bool
is_ours(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
           st.st_uid == geteuid() && st.st_nlink <= 1 &&
           !(st.st_mode & MODE_FORBIDDEN);
}

/* The lock of the runtime directory is the one that is waited for; this one
 * stands between processes that do not share it.  A file system without
 * locks does without, and without the mapping. */
static enum tw_status
open_next(struct state *state, struct tw_error *err)
{
    char name[STATE_NAME_MAX];
    bool locked;

    next_name(state, name);
    for (int i = 0; i < TRIES; i++) {
        AUTO_CLOSE int fd = openat(
            state->dir, name,
            O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

        if (fd < 0 && errno != ELOOP && errno != ENXIO && errno != EISDIR)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s/%s", state->path,
                                 name);
        if (fd < 0 || !is_ours(fd))
            return tw_fail(err, TW_E_ACCESS,
                           "%s/%s: is not a plain file of ours\n"
                           "see who made it, then remove it",
                           state->path, name);
        locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
        if (!locked && errno == EWOULDBLOCK)
            return tw_fail(err, TW_E_RETRY,
                           "the refresh token of '%s' is being used by "
                           "another process",
                           state->name);
        /* Who held it before may have renamed it: then it is NAME by now. */
        if (!owned_file_is_named(fd, state->dir, name))
            continue;
        state->next = take_fd(&fd);
        state->locked = locked;
        return TW_OK;
    }
    return tw_fail(err, TW_E_RETRY, "%s/%s: keeps vanishing", state->path,
                   name);
}

static void
unmap(struct state *state)
{
    if (state->map)
        (void)munmap(state->map, STATE_TEXT_MAX);
    state->map = NULL;
}

/* Makes what is in .next.NAME the current one; all steps are tried, since the
 * one before it is of no use any more. */
static enum tw_status
install(struct state *state, struct tw_error *err)
{
    AUTO_CLOSE int fd = take_fd(&state->next);
    off_t n = (off_t)state->unsettled;
    char name[STATE_NAME_MAX];
    int reason;

    unmap(state);
    state->unsettled = 0;
    reason = ftruncate(fd, n) < 0 || fsync(fd) < 0 ? errno : 0;

    next_name(state, name);
    if (renameat(state->dir, name, state->dir, state->name) < 0) {
        reason = errno; /* it stays there, for the next run */
    } else {
        if (!sync_directory(state->dir) && !reason)
            reason = errno;
        (void)open_next(state, NULL); /* the next reservation tries again */
    }
    if (!reason)
        return TW_OK;
    return tw_fail_errno(err, TW_E_SYSTEM, reason,
                         "%s/%s: the refresh token may not be kept",
                         state->path, state->name);
}

static enum tw_status
check_kept(const struct state *state, struct tw_error *err)
{
    return state_version_check(state->dir, state->name, state->path, err);
}

/* What a process that was killed had written, or a part of it.  What cannot be
 * read may be the only good token: it is let be, for the next run. */
static enum tw_status
recover(struct state *state, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(STATE_TEXT_MAX);
    char name[STATE_NAME_MAX];
    struct state_text kept;
    enum tw_status status;

    next_name(state, name);
    status = check_kept(state, err);
    if (!status)
        status = read_file(state, name, &text, err);
    if (status && status != TW_E_CONFIG) { /* which is: too long to be one */
        (void)close(take_fd(&state->next));
        return status;
    }
    if (!status && state_text_read(&text, &kept) &&
        strcmp(kept.profile, state->name) == 0) {
        state->unsettled = text.len;
        return install(state, err);
    }
    if (ftruncate(state->next, 0) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s/%s", state->path,
                             name);
    return TW_OK;
}

enum tw_status
state_enter(const char *path, const char *name, struct state *out,
            struct tw_error *err)
{
    AUTO_STATE state = STATE_INIT;
    enum tw_status status = state_directory(path, &state.dir, err);

    state.name = name;
    state.path = strdup(path);
    if (!status && !state.path)
        status = tw_no_memory(err);
    if (!status)
        status = check_kept(&state, err); /* before a file is made beside it */
    if (!status)
        status = open_next(&state, err);
    if (!status)
        status = recover(&state, err);
    if (status)
        return status;
    *out = state;
    state = STATE_INIT;
    return TW_OK;
}

void
state_rest(struct state *state)
{
    char name[STATE_NAME_MAX];

    (void)state_settle(state, NULL);
    unmap(state);
    if (state->next < 0)
        return;
    next_name(state, name);
    (void)unlinkat(state->dir, name, 0);
    (void)close(take_fd(&state->next));
}

void
state_leave(struct state *state)
{
    state_rest(state);
    state_login_end(state);
    auto_close(&state->dir);
    free(state->path);
    *state = STATE_INIT;
}

enum tw_status
state_read(const struct state *state, const char *fingerprint,
           struct secret *out, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(STATE_TEXT_MAX);
    struct state_text kept;
    enum tw_status status = read_file(state, state->name, &text, err);

    if (status && status != TW_E_CONFIG) /* which is: too long to be one */
        return status;
    if (status || !state_text_read(&text, &kept))
        return tw_fail(err, TW_E_NOT_FOUND, "%s/%s: holds no refresh token",
                       state->path, state->name);
    if (strcmp(kept.profile, state->name) != 0 ||
        strcmp(kept.fingerprint, fingerprint) != 0)
        return tw_fail(err, TW_E_NOT_FOUND,
                       "%s/%s: holds the refresh token of another server, "
                       "client or scope",
                       state->path, state->name);
    secret_clear(out);
    return secret_append_text(out, kept.token) ? TW_OK : tw_no_memory(err);
}

static bool
write_all(int fd, const char *bytes, size_t n)
{
    size_t done = 0;

    while (done < n) {
        ssize_t written = pwrite(fd, bytes + done, n - done, (off_t)done);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
            done += (size_t)written;
    }
    return true;
}

/* Errors of a file system that cannot allocate are no word of its room. */
static bool
make_room(struct state *state, bool *allocated)
{
    AUTO_FREE char *zeros = NULL;

    *allocated = fallocate(state->next, 0, 0, STATE_TEXT_MAX) == 0;
    if (*allocated)
        return true;
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        return false;
    zeros = calloc(1, STATE_TEXT_MAX);
    return zeros && write_all(state->next, zeros, STATE_TEXT_MAX) &&
           fsync(state->next) == 0;
}

enum tw_status
state_reserve(struct state *state, struct tw_error *err)
{
    enum tw_status status = state_settle(state, err);
    bool allocated;
    void *map;

    if (!status && state->next < 0) {
        status = open_next(state, err);
        if (!status)
            status = recover(state, err);
        if (!status && state->next < 0) /* what was there is in its place */
            status = open_next(state, err);
    }
    if (status)
        return status;
    if (state->map)
        return TW_OK;
    if (!make_room(state, &allocated))
        return tw_fail_errno(err, TW_E_SYSTEM, errno,
                             "%s: no room for the next refresh token of "
                             "'%s', so it is not asked for",
                             state->path, state->name);
    /* Somebody may cut a file that is not locked: no mapping lives that. */
    if (!allocated || !state->locked)
        return TW_OK;
    map = mmap(NULL, STATE_TEXT_MAX, PROT_READ | PROT_WRITE,
               MAP_SHARED | MAP_POPULATE, state->next, 0);
    state->map = map == MAP_FAILED ? NULL : map;
    return TW_OK;
}

/* All bytes, and the last one after the others. */
static void
store(char *map, const char *bytes, size_t n)
{
    memcpy(map, bytes, n - 1);
    atomic_thread_fence(memory_order_seq_cst);
    *(volatile char *)(map + n - 1) = bytes[n - 1];
}

enum tw_status
state_store(struct state *state, const char *fingerprint,
            const struct secret *token, struct tw_error *err)
{
    const struct state_text kept = {state->name, fingerprint,
                                    secret_text(token)};
    AUTO_SECRET text = SECRET_INIT(STATE_TEXT_MAX);
    enum tw_status status;

    (void)state_settle(state, NULL); /* the one before, if this one fails */
    status = state->next < 0 ? open_next(state, err) : TW_OK;
    if (status)
        return status;
    if (!text_is_token(secret_text(token), token->len) ||
        !state_text_write(&kept, &text))
        return tw_fail(err, TW_E_PROTOCOL,
                       "the refresh token of '%s' is none that can be kept",
                       state->name);
    if (state->map)
        store(state->map, text.bytes, text.len);
    else if (!write_all(state->next, text.bytes, text.len))
        return tw_fail_errno(err, TW_E_SYSTEM, errno,
                             "%s: the refresh token of '%s' cannot be kept",
                             state->path, state->name);
    state->unsettled = text.len;
    return TW_OK;
}

enum tw_status
state_settle(struct state *state, struct tw_error *err)
{
    return state->unsettled ? install(state, err) : TW_OK;
}

enum tw_status
state_drop(struct state *state, struct tw_error *err)
{
    (void)state_settle(state, NULL); /* or the next run would */
    if ((unlinkat(state->dir, state->name, 0) < 0 && errno != ENOENT) ||
        !sync_directory(state->dir))
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s/%s", state->path,
                             state->name);
    return TW_OK;
}

bool
state_exists(const struct state *state)
{
    struct stat st;

    return state->dir >= 0 &&
           fstatat(state->dir, state->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}
