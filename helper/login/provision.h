/* SPDX-License-Identifier: MIT */
/*
 * provision.h - which of a user's profiles are wanted from a login on.
 */
#ifndef TW_HELPER_PROVISION_H
#define TW_HELPER_PROVISION_H

#include "helper/session.h"

/* provision: fetches the profiles of @set marked login: true, and those of
 * @names, which come first, and has the system's resident helper do so with
 * its users' templates; that alone where @set is NULL, since it cannot be
 * read.  To a session (--session) it first says which variables are to name
 * which token files: BEARER_TOKEN_FILE the first profile's, of @names if there
 * are any, the others what env: has of kind file.  Reports what fails; returns
 * the first failure's status. */
enum tw_status provision(struct session *session,
                         const struct profile_set *set,
                         const struct store *store, char *const *names,
                         size_t count);

#endif
