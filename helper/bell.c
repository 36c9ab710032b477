/* SPDX-License-Identifier: MIT */
/*
 * bell.c - callers and their packets; see bell.h.
 *
 * The trap is a caller who is slow or means ill: what it sends is cut, what it
 * does not read is dropped, and the end of its call is kept in a list by
 * time, whose head alone is looked at.  Who it is, the kernel says.
 */
#include "helper/bell.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "provider/base/auto.h"
#include "provider/base/doorbell.h"
#include "provider/base/lines.h"
#include "provider/base/text.h"

#define BACKLOG 512
#define ACCEPTS 64  /* in one go */
#define HANDED_FD 3 /* sd_listen_fds(3) */

static void on_ring(void *arg, int fd, uint32_t events);

static void
unlink_caller(struct caller *caller)
{
    struct bell *bell = caller->bell;

    if (caller->previous)
        caller->previous->following = caller->following;
    else
        bell->first = caller->following;
    if (caller->following)
        caller->following->previous = caller->previous;
    else
        bell->last = caller->previous;
}

/* Its time begins anew, so it is the last whose time is over. */
static void
link_caller(struct caller *caller)
{
    struct bell *bell = caller->bell;

    caller->end_ms = loop_now_ms() + BELL_CALLER_MS;
    caller->following = NULL;
    caller->previous = bell->last;
    if (bell->last)
        bell->last->following = caller;
    else
        bell->first = caller;
    bell->last = caller;
}

static void
hang_up(struct caller *caller)
{
    struct bell *bell = caller->bell;

    if (caller->ward)
        bell->host.left(bell->host.arg, caller);
    (void)loop_watch(bell->loop, caller->fd, 0, NULL, NULL);
    (void)close(caller->fd);
    unlink_caller(caller);
    allowance_leave(caller->allowance);
    free(caller);
    if (bell->count-- == BELL_CALLERS_MAX)
        (void)loop_watch(bell->loop, bell->fd, EPOLLIN, on_ring, bell);
}

static bool
put_verdict(struct secret *out, const struct tw_error *err)
{
    char message[sizeof err->message];
    char *hint;

    memcpy(message, err->message, sizeof message);
    hint = strchr(message, '\n');
    if (hint)
        *hint++ = '\0';
    return lines_put(out, "status", tw_status_name(err->status)) &&
           (!err->status || lines_put(out, "message", message)) &&
           (!err->status || !hint || lines_put(out, "hint", hint));
}

static bool
send_verdict(int fd, const struct tw_error *err, const struct secret *more)
{
    AUTO_SECRET out = SECRET_INIT(DOORBELL_ANSWER_MAX);

    return put_verdict(&out, err) &&
           (!more || secret_append(&out, more->bytes, more->len)) &&
           send(fd, out.bytes, out.len, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

static void on_caller(void *arg, int fd, uint32_t events);

void
caller_answer(struct caller *caller, const struct tw_error *err,
              const struct secret *more)
{
    caller->ward = NULL;
    if (!send_verdict(caller->fd, err, more) ||
        !loop_watch(caller->bell->loop, caller->fd, EPOLLIN | EPOLLRDHUP,
                    on_caller, caller)) {
        hang_up(caller);
        return;
    }
    unlink_caller(caller);
    link_caller(caller);
}

static void
read_request(struct caller *caller, char *text, size_t n)
{
    struct bell *bell = caller->bell;
    struct bell_request request;
    struct tw_error err = {.status = TW_OK};

    if (!allowance_spend(caller->allowance, loop_now_ms()))
        (void)tw_fail(&err, TW_E_RETRY, "too many requests of one user");
    else
        (void)bell_parse(text, n, &request, &err);
    if (err.status) {
        caller_answer(caller, &err, NULL);
        return;
    }
    /* Nothing more is read of it until it is answered. */
    (void)loop_watch(bell->loop, caller->fd, EPOLLRDHUP, on_caller, caller);
    unlink_caller(caller);
    link_caller(caller);
    bell->host.asked(bell->host.arg, caller, &request);
}

static void
on_caller(void *arg, int fd, uint32_t events)
{
    struct caller *caller = arg;
    char text[DOORBELL_REQUEST_MAX + 1];
    ssize_t n = 0;

    if (!caller->ward && (events & EPOLLIN)) {
        n = recv(fd, text, DOORBELL_REQUEST_MAX, MSG_DONTWAIT | MSG_TRUNC);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
    }
    if (n <= 0 || n > DOORBELL_REQUEST_MAX)
        hang_up(caller);
    else
        read_request(caller, text, (size_t)n);
}

/* Takes @fd over. */
static void
welcome(struct bell *bell, int fd)
{
    struct caller *caller = NULL;
    struct allowance *allowance = NULL;
    struct ucred peer;
    socklen_t n = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0)
        allowance =
            allowance_enter(&bell->allowances, peer.uid, loop_now_ms());
    if (allowance)
        caller = calloc(1, sizeof *caller);
    if (caller &&
        loop_watch(bell->loop, fd, EPOLLIN | EPOLLRDHUP, on_caller, caller)) {
        caller->bell = bell;
        caller->allowance = allowance;
        caller->fd = fd;
        link_caller(caller);
        bell->count++;
        return;
    }
    if (allowance)
        allowance_leave(allowance);
    free(caller);
    (void)close(fd);
}

static void
on_ring(void *arg, int fd, uint32_t events)
{
    struct bell *bell = arg;

    (void)events;
    for (int i = 0; i < ACCEPTS && bell->count < BELL_CALLERS_MAX; i++) {
        int caller = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (caller < 0)
            break;
        welcome(bell, caller);
    }
    if (bell->count == BELL_CALLERS_MAX)
        (void)loop_watch(bell->loop, fd, 0, NULL, NULL);
}

/* The socket that a service manager handed over; -1: there is none. */
static int
take_handed(const struct environment *environment)
{
    const char *whose = environment_get(environment, "LISTEN_PID");
    const char *count = environment_get(environment, "LISTEN_FDS");
    int type = 0, listens = 0;
    socklen_t n = sizeof type;
    int64_t pid, fds;

    if (!whose || !count || !text_to_int64(whose, &pid) || pid != getpid() ||
        !text_to_int64(count, &fds) || fds != 1)
        return -1;
    if (getsockopt(HANDED_FD, SOL_SOCKET, SO_TYPE, &type, &n) < 0 ||
        type != SOCK_SEQPACKET ||
        getsockopt(HANDED_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) < 0 ||
        !listens || fcntl(HANDED_FD, F_SETFD, FD_CLOEXEC) < 0 ||
        fcntl(HANDED_FD, F_SETFL, O_NONBLOCK) < 0)
        return -1;
    return HANDED_FD;
}

/* Whoever holds the place of the resident helper may remove a dead socket. */
static enum tw_status
make(const struct store *store, int *out, struct tw_error *err)
{
    AUTO_CLOSE int fd =
        socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *const parts[] = {store->path, "/" DOORBELL_FILE, NULL};

    if (!text_join(address.sun_path, sizeof address.sun_path, parts))
        return tw_fail(err, TW_E_CONFIG,
                       "%s: is too long a path for a socket in it",
                       store->path);
    (void)unlinkat(store->root, DOORBELL_FILE, 0);
    if (fd < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        fchmodat(store->root, DOORBELL_FILE, store->system ? 0666 : 0600, 0) <
            0 ||
        listen(fd, BACKLOG) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", address.sun_path);
    *out = take_fd(&fd);
    return TW_OK;
}

enum tw_status
bell_open(struct bell *bell, struct loop *loop, const struct store *store,
          const struct environment *environment, const struct bell_host *host,
          struct tw_error *err)
{
    enum tw_status status = TW_OK;

    bell->loop = loop;
    bell->host = *host;
    bell->fd = take_handed(environment);
    if (bell->fd < 0) {
        status = make(store, &bell->fd, err);
        bell->store = store;
    }
    if (!status && !loop_watch(loop, bell->fd, EPOLLIN, on_ring, bell))
        status = tw_fail(err, TW_E_SYSTEM, "epoll takes no more");
    return status;
}

int64_t
bell_turn(struct bell *bell, int64_t now_ms)
{
    while (bell->first && bell->first->end_ms <= now_ms)
        hang_up(bell->first);
    return bell->first ? bell->first->end_ms : LOOP_NEVER;
}

void
bell_close(struct bell *bell)
{
    while (bell->first)
        hang_up(bell->first);
    if (bell->fd >= 0 && bell->store)
        (void)unlinkat(bell->store->root, DOORBELL_FILE, 0);
    auto_close(&bell->fd);
    bell->fd = -1;
}
