/* SPDX-License-Identifier: MIT */
/*
 * variables.c - see variables.h.  The names come from a file of the user's,
 * and the program that asked for them may still be root; the values are paths
 * that are composed here.
 */
#include "provider/pam/variables.h"

#include <string.h>

#include "provider/base/session_word.h"
#include "provider/base/steering.h"
#include "provider/base/text.h"

/* What means something to a login itself.  One that ends in '*' is the
 * beginning of many. */
static const char *const LEFT_ALONE[] = {
    "BASH*", "CDPATH", "DBUS_*",  "ENV",     "HOME",  "IFS",
    "LANG*", "LC_*",   "LOCPATH", "LOGNAME", "MAIL",  "NLS*",
    "PATH",  "PERL*",  "PYTHON*", "SHELL*",  "SSH_*", "SUDO_*",
    "TERM*", "TMPDIR", "TZ*",     "USER",    "XDG_*",
};

static bool
is_left_alone(const char *variable)
{
    for (size_t i = 0; i < sizeof LEFT_ALONE / sizeof *LEFT_ALONE; i++) {
        size_t n = strlen(LEFT_ALONE[i]);

        if (LEFT_ALONE[i][n - 1] == '*'
                ? strncmp(variable, LEFT_ALONE[i], n - 1) == 0
                : strcmp(variable, LEFT_ALONE[i]) == 0)
            return true;
    }
    return false;
}

void
variables_put(pam_handle_t *pamh, const char *dir, const char *variable,
              const char *profile)
{
    char text[512];
    const char *const parts[] = {variable, "=",      dir, "/",
                                 profile,  "/token", NULL};

    if (steering_has(variable) || is_left_alone(variable) ||
        (strcmp(variable, TOKEN_FILE_VARIABLE) != 0 &&
         pam_getenv(pamh, variable)))
        return;
    if (text_join(text, sizeof text, parts))
        (void)pam_putenv(pamh, text);
}
