/* SPDX-License-Identifier: MIT */
/*
 * listener.c - see listener.h.
 */
#include "tests/sandbox/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "provider/base/auto.h"

/* A port that is free on one family may not be on the other. */
#define TRIES 16

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t
loopback(int family, uint16_t port, union address *out)
{
    if (family == AF_INET6) {
        out->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
                                        .sin6_port = htons(port),
                                        .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        return sizeof out->v6;
    }
    out->v4 = (struct sockaddr_in){.sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return sizeof out->v4;
}

static enum tw_status
open_one(int family, uint16_t *port, int *out, struct tw_error *err)
{
    static const int on = 1;
    AUTO_CLOSE int fd =
        socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    union address address;
    socklen_t n = loopback(family, *port, &address);

    if (fd < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "socket");
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &address.any, n) < 0 || listen(fd, LISTENER_BACKLOG) < 0 ||
        getsockname(fd, &address.any, &n) < 0)
        return tw_fail_errno(
            err, errno == EADDRINUSE ? TW_E_RETRY : TW_E_SYSTEM, errno,
            "port %d of %s", *port, family == AF_INET6 ? "::1" : "127.0.0.1");
    *port =
        ntohs(family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
    *out = take_fd(&fd);
    return TW_OK;
}

static enum tw_status
open_both(uint16_t *port, int *v4, int *v6, struct tw_error *err)
{
    AUTO_CLOSE int first = -1;
    uint16_t chosen = *port;
    enum tw_status status = open_one(AF_INET, &chosen, &first, err);

    if (!status)
        status = open_one(AF_INET6, &chosen, v6, err);
    if (status)
        return status;
    *port = chosen;
    *v4 = take_fd(&first);
    return TW_OK;
}

enum tw_status
listener_open(uint16_t *port, bool ipv6, int *v4, int *v6,
              struct tw_error *err)
{
    enum tw_status status;

    if (!ipv6)
        return open_one(AF_INET, port, v4, err);
    status = open_both(port, v4, v6, err);
    for (int i = 1; i < TRIES && *port == 0 && status == TW_E_RETRY; i++)
        status = open_both(port, v4, v6, err);
    return status;
}
