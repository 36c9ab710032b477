/* SPDX-License-Identifier: MIT */
/*
 * redirect_socket.c - see redirect_socket.h.
 *
 * localhost is two addresses, and a browser looks at ::1 first (RFC 6761 6.3):
 * whoever listens there would get what is meant for us, so that we do.
 */
#include "helper/person/redirect_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "provider/base/auto.h"

#define BACKLOG SOMAXCONN /* a crowd must not keep the browser out */
#define TRIES 16   /* a port that is free at one address may not be at both */
#define SILENT_S 5 /* for who connects to say something (tcp(7)) */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t
make_address(bool is_ipv6, uint16_t port, union address *out)
{
    memset(out, 0, sizeof *out);
    if (is_ipv6) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_addr = in6addr_loopback;
        out->v6.sin6_port = htons(port);
        return sizeof out->v6;
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    out->v4.sin_port = htons(port);
    return sizeof out->v4;
}

/* Returns 0 or errno; @port, if it is 0, becomes the one that was free. */
static int
listen_at(bool is_ipv6, uint16_t *port, int *fd)
{
    const int on = 1, silent_s = SILENT_S;
    union address address;
    socklen_t len = make_address(is_ipv6, *port, &address);

    *fd = socket(address.any.sa_family,
                 SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
        bind(*fd, &address.any, len) || listen(*fd, BACKLOG) ||
        getsockname(*fd, &address.any, &len))
        return errno;
    /* Who connects and is silent takes nobody's place. */
    (void)setsockopt(*fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &silent_s,
                     sizeof silent_s);
    *port = ntohs(is_ipv6 ? address.v6.sin6_port : address.v4.sin_port);
    return 0;
}

static void
close_one(int *fd)
{
    auto_close(fd);
    *fd = -1;
}

/* Returns 0 or errno.  A host may have no ::1, and then nobody listens there.
 */
static int
listen_at_all(const struct redirect_place *place, uint16_t *port, int *fds)
{
    int why = place->is_ipv4 ? listen_at(false, port, &fds[0]) : 0;

    if (why || !place->is_ipv6)
        return why;
    why = listen_at(true, port, &fds[1]);
    if (!place->is_ipv4 || (why != EAFNOSUPPORT && why != EADDRNOTAVAIL))
        return why;
    close_one(&fds[1]);
    return 0;
}

enum tw_status
redirect_socket_open(struct redirect_place *place,
                     int fds[static REDIRECT_SOCKETS], struct tw_error *err)
{
    const uint16_t wanted = place->port;
    int why, tries = wanted ? 1 : TRIES;

    fds[0] = fds[1] = -1;
    do {
        close_one(&fds[0]);
        close_one(&fds[1]);
        place->port = wanted;
        why = listen_at_all(place, &place->port, fds);
    } while (why == EADDRINUSE && --tries);
    if (why == EADDRINUSE || why == EACCES || why == EADDRNOTAVAIL)
        return tw_fail_errno(err, TW_E_CONFIG, why,
                             "redirect_uri: port %u of this host",
                             (unsigned)place->port);
    return why ? tw_fail_errno(err, TW_E_SYSTEM, why, "a socket") : TW_OK;
}
