/* SPDX-License-Identifier: MIT */
/*
 * provision.h - tokens for a session, and their end: the workers behind
 * pam_sm_open_session and its like.
 *
 * Each returns whether all went well.  What did not is logged; whether it
 * matters is for the caller to say.
 */
#ifndef TW_PAM_PROVISION_H
#define TW_PAM_PROVISION_H

#include "provider/pam/options.h"

/* provision_open: counts this session, and has its tokens fetched. */
bool provision_open(pam_handle_t *pamh, const struct options *options);

/* provision_refresh: has them fetched where a runtime directory is already;
 * counts nothing and makes nothing. */
bool provision_refresh(pam_handle_t *pamh, const struct options *options);

/* provision_close: this session ends; with the last one its tokens do. */
bool provision_close(pam_handle_t *pamh, const struct options *options);

/* provision_delete: the same without a session of one's own. */
bool provision_delete(pam_handle_t *pamh, const struct options *options);

#endif
