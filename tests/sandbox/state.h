/* SPDX-License-Identifier: MIT */
/*
 * state.h - the directory where others find the sandbox.
 */
#ifndef TW_SANDBOX_STATE_H
#define TW_SANDBOX_STATE_H

#include "provider/base/error.h"
#include "provider/base/secret.h"

/* state_open: made (0700) if it is not there.  TW_E_ACCESS. */
enum tw_status state_open(const char *dir, int *out, struct tw_error *err);

/* state_put: all of @text under @name (0644), or nothing.  TW_E_SYSTEM. */
enum tw_status state_put(int dir, const char *name, const struct secret *text,
                         struct tw_error *err);

void state_remove(int dir, const char *name);

#endif
