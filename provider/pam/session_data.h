/* SPDX-License-Identifier: MIT */
/*
 * session_data.h - which session a PAM handle has opened, for a handle that is
 * closed in another process than it was opened in, as systemd --user does it.
 * A help: the count itself is on the file system.
 */
#ifndef TW_PAM_SESSION_DATA_H
#define TW_PAM_SESSION_DATA_H

#include "provider/pam/sessions.h"

void session_data_set(pam_handle_t *pamh, const char *name); /* NULL: none */
bool session_data_get(pam_handle_t *pamh, char out[SESSION_NAME_MAX]);

#endif
