/* SPDX-License-Identifier: MIT */
/*
 * public.c - the functions libpam calls, and nothing else: read the options,
 * call the worker, say what PAM shall make of it.
 *
 * A failure of ours is logged and fails nobody's login, unless the
 * administrator wrote "required"; a logout never fails.
 */
#include <security/pam_modules.h>

#include "provider/pam/provision.h"

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct options options;

    (void)flags;
    options_read(pamh, argc, argv, &options);
    return provision_open(pamh, &options) || !options.required
               ? PAM_SUCCESS
               : PAM_SESSION_ERR;
}

EXPORTED int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
                     const char **argv)
{
    struct options options;

    (void)flags;
    options_read(pamh, argc, argv, &options);
    (void)provision_close(pamh, &options);
    return PAM_SUCCESS;
}

/* Who the user is, is for others to find out. */
EXPORTED int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh;
    (void)flags;
    (void)argc;
    (void)argv;
    return PAM_IGNORE;
}

EXPORTED int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct options options;

    options_read(pamh, argc, argv, &options);
    if ((unsigned)flags & PAM_DELETE_CRED) {
        (void)provision_delete(pamh, &options);
        return PAM_SUCCESS;
    }
    return provision_refresh(pamh, &options) || !options.required
               ? PAM_SUCCESS
               : PAM_CRED_ERR;
}
