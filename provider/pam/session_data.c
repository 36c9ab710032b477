/* SPDX-License-Identifier: MIT */
/*
 * session_data.c - see session_data.h.
 */
#include "provider/pam/session_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA_NAME "pam_tokenward_session"

static void
release(pam_handle_t *pamh, void *data, int status)
{
    (void)pamh;
    (void)status;
    free(data);
}

void
session_data_set(pam_handle_t *pamh, const char *name)
{
    char *copy = name ? strdup(name) : NULL;

    if (pam_set_data(pamh, DATA_NAME, copy, release) != PAM_SUCCESS)
        free(copy);
}

bool
session_data_get(pam_handle_t *pamh, char out[SESSION_NAME_MAX])
{
    const void *name = NULL;

    if (pam_get_data(pamh, DATA_NAME, &name) != PAM_SUCCESS || !name)
        return false;
    (void)snprintf(out, SESSION_NAME_MAX, "%s", (const char *)name);
    return true;
}
