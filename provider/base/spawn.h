/* SPDX-License-Identifier: MIT */
/*
 * spawn.h - start the helper and wait for its report, within a deadline.
 *
 * The helper detaches itself, so the caller keeps no child, and reports on a
 * pipe: status= and message= lines.  A caller that stops waiting leaves it
 * working.
 */
#ifndef TW_BASE_SPAWN_H
#define TW_BASE_SPAWN_H

#include "provider/base/error.h"

/* spawn_helper: runs tokenward-helper with @args (NULL-ended, without the
 * program's name) in a session of its own, with no descriptor but the pipe.
 * The environment is the caller's without what steering.h knows.  @wait_ms 0:
 * does not wait for the report. The report's status and message; TW_E_RETRY
 * when the time was up; TW_E_ACCESS for a process that has more privileges
 * than its caller, or other ids for now; TW_E_SYSTEM when the helper could not
 * be started. */
enum tw_status spawn_helper(const char *const *args, int wait_ms,
                            struct tw_error *err);

/* spawn_in_place: this process becomes the helper, which speaks for itself;
 * the same @args, environment and refusals.  Returns on failure alone. */
enum tw_status spawn_in_place(const char *const *args, struct tw_error *err);

#endif
