/* SPDX-License-Identifier: MIT */
/*
 * store.c - records, token files and notes into a profile's directory;
 * store.h says what must hold.
 */
#include "helper/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "helper/base/lock.h"
#include "helper/base/owned_file.h"
#include "helper/base/replace.h"
#include "helper/keys/token_file.h"
#include "helper/store/bearer_file.h"
#include "helper/store/metadata_kept.h"
#include "helper/store/store_place.h"
#include "provider/base/auto.h"
#include "provider/base/epoch.h"

#define BACKOFF_FILE "backoff"
#define HOOK_FILE "hook"
#define UNTOLD_FILE "untold"   /* a token was published whose hook is owed */
#define TELLING_FILE "telling" /* and is being run */
#define BACKOFF_NAME_MAX 24

enum tw_status
store_record(const struct store_profile *profile, struct record *out,
             struct tw_error *err)
{
    return record_read(profile->dir, RECORD_FILE, geteuid(),
                       !profile->store->system, out, err);
}

/* @token of no length: there is none any more. */
static enum tw_status
put_token(const struct store_profile *profile, const char *token, size_t n,
          struct tw_error *err)
{
    if (n)
        return replace_file_for(profile->dir, TOKEN_FILE, profile->readers,
                                token, n, err);
    if (unlinkat(profile->dir, TOKEN_FILE, 0) < 0 && errno != ENOENT)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s/%s/" TOKEN_FILE,
                             profile->store->path, profile->name);
    return TW_OK;
}

void
store_change_clear(struct store_change *change)
{
    secret_clear(&change->record);
    secret_clear(&change->token);
}

enum tw_status
store_prepare(struct store_profile *profile, const struct record *record,
              int64_t expected, struct store_change *out, struct tw_error *err)
{
    errno = 0;
    if (!record_format(record, &out->record))
        return TW_FAIL_ROOM(err, TW_E_PROTOCOL,
                            "the token's facts do not fit into a record");
    if (record->token &&
        !secret_append(&out->token, record->token, record->token_len))
        return tw_no_memory(err);
    out->profile = profile;
    out->wlcg_discovery = record->wlcg_discovery;
    out->expected = expected;
    return TW_OK;
}

static bool
has_token(const struct record *kept, const char *token, size_t n)
{
    return kept->token ? bytes_equal(kept->token, kept->token_len, token, n)
                       : n == 0;
}

/* Before the token is there, or a kill between the two would lose it; a
 * failure to do so is nobody's: the hook is run by who lives. */
static void
owe_hook(int dir)
{
    AUTO_CLOSE int fd =
        openat(dir, UNTOLD_FILE,
               O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

    (void)fd;
}

/* Under the guard: the last of them where WLCG's clients look, if the profile
 * wants it, or did. */
static enum tw_status
put_all(const struct store_change *change, bool had_bearer,
        struct tw_error *err)
{
    const struct store_profile *profile = change->profile;
    const struct secret *record = &change->record, *token = &change->token;
    const bool said =
        change->is_same &&
        token_file_says(profile->dir, TOKEN_FILE, token->bytes, token->len);
    enum tw_status status;

    if (change->has_hook)
        owe_hook(profile->dir);
    status = replace_file_for(profile->dir, RECORD_FILE, profile->readers,
                              record->bytes, record->len, err);
    if (!status && !said) /* whoever watches it is told of new ones alone */
        status = put_token(profile, token->bytes, token->len, err);
    if (!status && (change->wlcg_discovery || had_bearer))
        status = bearer_file_put(profile->store->root,
                                 change->wlcg_discovery ? token->bytes : NULL,
                                 token->len, err);
    epoch_bump(profile->store->root, profile->store->system ? 0644 : 0600);
    return status;
}

enum tw_status
store_commit(const struct store_change *change, struct tw_error *err)
{
    struct store_profile *profile = change->profile;
    AUTO_RECORD kept = RECORD_INIT;
    AUTO_GUARD guard = REPLACE_GUARD_INIT;
    int64_t generation = 0;
    enum tw_status status = store_begin_commit(profile, &guard, err);

    if (status)
        return status;
    if (!guard.is_new && !store_record(profile, &kept, NULL))
        generation = kept.generation;
    profile->is_new = false;
    /* After a logout they are counted anew. */
    if (generation != change->expected ||
        (change->is_same &&
         !has_token(&kept, change->token.bytes, change->token.len)))
        return tw_fail(err, TW_E_RETRY,
                       "the token of '%s' was rejected or replaced meanwhile",
                       profile->name);
    return put_all(change, kept.wlcg_discovery, err);
}

static enum tw_status
publish(struct store_profile *profile, const struct record *record,
        int64_t expected, bool is_same, struct tw_error *err)
{
    AUTO_STORE_CHANGE change = STORE_CHANGE_INIT;
    enum tw_status status =
        store_prepare(profile, record, expected, &change, err);

    change.is_same = is_same;
    if (!status)
        status = store_commit(&change, err);
    store_rest();
    return status;
}

enum tw_status
store_publish(struct store_profile *profile, const struct record *record,
              int64_t expected, struct tw_error *err)
{
    return publish(profile, record, expected, false, err);
}

enum tw_status
store_republish(struct store_profile *profile, const struct record *record)
{
    return publish(profile, record, record->generation, true, NULL);
}

/* Who read it held no lock: it may have been rejected or removed since, and
 * that is the last word. */
static bool
is_kept(const struct store_profile *profile, const struct record *record)
{
    AUTO_RECORD kept = RECORD_INIT;

    return !store_record(profile, &kept, NULL) &&
           kept.generation == record->generation &&
           has_token(&kept, record->token, record->token_len);
}

enum tw_status
store_mend(const struct store_profile *profile, const struct record *record,
           struct tw_error *err)
{
    AUTO_GUARD guard = REPLACE_GUARD_INIT;
    enum tw_status status = store_begin(profile, &guard, err);
    bool said =
        record->token && token_file_says(profile->dir, TOKEN_FILE,
                                         record->token, record->token_len);

    if (status)
        return said ? TW_OK : status; /* the strays can wait */
    if (!is_kept(profile, record))
        return TW_OK;
    if (!said)
        status = put_token(profile, record->token, record->token_len, err);
    if (!status && record->wlcg_discovery)
        status = bearer_file_put(profile->store->root, record->token,
                                 record->token_len, err);
    return status;
}

/* "backoff", or "backoff.2" of the second source. */
static const char *
backoff_name(unsigned source, char out[static BACKOFF_NAME_MAX])
{
    if (!source)
        return BACKOFF_FILE;
    (void)snprintf(out, BACKOFF_NAME_MAX, BACKOFF_FILE ".%u", source);
    return out;
}

static enum tw_status
forget_file(const struct store_profile *profile, const char *name,
            struct tw_error *err)
{
    if (unlinkat(profile->dir, name, 0) < 0 && errno != ENOENT)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s/%s/%s",
                             profile->store->path, profile->name, name);
    return TW_OK;
}

/* @gone: there is no such profile any more, and may be another whose token
 * lies where WLCG's clients look. */
static enum tw_status
forget(const struct store_profile *profile, bool gone, struct tw_error *err)
{
    static const char *const FILES[] = {TOKEN_FILE, RECORD_FILE, HOOK_FILE,
                                        UNTOLD_FILE, TELLING_FILE};
    const struct store *store = profile->store;
    AUTO_RECORD kept = RECORD_INIT;
    AUTO_GUARD guard = REPLACE_GUARD_INIT;
    char note[BACKOFF_NAME_MAX];
    enum tw_status status = store_begin(profile, &guard, err);

    if (!status && !store_record(profile, &kept, NULL) && kept.wlcg_discovery)
        status = gone ? bearer_file_drop(store->root, kept.token,
                                         kept.token_len, err)
                      : bearer_file_put(store->root, NULL, 0, err);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES && !status; i++)
        status = forget_file(profile, FILES[i], err);
    for (unsigned i = 0; i <= STORE_SOURCES_MAX && !status; i++)
        status = forget_file(profile, backoff_name(i, note), err);
    metadata_forget(profile->dir);
    epoch_bump(store->root, store->system ? 0644 : 0600);
    return status;
}

enum tw_status
store_forget(const struct store_profile *profile, struct tw_error *err)
{
    return forget(profile, false, err);
}

enum tw_status
store_remove(const struct store_profile *profile, struct tw_error *err)
{
    enum tw_status status = forget(profile, true, err);

    if (status)
        return status;
    /* Whoever has opened it is in it by a new lock, or by none. */
    (void)unlinkat(profile->dir, STORE_LOCK, 0);
    if (store_is_here(profile))
        (void)unlinkat(profile->store->root, profile->name, AT_REMOVEDIR);
    return TW_OK;
}

static void
put_note(const struct store_profile *profile, const char *name,
         const struct backoff *note)
{
    AUTO_SECRET text = SECRET_INIT(BACKOFF_MAX);
    AUTO_GUARD guard = REPLACE_GUARD_INIT;

    if (backoff_format(note, &text) && !store_begin(profile, &guard, NULL))
        (void)replace_file(profile->dir, name, 0600, text.bytes, text.len,
                           NULL);
}

void
store_backoff(const struct store_profile *profile, unsigned source,
              const struct backoff *backoff)
{
    char name[BACKOFF_NAME_MAX];

    put_note(profile, backoff_name(source, name), backoff);
}

/* A token that comes while it runs owes another one: the guard is not to be
 * had while one is owed and not there yet.  Where a run before did not come to
 * its end this one is the last, or a program that has the resident helper
 * restarted, which kills both, would be run for ever.  While it runs the file
 * is locked, so that it is not owed. */
int
store_hook_begin(const struct store_profile *profile)
{
    AUTO_GUARD guard = REPLACE_GUARD_INIT;
    AUTO_CLOSE int fd = -1;

    (void)store_begin(profile, &guard, NULL);
    fd = openat(profile->dir, UNTOLD_FILE,
                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0)
        (void)flock(fd, LOCK_EX | LOCK_NB);
    if (renameat(profile->dir, UNTOLD_FILE, profile->dir, TELLING_FILE) < 0)
        (void)forget_file(profile, TELLING_FILE, NULL);
    return take_fd(&fd);
}

bool
store_hook_is_owed(const struct store *store, const char *name)
{
    static const char *const FILES[] = {UNTOLD_FILE, TELLING_FILE};
    char path[NAME_MAX + 1];
    const struct lock_file file = {.dir = store->root, .name = path};
    struct stat st;

    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", name, FILES[i]);
        if (fstatat(store->root, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            !lock_is_held(&file))
            return true;
    }
    return false;
}

void
store_hook_note(const struct store_profile *profile, int begun,
                const struct tw_error *failure, int64_t wall)
{
    struct backoff note;

    /* Beside this one another may run by now, for a later token. */
    if (owned_file_is_named(begun, profile->dir, TELLING_FILE))
        (void)forget_file(profile, TELLING_FILE, NULL);
    if (!failure) {
        (void)forget_file(profile, HOOK_FILE, NULL);
        return;
    }
    backoff_read(profile->dir, HOOK_FILE, &note);
    note.failures++;
    note.failed_at = wall;
    (void)snprintf(note.status, sizeof note.status, "%s",
                   tw_status_name(failure->status));
    (void)snprintf(note.message, sizeof note.message, "%s", failure->message);
    put_note(profile, HOOK_FILE, &note);
}

void
store_note(const struct store_profile *profile, unsigned source,
           struct backoff *out)
{
    char name[BACKOFF_NAME_MAX];

    backoff_read(profile->dir, backoff_name(source, name), out);
}

bool
store_is_noted(const struct store_profile *profile, struct now now,
               int64_t *wait_s)
{
    bool result = false;

    *wait_s = 0;
    for (unsigned i = 0; i <= STORE_SOURCES_MAX; i++) {
        struct backoff note;
        int64_t left;

        store_note(profile, i, &note);
        left = backoff_left(&note, now);
        *wait_s = left > *wait_s ? left : *wait_s;
        result = result || note.failures || note.rejections || left > 0;
    }
    return result;
}
