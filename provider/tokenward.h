/* SPDX-License-Identifier: MIT */
/*
 * tokenward.h - read OAuth 2.0 access tokens that tokenward keeps fresh.
 *
 * A program names a profile and is given a token; it never sees the secret
 * the token was bought with.  Link with -ltokenward (pkg-config tokenward).
 *
 * Threads: a handle and a token may be used by any number of threads at once.
 * A forked child may go on using both, if no other thread was inside tw_get()
 * or tw_reject() at the moment of the fork.  A thread that is cancelled, not
 * asynchronously, is so after the call.  A thread's stack of 32 KiB is enough
 * for all of this.
 *
 * Blocking: a token that is good for long enough costs no system call while
 * nothing changed, and one small file read otherwise, and every ten seconds.
 * Only when the kept token is too old, or it is the system's and the user's
 * profiles have changed, is the helper process started, or the system's
 * resident one asked, and then tw_get() waits: at most TW_WAIT_ALIVE_S seconds
 * while the kept token is still alive, at most TW_WAIT_S seconds when there is
 * none.  No function touches a network, a signal handler, the locale, stdin,
 * stdout or stderr; but what getpwuid_r(3) does for tw_open() of a NAME@ is
 * the C library's affair.
 *
 * Processes: the helper is started by a child that ends at once and is reaped
 * here.  A program that ignores SIGCHLD, or waits for every child, changes
 * nothing by that.
 *
 * Errors: every function that can fail returns a status, 0 on success, and
 * fills in @err (which may be NULL): on success with TW_OK and no message.
 * Other outputs are written on success alone.  No message holds a token or a
 * secret.
 *
 * ABI: symbols and statuses are only ever added; struct tw_error is frozen.
 */
#ifndef TOKENWARD_H
#define TOKENWARD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum tw_status - what went wrong, by who must act */
enum tw_status {
    TW_OK = 0,
    TW_E_USAGE,     /* the caller: a bad argument */
    TW_E_CONFIG,    /* whoever wrote the profile */
    TW_E_NOT_FOUND, /* no such profile */
    TW_E_ACCESS,    /* the owner of a file or directory */
    TW_E_DENIED,    /* nobody soon: the endpoint refused, and will again */
    TW_E_INTERACT,  /* a person, at the provider's own pages */
    TW_E_RETRY,     /* nobody: later (network, rate limit, outage) */
    TW_E_PROTOCOL,  /* the server's operator: its answer is no answer */
    TW_E_MODULE,    /* the packager: provider missing or of another ABI */
    TW_E_SYSTEM,    /* the administrator: disk, memory, kernel */
};

/** struct tw_error - a status and one printable line, on the caller's stack */
struct tw_error {
    int32_t status;
    char message[1020]; /* NUL-terminated; may hold one '\n' before a hint */
};

#define TW_MIN_VALID_DEFAULT (-1) /* 60 s, or 10 % of the token's lifetime */
#define TW_WAIT_S 25
#define TW_WAIT_ALIVE_S 3

struct tw_handle; /* a profile, opened for reading */
struct tw_token;  /* one token, immutable, counted */

/**
 * tw_open() - make a handle for a profile
 * @profile: [A-Za-z0-9_][A-Za-z0-9._-]*, at most 64 bytes; NAME@INSTANCE,
 *           two of these; or NAME@, the instance of the effective user's
 *           name, which getpwuid_r(3) is asked for now; copied
 * @out:     set on success; release with tw_close()
 *
 * Reads $XDG_RUNTIME_DIR and the like (secure_getenv(3)) and sees whether
 * that directory is the caller's own now; reads files later.  Where there is
 * no runtime directory yet, tw_get() looks for it again until there is one.
 * Return: TW_OK, TW_E_USAGE (bad name), TW_E_NOT_FOUND (NAME@, and the user
 * has no name that could be an instance's), TW_E_RETRY (NAME@, and nobody says
 * who the user is), TW_E_SYSTEM (no memory, no descriptor).
 */
int tw_open(const char *profile, struct tw_handle **out, struct tw_error *err);

/**
 * tw_close() - release a handle (NULL is fine); its tokens live on
 *
 * No other thread may be inside a function with this handle, or enter one.
 */
void tw_close(struct tw_handle *handle);

/**
 * tw_get() - get a token that stays valid for some time
 * @min_valid: seconds the token should still live (0 or more), or
 *             TW_MIN_VALID_DEFAULT; more than half of what the server gives
 *             is cut to that half
 * @out:       set on success; release with tw_token_free()
 *
 * A living token is always given, even when a fresher one could not be had.
 * Return: TW_OK, TW_E_USAGE (@handle or @out is NULL, or @min_valid below -1),
 * or any other status; on failure @out is untouched.
 */
int tw_get(struct tw_handle *handle, int64_t min_valid, struct tw_token **out,
           struct tw_error *err);

/**
 * tw_reject() - say that a server refused this token; the next get fetches
 *
 * @token: of this handle's profile; still held by the caller afterwards
 *
 * Drops the kept token for every reader, if it is still this one.  Starts
 * the helper, or asks the system's resident one, and waits for it, at most
 * TW_WAIT_S seconds.
 * Return: TW_OK (also when a newer one is already kept), TW_E_USAGE (NULL), or
 * any other status: then the next get may give this token again.
 */
int tw_reject(struct tw_handle *handle, const struct tw_token *token,
              struct tw_error *err);

/* Borrowed texts, never NULL, valid as long as the token is held, which must
 * not be NULL.  value: the access token, at most 65,000 bytes 0x21-0x7E (RFC
 * 6749 A.12).  type: "Bearer", or "N_A" of an exchanged token that is no
 * bearer token (RFC 8693 2.2.1).  scope: space separated; what was asked for
 * where the server named none, and "" where nobody did.  expires_at: seconds
 * since 1970 UTC, counted from before the request was sent. */
const char *tw_token_value(const struct tw_token *token);
const char *tw_token_type(const struct tw_token *token);
const char *tw_token_scope(const struct tw_token *token);
int64_t tw_token_expires_at(const struct tw_token *token);

/** tw_token_ref() - hold a token, not NULL, once more; returns @token */
struct tw_token *tw_token_ref(struct tw_token *token);

/** tw_token_free() - let go (NULL is fine); the last holder's call wipes it */
void tw_token_free(struct tw_token *token);

/** tw_status_name() - "ok", "retry", ..., constant texts; "unknown" for a
 * foreign number */
const char *tw_status_name(int status);

#ifdef __cplusplus
}
#endif
#endif
