/* SPDX-License-Identifier: MIT */
/*
 * audit.h - which token went to whom: a file that is only appended to, one
 * line for each token and each who was answered that they may read it, or was
 * handed it.
 *
 *   time=2026-11-24T12:00:00Z door=credential profile=pay uid=0 pid=812
 *   unit=shop.service generation=17 sha256=...
 *
 * Whoever reads a token file is not in it: the kernel asks nobody, and tells
 * nobody.
 */
#ifndef TW_HELPER_AUDIT_H
#define TW_HELPER_AUDIT_H

#include <stdint.h>
#include <sys/types.h>

#include "provider/base/error.h"
#include "provider/base/record.h"

#define AUDIT_SEEN 8192 /* answers that are remembered, not to tell twice */
#define AUDIT_WAYS 8    /* of them in one place, the latest that came there */
#define AUDIT_MAX_BYTES (256LL * 1024 * 1024) /* of a file nobody rotates */

struct audit {
    const char *path; /* absolute, borrowed; NULL: nothing is kept */
    int fd;           /* -1: it could not be opened */
    uint64_t lost;    /* lines, since one was written */
    uint64_t lost_ever;
    uint64_t seen[AUDIT_SEEN];
};

struct audit_answer {
    const char *door; /* "doorbell" or "credential" */
    const char *unit; /* or NULL */
    uid_t uid;
    pid_t pid;
};

/* audit_open: again, as after a rotation.  It must be a regular file of ours
 * that is closed to others; it is made 0600.  TW_E_ACCESS, TW_E_SYSTEM: lines
 * are lost until it can be opened, and no token is held back. */
enum tw_status audit_open(struct audit *audit, struct tw_error *err);

/* audit_tell: @record's token, by now_wall. */
void audit_tell(struct audit *audit, const struct audit_answer *answer,
                const struct record *record, int64_t now_wall);

void audit_close(struct audit *audit);

#endif
