/* SPDX-License-Identifier: MIT */
/*
 * doorbell.h - the resident helper's socket, from outside: <runtime>/doorbell.
 *
 * SOCK_SEQPACKET: one packet of key=value lines asks, one answers.  No token
 * and no secret ever crosses it; a token is read where it is kept.
 *
 *   command=ensure          have a good token kept
 *   profile=NAME
 *   min_valid=SECONDS       (may be left out)
 *
 *   command=reject          drop this generation of it
 *   profile=NAME
 *   generation=N
 *
 *   command=leave           the caller's last session has ended: drop it, if
 *   profile=NAME            it was kept for that
 *
 *   command=status          how is everything?
 *
 * The answer: status= and, of a failure, message= and hint=.
 */
#ifndef TW_BASE_DOORBELL_H
#define TW_BASE_DOORBELL_H

#include <stdint.h>
#include <sys/types.h>

#include "provider/base/error.h"

#define DOORBELL_FILE "doorbell"
#define DOORBELL_REQUEST_MAX 512 /* bytes of a packet that asks */
#define DOORBELL_ANSWER_MAX 4096

/* doorbell_ensure: rings <@dir>/doorbell for @profile's token, and waits for
 * the answer at most @wait_ms (0: not at all, TW_OK once it has rung).
 * @min_valid: TW_MIN_VALID_DEFAULT or seconds.  @is_there: false when nobody
 * answers the door, as when there is no such socket, and something else must
 * be done; a dead socket costs nothing.  TW_E_RETRY with it: the door is
 * there, and whoever is behind it let nobody in, or went away.  It and @dir
 * must be @owner's, or root's. */
enum tw_status doorbell_ensure(const char *dir, uid_t owner,
                               const char *profile, int64_t min_valid,
                               int wait_ms, bool *is_there,
                               struct tw_error *err);

/* doorbell_call: rings for a @command that needs no more than a @profile, and
 * waits for nothing.  The descriptor to hear at, or -1: nobody is there. */
int doorbell_call(const char *dir, uid_t owner, const char *command,
                  const char *profile);

/* doorbell_hear: the answer, waiting at most @wait_ms.  @is_there: false when
 * there is none any more, and something else must be done. */
enum tw_status doorbell_hear(int fd, int wait_ms, bool *is_there,
                             struct tw_error *err);

/* doorbell_reject: as doorbell_ensure(), to drop @generation. */
enum tw_status doorbell_reject(const char *dir, uid_t owner,
                               const char *profile, int64_t generation,
                               int wait_ms, bool *is_there,
                               struct tw_error *err);

#endif
