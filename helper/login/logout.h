/* SPDX-License-Identifier: MIT */
/*
 * logout.h - a kept access token is not wanted any more.
 */
#ifndef TW_HELPER_LOGOUT_H
#define TW_HELPER_LOGOUT_H

#include "helper/session.h"

/* logout_revoke: has @record's access token revoked where @profile says, if
 * it was bought of that server.  Whether it is still kept is no matter.  The
 * caller has given up what it does not need (fence.h).
 * TW_E_CONFIG: nothing says where; else fails as revoke_token() does. */
enum tw_status logout_revoke(struct session *session,
                             const struct store *store,
                             const struct profile *profile,
                             const struct record *record,
                             struct tw_error *err);

#endif
