/* SPDX-License-Identifier: MIT */
/*
 * redirect-socket-t.c - the port of a login, on a host of the test's own.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helper/person/redirect_socket.h"

TestSuite(redirect_socket, .timeout = 60);

static bool
put(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    bool put;

    if (!file)
        return false;
    put = fputs(text, file) >= 0;
    return fclose(file) == 0 && put;
}

/* A network where nobody is, and where few ports are given away. */
static void
be_alone(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
    int fd;

    if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        cr_skip_test("no network can be made here");
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(fd, 0);
    if (ioctl(fd, SIOCSIFFLAGS, &lo) < 0 ||
        !put("/proc/sys/net/ipv4/ip_local_port_range", "40000 40015"))
        cr_skip_test("a network's ports cannot be set here");
    (void)close(fd);
}

static int
listen_at_longer(unsigned port)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_addr = in6addr_loopback,
                                   .sin6_port = htons((uint16_t)port)};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, 1) < 0)
        cr_skip_test("this host has no ::1");
    return fd;
}

static unsigned
port_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    uint16_t port = 0;

    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    if (address.ss_family == AF_INET)
        port = ((const struct sockaddr_in *)&address)->sin_port;
    else
        port = ((const struct sockaddr_in6 *)&address)->sin6_port;
    return ntohs(port);
}

static struct redirect_place place;
static int fds[REDIRECT_SOCKETS];

static enum tw_status
open_at(const char *uri, struct tw_error *err)
{
    cr_assert_null(redirect_place_problem(uri, strlen(uri), &place));
    return redirect_socket_open(&place, fds, err);
}

static void
close_both(void)
{
    for (int i = 0; i < REDIRECT_SOCKETS; i++)
        (void)close(fds[i]);
}

/* Whoever else listens at ::1 is where a browser would go. */
Test(redirect_socket, has_a_port_of_all_that_localhost_is)
{
    struct tw_error err = {0};
    int other;

    be_alone();
    other = listen_at_longer(40001);
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(open_at("http://localhost/", &err), TW_OK, "%s",
                     err.message);
        cr_expect_neq(place.port, 40001);
        cr_expect_eq(port_of(fds[0]), place.port);
        cr_expect_eq(port_of(fds[1]), place.port);
        close_both();
    }
    cr_expect_eq(open_at("http://localhost:40001/", &err), TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "port 40001 of this host: Address "
                                           "already in use"),
                       "%s", err.message);
    close_both();
    cr_expect_eq(open_at("http://127.0.0.1:40001/", &err), TW_OK);
    cr_expect_eq(fds[1], -1, "an address alone is no other");
    close_both();
    (void)close(other);
}

Test(redirect_socket, may_be_on_a_host_without_the_longer_addresses)
{
    struct tw_error err = {0};

    be_alone();
    if (!put("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1"))
        cr_skip_test("this host has no ::1 that could be taken away");
    cr_assert_eq(open_at("http://localhost/", &err), TW_OK, "%s", err.message);
    cr_expect_eq(port_of(fds[0]), place.port);
    cr_expect_eq(fds[1], -1);
    close_both();
    cr_expect_eq(open_at("http://[::1]/", &err), TW_E_CONFIG);
    close_both();
}
