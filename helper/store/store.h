/* SPDX-License-Identifier: MIT */
/*
 * store.h - the runtime directory, written.
 *
 * What binds the code behind it:
 *   A file is never written in place: a new one O_EXCL|O_NOFOLLOW beside it,
 *   its mode right on the descriptor before the first byte, then renamed over
 *   it.
 *   Every name is relative to a directory that was opened and checked.
 *   A reader finds the old record or the new one, whole, at any moment.
 *   The record is replaced before the token file, and whoever finds the two
 *   apart mends the token file.
 *   Nothing is removed because a refresh failed.
 *   Temporary files of dead processes are swept by the next run.
 * The directory is a tmpfs of this boot, so nothing is synced.
 */
#ifndef TW_HELPER_STORE_H
#define TW_HELPER_STORE_H

#include "helper/base/readers.h"
#include "provider/base/backoff.h"
#include "provider/base/record.h"

#define STORE_SOURCES_MAX 8 /* that have a note of their own */
/* Of a profile's directory: its first lock is for a fetch, its second for the
 * renames. */
#define STORE_LOCK "lock"
#define STORE_SERVED "serve" /* locked by the resident helper */

struct store {
    int root; /* <runtime> */
    bool system;
    bool is_resident; /* it is the resident helper's, and then: */
    int served;       /* STORE_SERVED, borrowed */
    const char *path; /* of root, for messages; borrowed */
};

struct store_profile {
    const struct store *store;
    const char *name; /* borrowed */
    int dir;          /* <runtime>/<profile> */
    int lock;         /* the lock file, or -1 */
    bool is_new;      /* it was made when it was entered, and not locked since:
                         nothing is kept */
    bool is_marked;   /* by the resident helper, which has made it and locks
                         nothing: see store_place.c */
    const struct readers *readers; /* of what is written, or NULL; borrowed */
};

/* store_open: opens @path, making it (its parent exists) 0700, or 0755 as
 * @system, if it is missing.  TW_E_ACCESS: not a directory, a link, somebody
 * else's, or open to others; TW_E_SYSTEM. */
enum tw_status store_open(const char *path, bool system, struct store *out,
                          struct tw_error *err);
void store_close(struct store *store);

/* store_reside: this process, which holds STORE_SERVED by @served, is the
 * resident helper; what one that was killed was at is open to all again. */
void store_reside(struct store *store, int served);

/* store_enter: the same for one profile's directory. */
enum tw_status store_enter(const struct store *store, const char *name,
                           struct store_profile *out, struct tw_error *err);
/* store_has: is it there?  Nothing is made. */
bool store_has(const struct store *store, const char *name);
/* store_admit: from now on @readers, and no others, may read what is kept and
 * what will be, of the system's profiles; a user's have none. */
enum tw_status store_admit(struct store_profile *profile,
                           const struct readers *readers,
                           struct tw_error *err);
/* store_is_admitted: has nobody admitted others since? */
bool store_is_admitted(const struct store_profile *profile);
void store_leave(struct store_profile *profile);

/* store_lock: one fetch for each profile at a time on this host, until
 * store_leave(); in a new directory, if it was removed.  Waits until the
 * monotonic time @deadline_ms; 0: not at all. The lock file's inode is looked
 * at again once it is held.  TW_E_RETRY says who holds it. */
enum tw_status store_lock(struct store_profile *profile, int64_t deadline_ms,
                          struct tw_error *err);

/* store_unlock: others may fetch.  store_lock_here: as store_lock(), in the
 * same directory.  TW_E_NOT_FOUND: it was removed. */
void store_unlock(struct store_profile *profile);
enum tw_status store_lock_here(struct store_profile *profile,
                               int64_t deadline_ms, struct tw_error *err);

/* store_record: the kept one.  TW_E_NOT_FOUND: none, or none that is whole. */
enum tw_status store_record(const struct store_profile *profile,
                            struct record *out, struct tw_error *err);

/* store_publish: makes @record the current one if the kept generation is
 * still @expected (0: none was kept).  TW_E_RETRY: it is not (somebody
 * rejected meanwhile), nothing was changed.  TW_E_SYSTEM: disk full and the
 * like; the kept record is as it was, or @record is kept and the token file
 * lags behind it until store_mend(). */
enum tw_status store_publish(struct store_profile *profile,
                             const struct record *record, int64_t expected,
                             struct tw_error *err);

/* The same in two steps, for another thread: what the second one needs is the
 * change's own, but for @profile, which is left alone meanwhile. */
struct store_change {
    struct store_profile *profile;
    struct secret record, token; /* their files' texts */
    bool wlcg_discovery;
    bool has_hook; /* publish.c: an on_refresh is owed from then on */
    bool is_same;  /* it is the kept token, of which other facts are told */
    int64_t expected;
};

enum tw_status store_prepare(struct store_profile *profile,
                             const struct record *record, int64_t expected,
                             struct store_change *out, struct tw_error *err);
enum tw_status store_commit(const struct store_change *change,
                            struct tw_error *err);
void store_change_clear(struct store_change *change);

/* store_rest: to be called after one or several commits of a thread: only then
 * may others write where the resident helper was first. */
void store_rest(void);

#define STORE_CHANGE_INIT                                                  \
    {                                                                      \
        .record = SECRET_INIT(RECORD_MAX), .token = SECRET_INIT(TOKEN_MAX) \
    }
#define AUTO_STORE_CHANGE AUTO(store_change_clear) struct store_change

/* store_republish: other facts about the same token, of @record's
 * generation; TW_E_RETRY, and nothing is changed, if another is kept by now.
 */
enum tw_status store_republish(struct store_profile *profile,
                               const struct record *record);

/* store_mend: sweeps strays, and makes the token file say what @record says,
 * unless another is kept by now, or none. */
enum tw_status store_mend(const struct store_profile *profile,
                          const struct record *record, struct tw_error *err);

/* store_forget: no record, token, note or metadata is kept any more; readers
 * look again.  TW_E_SYSTEM: what it could not remove. */
enum tw_status store_forget(const struct store_profile *profile,
                            struct tw_error *err);

/* store_remove: the same of a profile that is gone, whose lock is held: it
 * goes with the directory, unless somebody else has come into that.  Who comes
 * to lock it enters anew. */
enum tw_status store_remove(const struct store_profile *profile,
                            struct tw_error *err);

/* store_backoff: keeps the note of the profile (@source 0) or of one of its
 * sources (from 1); a failure to do so is not the caller's. */
void store_backoff(const struct store_profile *profile, unsigned source,
                   const struct backoff *backoff);

/* store_note: reads it. */
void store_note(const struct store_profile *profile, unsigned source,
                struct backoff *out);

/* store_is_noted: is something noted, of the profile or a source, that who
 * fetches next has to know?  @wait_s: seconds until nobody is to be waited for
 * any more. */
bool store_is_noted(const struct store_profile *profile, struct now now,
                    int64_t *wait_s);

/* store_hook_begin: on_refresh begins for the token that is kept.  The result,
 * a descriptor or -1, is to be closed after ... */
int store_hook_begin(const struct store_profile *profile);

/* store_hook_note: it has ended, and failed so at @wall (NULL: it went well),
 * of which a note is kept as store_backoff() keeps one. */
void store_hook_note(const struct store_profile *profile, int begun,
                     const struct tw_error *failure, int64_t wall);

/* store_hook_is_owed: did on_refresh not come to its end for what was
 * published of @name, as where whoever ran it was killed?  Not while it runs.
 */
bool store_hook_is_owed(const struct store *store, const char *name);

#define AUTO_STORE AUTO(store_close) struct store
#define AUTO_STORE_PROFILE AUTO(store_leave) struct store_profile

#endif
