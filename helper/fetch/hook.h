/* SPDX-License-Identifier: MIT */
/*
 * hook.h - on_refresh is run: once, for one profile that has a new token.
 */
#ifndef TW_HELPER_HOOK_H
#define TW_HELPER_HOOK_H

#include "helper/profile/profile_hook.h"
#include "helper/store/store.h"

#define HOOK_MS 30000 /* then it is killed */
#define HOOK_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/bin"

/* hook_run: for the token that @profile has by now; at most HOOK_MS.  The
 * program's environment is TOKENWARD_PROFILE, _TOKEN_FILE, _GENERATION and
 * _EXPIRES_AT, PATH, and a user's XDG_RUNTIME_DIR if the store is in it; no
 * token is in it.
 * TW_E_CONFIG: how it failed, and the first of what it printed; TW_E_ACCESS,
 * TW_E_SYSTEM. */
enum tw_status hook_run(const struct hook *hook, const struct store *store,
                        const char *profile, struct tw_error *err);

#endif
