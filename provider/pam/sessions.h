/* SPDX-License-Identifier: MIT */
/*
 * sessions.h - how many sessions a user has, kept by root.
 *
 * <users>/.sessions/UID has one empty file for each, named after the process
 * that opened it: PID.STARTTIME.  So a session that is opened twice counts
 * once, and one that was never opened takes none away.  A session of another
 * process may be closed, since some programs open in one and close in another;
 * but one whose process is gone counts for an hour and no longer.
 */
#ifndef TW_PAM_SESSIONS_H
#define TW_PAM_SESSIONS_H

#include <stdint.h>

#include "provider/pam/person.h"

#define SESSIONS_MAX 4096   /* more are not counted */
#define SESSION_NAME_MAX 48 /* "PID.STARTTIME" */
#define SESSION_DEAD_S 3600

/* sessions_counts: is what @pamh begins or ends a session like others?  A
 * user's service manager (systemd's user@.service) is there because of them,
 * outlives the last one, and has its own session ended as the user. */
bool sessions_counts(const pam_handle_t *pamh);

/* sessions_open: this user's count.  -1, logged: it cannot be had. */
int sessions_open(pam_handle_t *pamh, const struct person *person, int users);

/* sessions_lock: nobody else counts until @sessions is closed.  False when
 * somebody still did at the monotonic @deadline_ms. */
bool sessions_lock(int sessions, int64_t deadline_ms);

/* sessions_name: this process's. */
bool sessions_name(char out[SESSION_NAME_MAX]);

bool sessions_add(int sessions, const char *name);

/* sessions_remove: @name; if it is not there, one whose process is gone. */
void sessions_remove(int sessions, const char *name);

/* sessions_count: those that are left. */
unsigned sessions_count(int sessions);

#endif
