/* SPDX-License-Identifier: MIT */
/*
 * serve_place.c - is the runtime directory still the one that others see?  See
 * serve.h.
 *
 * Who cleans up below a helper that runs leaves it deaf: it would go on to
 * write tokens where nobody finds them, beside the next one that is started.
 * So it ends, and its service manager has it begin anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "helper/serve.h"

/* What cannot be looked at is not said to be gone. */
static bool
is_gone(const struct serve *serve)
{
    struct stat held, named;

    if (fstat(serve->store.root, &held) < 0)
        return false;
    if (lstat(serve->store.path, &named) < 0)
        return errno == ENOENT;
    return held.st_dev != named.st_dev || held.st_ino != named.st_ino;
}

/* Of one that a service manager made it is known only here that it was. */
static bool
is_removed(const struct serve *serve, const struct listener *listener)
{
    struct stat st;

    return listener->name &&
           fstatat(serve->store.root, listener->name, &st,
                   AT_SYMLINK_NOFOLLOW) < 0 &&
           errno == ENOENT;
}

void
serve_check_place(struct serve *serve)
{
    if (serve->broken.status)
        return;
    if (is_gone(serve))
        (void)tw_fail(&serve->broken, TW_E_SYSTEM,
                      "%s was removed or replaced while it was served\n"
                      "start the helper again, and before it the sockets that "
                      "its service manager holds there",
                      serve->store.path);
    else if (is_removed(serve, &serve->bell.listener) ||
             is_removed(serve, &serve->credential.listener))
        (void)tw_fail(&serve->broken, TW_E_SYSTEM,
                      "%s: a socket was removed while it was served\n"
                      "start the helper again",
                      serve->store.path);
}
