/* SPDX-License-Identifier: MIT */
/*
 * credential.c - managers and what they are handed; see credential.h.
 *
 * The trap is the name: the manager tells unit and credential by the abstract
 * address that it has bound its end to, and any process may bind any such
 * address.  So the peer's uid, which the kernel noted when it connected, comes
 * first, and the name is not looked at before.  Its pid decides nothing: it is
 * a short-lived child of the manager's, and a number that is reused.
 *
 * The manager shuts its sending side at once, so that EPOLLRDHUP says
 * nothing; EPOLLHUP says that it is gone.
 *
 * A token is written by one call, into a buffer that has room for it.
 */
#include "helper/serve/credential.h"

#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define ACCEPTS 64 /* in one go */

static void on_connect(void *arg, int fd, uint32_t events);

static void
drop(struct load *load)
{
    struct credential *credential = load->credential;

    if (load->waiter.ward)
        credential->host.left(&load->waiter);
    (void)loop_watch(credential->loop, load->fd, 0, NULL, NULL);
    (void)close(load->fd);
    if (!load->is_cut)
        timed_drop(&credential->loads, &load->timed);
    free(load);
    if (credential->count-- == CREDENTIAL_LOADS_MAX)
        (void)loop_watch(credential->loop, credential->listener.fd, EPOLLIN,
                         on_connect, credential);
}

void
load_refuse(struct load *load)
{
    load->credential->refused++;
    drop(load);
}

void
load_hand(struct load *load, const char *token, size_t n)
{
    const int room = 4 * TOKEN_MAX; /* the kernel's own need included */
    ssize_t sent;

    (void)setsockopt(load->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    sent = send(load->fd, token, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    load->credential->handed += sent > 0 && (size_t)sent == n;
    if (sent <= 0 || (size_t)sent == n) {
        drop(load);
        return;
    }
    load->is_cut = true;
    timed_drop(&load->credential->loads, &load->timed);
}

/* It sends nothing; what it does is to go. */
static void
on_load(void *arg, int fd, uint32_t events)
{
    (void)fd;
    if (events & (EPOLLHUP | EPOLLERR))
        drop(arg);
}

/* Who it is first, by the kernel's word, and then what it says of itself. */
static enum tw_status
identify(const struct credential *credential, struct load *load,
         struct tw_error *err)
{
    struct sockaddr_un address;
    socklen_t n = sizeof address;
    struct ucred peer;
    socklen_t m = sizeof peer;

    if (getsockopt(load->fd, SOL_SOCKET, SO_PEERCRED, &peer, &m) < 0 ||
        peer.uid != credential->manager)
        return tw_fail(err, TW_E_ACCESS,
                       "credential: the caller is no service manager: its "
                       "uid is not %u",
                       (unsigned)credential->manager);
    load->uid = peer.uid;
    load->pid = peer.pid;
    if (getpeername(load->fd, (struct sockaddr *)&address, &n) < 0)
        n = 0;
    return claim_parse(&address, n, &load->claim, err);
}

/* Takes @fd over. */
static void
welcome(struct credential *credential, int fd)
{
    struct load *load = calloc(1, sizeof *load);
    struct tw_error err;

    if (!load || !loop_watch(credential->loop, fd, EPOLLHUP, on_load, load)) {
        free(load);
        (void)close(fd);
        return;
    }
    load->credential = credential;
    load->fd = fd;
    timed_put(&credential->loads, &load->timed, loop_now_ms() + CREDENTIAL_MS);
    credential->count++;
    if (identify(credential, load, &err)) {
        credential->host.vain(credential->host.arg, &err);
        load_refuse(load);
        return;
    }
    credential->host.asked(credential->host.arg, load);
}

static void
on_connect(void *arg, int fd, uint32_t events)
{
    struct credential *credential = arg;

    (void)events;
    for (int i = 0; i < ACCEPTS && credential->count < CREDENTIAL_LOADS_MAX;
         i++) {
        int load = listener_accept(&credential->listener);

        if (load < 0)
            break;
        welcome(credential, load);
    }
    if (credential->count == CREDENTIAL_LOADS_MAX)
        (void)loop_watch(credential->loop, fd, 0, NULL, NULL);
}

enum tw_status
credential_open(struct credential *credential, struct loop *loop,
                const struct store *store,
                const struct environment *environment,
                const struct credential_host *host, struct tw_error *err)
{
    /* Of the service user, and closed to others: a root whose capabilities
     * are gone does not get through either. */
    const struct listener_kind kind = {CREDENTIAL_FILE, SOCK_STREAM, 0600};
    enum tw_status status =
        listener_open(&kind, store, environment, &credential->listener, err);

    credential->loop = loop;
    credential->host = *host;
    credential->manager = store->system ? 0 : geteuid();
    if (!status && !loop_watch(loop, credential->listener.fd, EPOLLIN,
                               on_connect, credential))
        status = tw_fail(err, TW_E_SYSTEM, "epoll takes no more");
    return status;
}

static struct load *
load_of(struct timed *timed)
{
    return (struct load *)(void *)((char *)timed -
                                   offsetof(struct load, timed));
}

int64_t
credential_turn(struct credential *credential, int64_t now_ms)
{
    struct timed *due;

    while ((due = timed_due(&credential->loads, now_ms))) {
        struct load *load = load_of(due);
        struct tw_error late;

        (void)tw_fail(&late, TW_E_RETRY,
                      "unit '%.128s' waited for '%s' in vain: it was handed "
                      "nothing",
                      load->claim.unit, load->claim.profile);
        credential->host.vain(credential->host.arg, &late);
        load_refuse(load);
    }
    return timed_next(&credential->loads);
}

void
credential_close(struct credential *credential)
{
    while (credential->loads.first)
        drop(load_of(credential->loads.first));
    listener_close(&credential->listener);
}
