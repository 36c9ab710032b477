/* SPDX-License-Identifier: MIT */
/*
 * supervise.h - the work is done in a child, the clock is kept outside it.
 *
 * libcurl joins its resolver thread and so can take 28 s where it was given
 * two; a parent that waits with a monotonic clock of its own and then kills
 * cannot be held up.
 */
#ifndef TW_HELPER_SUPERVISE_H
#define TW_HELPER_SUPERVISE_H

#include <signal.h>
#include <stdint.h>

#include "helper/broker/broker.h"
#include "provider/base/error.h"

/* supervise_detach: the caller's process ends with status 0, its work goes on
 * in a child.  @quiet: which also lets go of stdout. */
enum tw_status supervise_detach(bool quiet, struct tw_error *err);

/* supervise: in the child, returns true: do the work and exit.  In the
 * parent, false, with the child's exit status in @exit_status; or -1 when it
 * was killed at @deadline_ms or died, with the reason in @err.  Every process
 * below the child is gone then.  @held (NULL: none): signals that are blocked
 * in both; the parent hands them on, dies by one that the child died by, and
 * leaves the terminal as it was when the child could not.  @office: the parent
 * starts programs for the child, which closes it. */
bool supervise(int64_t deadline_ms, const sigset_t *held,
               struct broker_office *office, int *exit_status,
               struct tw_error *err);

#endif
