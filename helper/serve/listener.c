/* SPDX-License-Identifier: MIT */
/*
 * listener.c - see listener.h; sd_listen_fds(3).
 */
#include "helper/serve/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "provider/base/auto.h"
#include "provider/base/text.h"

#define BACKLOG 512
#define HANDED_FIRST 3
#define HANDED_MAX 16    /* a service manager's list is short */
#define SHORT_REST_MS 10 /* on a host that has no descriptor left at all */

static bool
is_listening(int fd, int wanted)
{
    int type = 0, listens = 0, domain = 0;
    socklen_t n = sizeof type;

    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 &&
           domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 &&
           type == wanted &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) == 0 &&
           listens;
}

/* The one of @type that was handed over; -1: there is none.  None of them is
 * for our children. */
static int
take_handed(const struct environment *environment, int type)
{
    const char *whose = environment_get(environment, "LISTEN_PID");
    const char *count = environment_get(environment, "LISTEN_FDS");
    int64_t pid, fds;
    int found = -1;

    if (!whose || !count || !text_to_int64(whose, &pid) || pid != getpid() ||
        !text_to_int64(count, &fds) || fds < 1 || fds > HANDED_MAX)
        return -1;
    for (int fd = HANDED_FIRST; fd < HANDED_FIRST + (int)fds; fd++) {
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && found < 0 &&
            is_listening(fd, type) && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
            found = fd;
    }
    return found;
}

static int
open_spare(void)
{
    return eventfd(0, EFD_CLOEXEC);
}

static enum tw_status
make(const struct listener_kind *kind, const struct store *store, int *out,
     struct tw_error *err)
{
    AUTO_CLOSE int fd =
        socket(AF_UNIX, kind->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *const parts[] = {store->path, "/", kind->name, NULL};

    if (!text_join(address.sun_path, sizeof address.sun_path, parts))
        return tw_fail(err, TW_E_CONFIG,
                       "%s: is too long a path for a socket in it",
                       store->path);
    if (fd < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", address.sun_path);
    (void)unlinkat(store->root, kind->name, 0);
    /* The umask is 077: nobody else comes before the mode is set. */
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        fchmodat(store->root, kind->name, kind->mode, 0) < 0 ||
        listen(fd, BACKLOG) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", address.sun_path);
    *out = take_fd(&fd);
    return TW_OK;
}

enum tw_status
listener_open(const struct listener_kind *kind, const struct store *store,
              const struct environment *environment, struct listener *out,
              struct tw_error *err)
{
    enum tw_status status;
    int fd = take_handed(environment, kind->type);

    if (fd >= 0) {
        *out = (struct listener){.fd = fd, .spare = open_spare()};
        return TW_OK;
    }
    status = make(kind, store, &fd, err);
    if (!status)
        *out = (struct listener){.fd = fd,
                                 .spare = open_spare(),
                                 .name = kind->name,
                                 .store = store};
    return status;
}

/* With the descriptor that is kept for it. */
static bool
turn_away(struct listener *listener)
{
    int fd;

    auto_close(&listener->spare);
    fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
    auto_close(&fd);
    listener->spare = open_spare();
    return fd >= 0;
}

int
listener_accept(struct listener *listener)
{
    for (;;) {
        int fd =
            accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        bool is_short = errno == EMFILE || errno == ENFILE ||
                        errno == ENOMEM || errno == ENOBUFS;

        if (fd >= 0)
            return fd;
        if (errno == ECONNABORTED || errno == EINTR ||
            (is_short && turn_away(listener)))
            continue;
        /* The socket stays ready, and would be looked at again at once. */
        if (is_short)
            (void)poll(NULL, 0, SHORT_REST_MS);
        return -1;
    }
}

void
listener_close(struct listener *listener)
{
    if (listener->fd >= 0 && listener->name)
        (void)unlinkat(listener->store->root, listener->name, 0);
    auto_close(&listener->fd);
    auto_close(&listener->spare);
    *listener = LISTENER_INIT;
}
