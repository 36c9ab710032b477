/* SPDX-License-Identifier: MIT */
/*
 * state.h - refresh tokens: the one thing that must outlive a boot.
 *
 * One file for each profile, <state>/NAME (0600 in a directory 0700).  A
 * server that rotates refresh tokens (RFC 9700 4.14) takes the old one back
 * in the moment it sends the next, so what binds the code behind this is:
 *
 *   Room for the next one is reserved before the request is sent: a full
 *   disk ends the exchange while the old one is still good.
 *   The next one is written before anything else is done with the answer,
 *   into a file that is mapped already: no system call lies between the one
 *   that read the answer and the token being where a kill cannot reach it.
 *   Whatever is killed from there on is finished by the next run, because
 *   what was written is recognised when it is whole.
 *   Then, before anybody else is told: fsync of the file, rename, fsync of the
 *   directory.
 *   Nobody else, not even a process with another runtime directory, uses the
 *   profile's refresh token meanwhile.
 *
 * What cannot be mended here: an answer that is lost before it is read, and a
 * kill that hits the microseconds between.  A server that lets the old token
 * be used once more for a while heals this; a strict one wants a new login.
 */
#ifndef TW_HELPER_STATE_H
#define TW_HELPER_STATE_H

#include <limits.h>

#include "helper/profile/fingerprint.h"

/* What else is there of it; no profile's name begins with a dot. */
#define STATE_NEXT_PREFIX ".next."
#define STATE_FETCHES_PREFIX ".fetches." /* quota.h */
#define STATE_LOGIN_PREFIX ".login."     /* state_login.h */
#define STATE_NAME_MAX (sizeof STATE_NEXT_PREFIX + PROFILE_NAME_MAX)

struct state {
    int dir;          /* <state> */
    int next;         /* <state>/.next.NAME, locked, or -1 */
    bool locked;      /* it is; some file systems cannot */
    char *map;        /* of it, once it is reserved; or NULL */
    size_t unsettled; /* bytes of it that are the current one, or 0 */
    int login;        /* <state>/.login.NAME, locked, or -1 */
    const char *name; /* of the profile; borrowed */
    char *path;       /* of dir, for messages */
};

#define STATE_INIT ((struct state){.dir = -1, .next = -1, .login = -1})
#define AUTO_STATE AUTO(state_leave) struct state

/* state_path: $XDG_STATE_HOME/tokenward, else ~/.local/state/tokenward, whose
 * parents are made; as @system the first of $STATE_DIRECTORY, else
 * /var/lib/tokenward.  TW_E_ACCESS when it would be no absolute path, or one
 * with "..". */
enum tw_status state_path(bool system, char out[static PATH_MAX],
                          struct tw_error *err);

/* state_has: is a refresh token kept there for @name, or a login waited for,
 * or @all: anything?
 * Nothing is made. */
bool state_has(bool system, const char *name, bool all);

/* state_directory: opens (and makes) @path, for state_enter() and for who only
 * reads.  TW_E_ACCESS, TW_E_SYSTEM. */
enum tw_status state_directory(const char *path, int *out,
                               struct tw_error *err);

/* state_enter: opens (and makes) the directory @path, and makes this process
 * the only one to use @name's refresh token until state_leave().  Finishes
 * what a process that was killed had begun.  TW_E_RETRY: another process is at
 * it; TW_E_ACCESS, also where a file is a later version's (state_version.h);
 * TW_E_SYSTEM. */
enum tw_status state_enter(const char *path, const char *name,
                           struct state *out, struct tw_error *err);

/* state_leave: settles what is not. */
void state_leave(struct state *state);

/* state_rest: the same, but state_reserve() comes back. */
void state_rest(struct state *state);

/* state_read: the kept refresh token, if it was kept for a profile of this
 * fingerprint: one of another server or client is never sent to this one.
 * TW_E_NOT_FOUND: there is none; TW_E_ACCESS: the file is not ours to
 * believe; TW_E_SYSTEM. */
enum tw_status state_read(const struct state *state, const char *fingerprint,
                          struct secret *out, struct tw_error *err);

/* state_reserve: room for the next one, before the request is sent, and
 * whatever is done once for the first answer.  What is not settled is, since
 * the request is likely to use it up.  TW_E_SYSTEM: it may not be, or the disk
 * is full; after state_rest() as state_enter(), too. */
enum tw_status state_reserve(struct state *state, struct tw_error *err);

/* state_store: @token (at most TOKEN_MAX bytes) is the current one, and no
 * kill can reach it; a crash of the host can until state_settle().
 * TW_E_SYSTEM: it cannot be stored, and what was kept before is still there;
 * TW_E_PROTOCOL: nor can any like it. */
enum tw_status state_store(struct state *state, const char *fingerprint,
                           const struct secret *token, struct tw_error *err);

/* state_settle: what was stored is still there after a crash of the host; that
 * waits for the disk.  TW_E_SYSTEM: it may not be. */
enum tw_status state_settle(struct state *state, struct tw_error *err);

/* state_drop: none is kept any more. */
enum tw_status state_drop(struct state *state, struct tw_error *err);

/* state_exists: a file is there, whoever's token it holds. */
bool state_exists(const struct state *state);

#endif
