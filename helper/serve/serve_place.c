/* SPDX-License-Identifier: MIT */
/*
 * serve_place.c - is the runtime directory still the one that others see?  See
 * serve.h.
 *
 * Who cleans up below a helper that runs leaves it deaf: it would go on to
 * write tokens where nobody finds them, beside the next one that is started.
 * So it ends, and its service manager has it begin anew.
 *
 * The trap is a socket that the service manager holds: the next one would be
 * handed the same, without a name.  Tokens are found all the same, so it goes
 * on, and tells what is to be done.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "helper/serve/serve.h"

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

/* One that was made here. */
static bool
is_removed(const struct serve *serve, const struct listener *listener)
{
    struct stat st;

    return listener->name &&
           fstatat(serve->store.root, listener->name, &st,
                   AT_SYMLINK_NOFOLLOW) < 0 &&
           errno == ENOENT;
}

/* The path of one that was handed over, if that is in the runtime directory:
 * elsewhere this process may see other files than those who come. */
static bool
find_handed(const struct serve *serve, const struct listener *listener,
            struct sockaddr_un *out)
{
    const size_t n = strlen(serve->store.path);
    socklen_t size = sizeof *out;

    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    return listener->fd >= 0 && !listener->name &&
           getsockname(listener->fd, (struct sockaddr *)out, &size) == 0 &&
           memchr(out->sun_path, '\0', sizeof out->sun_path) &&
           strncmp(out->sun_path, serve->store.path, n) == 0 &&
           out->sun_path[n] == '/';
}

/* Said once, until it is there again. */
static void
tell_if_missed(struct serve *serve, struct listener *listener)
{
    struct sockaddr_un address;
    struct tw_error err;
    struct stat st;
    bool was_missed = listener->is_missed;

    listener->is_missed = find_handed(serve, listener, &address) &&
                          lstat(address.sun_path, &st) < 0 && errno == ENOENT;
    if (!listener->is_missed || was_missed)
        return;
    (void)tw_fail(&err, TW_E_SYSTEM,
                  "%s was removed: nobody can come by it, and the service "
                  "manager has to make it anew\n%s",
                  address.sun_path,
                  serve->store.system
                      ? "systemctl restart tokenward.socket "
                        "tokenward-credential.socket tokenward.service"
                      : "systemctl --user restart "
                        "tokenward-credential.socket tokenward.service");
    (void)session_fail(serve->session, &err);
}

void
serve_end(struct serve *serve)
{
    if (serve->end_ms == LOOP_NEVER)
        serve->end_ms = loop_now_ms();
}

void
serve_check_place(struct serve *serve)
{
    if (serve->gone.status)
        return;
    if (is_gone(serve))
        (void)tw_fail(&serve->gone, TW_E_SYSTEM,
                      "%s was removed or replaced while it was served\n"
                      "start the helper again, and before it the sockets that "
                      "its service manager holds there",
                      serve->store.path);
    else if (is_removed(serve, &serve->bell.listener) ||
             is_removed(serve, &serve->credential.listener))
        (void)tw_fail(&serve->gone, TW_E_SYSTEM,
                      "%s: a socket was removed while it was served\n"
                      "start the helper again",
                      serve->store.path);
    if (serve->gone.status)
        serve_end(serve);
    tell_if_missed(serve, &serve->bell.listener);
    tell_if_missed(serve, &serve->credential.listener);
}
