/* SPDX-License-Identifier: MIT */
/*
 * variables.h - what a session's environment is told about token files.
 */
#ifndef TW_PAM_VARIABLES_H
#define TW_PAM_VARIABLES_H

#include "provider/pam/place.h"

/* variables_put: @variable names the token file of @profile, which lies below
 * @dir, from now on.  Names that mean something to a login itself, or to
 * every program in it, are left alone, and so is what another module has set;
 * BEARER_TOKEN_FILE is ours. */
void variables_put(pam_handle_t *pamh, const char *dir, const char *variable,
                   const char *profile);

#endif
