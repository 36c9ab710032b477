/* SPDX-License-Identifier: MIT */
/*
 * state_version.h - was a refresh token's file written by a later version of
 * tokenward?
 *
 * What it says then is not known here, and it may hold the only good token: it
 * is neither read nor replaced.
 */
#ifndef TW_HELPER_STATE_VERSION_H
#define TW_HELPER_STATE_VERSION_H

#include "provider/base/error.h"

/* state_version_check: <@dir>/<@name>, which messages call <@path>/<@name>, by
 * its first line.  TW_E_ACCESS: a later one's.  A file that is not there, or
 * is none, passes. */
enum tw_status state_version_check(int dir, const char *name, const char *path,
                                   struct tw_error *err);

#endif
