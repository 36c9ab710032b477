/* SPDX-License-Identifier: MIT */
/*
 * confine.h - this process gives up what it does not need.
 */
#ifndef TW_HELPER_CONFINE_H
#define TW_HELPER_CONFINE_H

#include "provider/base/error.h"

#ifndef TW_SERVICE_USER
#define TW_SERVICE_USER "tokenward"
#endif

/* confine_start: descriptors 0 to 2 lead somewhere, so that no file of ours
 * is taken for standard error, and what is written to a standard output that
 * was closed still fails; and the umask is 077, whatever the caller's was: a
 * directory must be ours to open between its making and its chmod. */
enum tw_status confine_start(struct tw_error *err);

/* confine_process: no core, not dumpable, no new privileges, and not one
 * capability, also when it was started by root. */
enum tw_status confine_process(struct tw_error *err);

/* confine_to_service: as root, becomes the service user for good, and checks
 * that there is no way back.  Otherwise does nothing. */
enum tw_status confine_to_service(struct tw_error *err);

#endif
