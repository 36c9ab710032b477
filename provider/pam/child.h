/* SPDX-License-Identifier: MIT */
/*
 * child.h - the helper at work as the user, and what it says, within a
 * deadline that is kept out here.
 *
 * The program that loaded us is not to notice: it gets no SIGCHLD, its own
 * wait(2) finds no child of ours, its signal handlers stay untouched, and no
 * process is left as a zombie of its.
 */
#ifndef TW_PAM_CHILD_H
#define TW_PAM_CHILD_H

#include <sys/types.h>

#include "provider/base/session_word.h"
#include "provider/pam/person.h"
#include "provider/pam/place.h"

struct child {
    pid_t pid; /* of the first process, and of the group of all */
    int pipe;
};

/* child_start: tokenward-helper with @args (NULL-ended, without its name) as
 * @person, in a session of its own, with no descriptor but the pipe and an
 * environment built from nothing.  False, logged: no pipe, no process. */
bool child_start(pam_handle_t *pamh, const struct person *person,
                 const struct place *place, const char *const *args,
                 struct child *out);

enum heard { HEARD_WORD, HEARD_END, HEARD_NONSENSE, HEARD_TIMEOUT };

/* child_hear: the next whole word, waiting until the monotonic @deadline_ms.
 */
enum heard child_hear(const struct child *child, int64_t deadline_ms,
                      struct session_word *out);

/* child_end: stops listening; what still works works on, and what was stopped
 * does again; or with @all it is killed, stopped or not. */
void child_end(struct child *child, bool all);

#endif
