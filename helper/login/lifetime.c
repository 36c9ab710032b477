/* SPDX-License-Identifier: MIT */
/*
 * lifetime.c - see lifetime.h; loginctl(1).
 */
#include "helper/login/lifetime.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "provider/base/text.h"

#define LINGER_DIR "/var/lib/systemd/linger/"

bool
lifetime_lingers(const char *user)
{
    char path[sizeof LINGER_DIR + NAME_MAX];
    const char *const parts[] = {LINGER_DIR, user, NULL};

    return user && user[0] && !strchr(user, '/') && strcmp(user, ".") != 0 &&
           strcmp(user, "..") != 0 && text_join(path, sizeof path, parts) &&
           access(path, F_OK) == 0;
}

bool
lifetime_is_over(enum login_lifetime lifetime, bool lingers)
{
    switch (lifetime) {
    case LIFETIME_SESSION:
        return true;
    case LIFETIME_USER:
        return !lingers;
    case LIFETIME_LINGER:
    default:
        return false;
    }
}
