/* SPDX-License-Identifier: MIT */
/*
 * system_login.h - what a login wants of the system: of each users' template
 * marked login: true, the instance of the user whose login it is.
 *
 * The profile, its secret and its fetch are the service's.  Here is what the
 * user knows: the index, the doorbell and a record to read.
 */
#ifndef TW_HELPER_SYSTEM_LOGIN_H
#define TW_HELPER_SYSTEM_LOGIN_H

#include "helper/session.h"

/* Half of the calls that the resident helper takes of one user at once. */
#define SYSTEM_LOGINS_MAX 16

struct system_login {
    char name[PROFILE_NAME_MAX + 1]; /* NAME@USER */
    size_t variables;                /* the first so many, in the end */
    bool kept;                       /* a good token is there */
    bool is_there;                   /* somebody is at the door */
    bool is_waited_for;
    int call; /* where the answer comes, or -1 */
};

struct system_logins {
    struct system_login logins[SYSTEM_LOGINS_MAX];
    size_t count;
    bool leaving; /* what was rung for is their end */
    char variables[SESSION_VARIABLES_MAX][SESSION_NAME_SIZE];
};

/* system_logins_find: those that this user may have, as the system's index
 * says, and that no profile of the user's own, @set, has the name of (NULL:
 * they cannot be read); @leaving: and all that are kept. */
void system_logins_find(const struct session *session,
                        const struct profile_set *set, bool leaving,
                        struct system_logins *out);

/* system_logins_ask: rings for all of them at once, and waits for nothing; of
 * those that are kept, too, so that they go on being. */
void system_logins_ask(const struct session *session,
                       struct system_logins *logins);

/* system_logins_leave: the same, to have them removed. */
void system_logins_leave(const struct session *session,
                         struct system_logins *logins);

/* system_logins_hear: waits for what was rung for, but for no token where a
 * good one is kept, until the monotonic @deadline_ms.  Reports failures, and
 * returns the first one's status. */
enum tw_status system_logins_hear(const struct session *session,
                                  int64_t deadline_ms,
                                  struct system_logins *logins);

void system_logins_clear(struct system_logins *logins);

#endif
