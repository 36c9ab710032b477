/* SPDX-License-Identifier: MIT */
/*
 * hook_once.h - on_refresh for a run of fetch.
 */
#ifndef TW_HELPER_HOOK_ONCE_H
#define TW_HELPER_HOOK_ONCE_H

#include "helper/session.h"

/* hook_once: those of the profiles in session->published, one after another,
 * once whoever waits for the run's @status has been told it, and until the
 * run's own deadline.  Their failures are reported to a person alone. */
void hook_once(struct session *session, enum tw_status status);

#endif
