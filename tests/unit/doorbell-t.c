/* SPDX-License-Identifier: MIT */
/*
 * doorbell-t.c - who is rung, what is asked, and what is made of silence.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "provider/base/doorbell.h"

#define OTHER 65534 /* a uid that is not ours */

static char dir[32];
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int listener = -1;

/* Whoever listens is @uid. */
static void
listen_as(uid_t uid, int backlog)
{
    listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    (void)unlink(address.sun_path);
    cr_assert_eq(
        bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(seteuid(uid), 0);
    cr_assert_eq(listen(listener, backlog), 0);
    cr_assert_eq(seteuid(getuid()), 0);
}

static void
set_up(void)
{
    (void)strcpy(dir, "/tmp/doorbell-t.XXXXXX");
    cr_assert(mkdtemp(dir));
    (void)snprintf(address.sun_path, sizeof address.sun_path,
                   "%s/" DOORBELL_FILE, dir);
}

static void
tear_down(void)
{
    (void)close(listener);
    (void)unlink(address.sun_path);
    cr_assert_eq(rmdir(dir), 0);
}

TestSuite(doorbell, .init = set_up, .fini = tear_down, .timeout = 30);

static bool
is_rung(uid_t owner)
{
    bool is_there = false;

    (void)doorbell_ensure(dir, owner, "p", -1, 0, &is_there, NULL);
    return is_there;
}

/* Anybody could make a socket where a directory is open. */
Test(doorbell, rings_its_owner_and_root_and_nobody_else)
{
    listen_as(geteuid(), 8);
    cr_expect(is_rung(geteuid()));
    if (geteuid() != 0)
        return;
    cr_expect(is_rung(OTHER), "root answers for all");
    (void)close(listener);
    listen_as(OTHER, 8);
    cr_expect(is_rung(OTHER));
    cr_expect_not(is_rung(0));
    cr_expect_not(is_rung(OTHER - 1));
}

/* What is in another's directory may be a link to any socket of root's, that
 * answers nobody. */
Test(doorbell, rings_in_no_directory_of_another)
{
    if (geteuid() != 0)
        cr_skip_test("needs another user");
    listen_as(0, 8);
    cr_expect(is_rung(0));
    cr_assert_eq(chown(dir, OTHER, OTHER), 0);
    cr_expect_not(is_rung(0));
    cr_expect(is_rung(OTHER));
}

static void
expect_request(const char *wanted)
{
    int fd = accept(listener, NULL, NULL);
    char got[DOORBELL_REQUEST_MAX + 1] = "";

    cr_expect_gt(recv(fd, got, sizeof got - 1, 0), 0);
    cr_expect_str_eq(got, wanted);
    (void)close(fd);
}

Test(doorbell, asks_in_lines)
{
    bool is_there;

    listen_as(geteuid(), 8);
    (void)doorbell_ensure(dir, geteuid(), "p", -1, 0, &is_there, NULL);
    expect_request("command=ensure\nprofile=p\n");
    (void)doorbell_ensure(dir, geteuid(), "p", 0, 0, &is_there, NULL);
    expect_request("command=ensure\nprofile=p\nmin_valid=0\n");
    (void)doorbell_reject(dir, geteuid(), "p", 7, 0, &is_there, NULL);
    expect_request("command=reject\nprofile=p\ngeneration=7\n");
    (void)close(doorbell_call(dir, geteuid(), "leave", "p"));
    expect_request("command=leave\nprofile=p\n");
}

/* Who went away did not do it; who is only slow may still. */
Test(doorbell, tells_one_that_went_away_from_one_that_is_slow)
{
    struct tw_error err;
    bool is_there;
    int fd, peer;

    listen_as(geteuid(), 8);
    fd = doorbell_call(dir, geteuid(), "ensure", "p");
    cr_assert_geq(fd, 0);
    peer = accept(listener, NULL, NULL);
    cr_expect_eq(doorbell_hear(fd, 50, &is_there, &err), TW_E_RETRY);
    cr_expect(is_there);
    cr_expect(strstr(err.message, "still at work"), "%s", err.message);
    (void)close(peer);
    cr_expect_eq(doorbell_hear(fd, 5000, &is_there, &err), TW_E_RETRY);
    cr_expect_not(is_there);
    cr_expect(strstr(err.message, "went away"), "%s", err.message);
    (void)close(fd);
    fd = doorbell_call(dir, geteuid(), "ensure", "p");
    peer = accept(listener, NULL, NULL);
    cr_expect_eq(send(peer, "status=denied\nmessage=no\n", 25, 0), 25);
    cr_expect_eq(doorbell_hear(fd, 5000, &is_there, &err), TW_E_DENIED);
    cr_expect(is_there);
    cr_expect_str_eq(err.message, "no");
    (void)close(fd);
    (void)close(peer);
}

/* It is shown to people, by programs that believe it to be one line. */
Test(doorbell, hears_nothing_that_steers_a_terminal)
{
    static const char SAID[] = "status=retry\nmessage=\33[31mred\177\nhint="
                               "a\tb \303\244\302\2332J\302\240\302\n";
    struct tw_error err;
    bool is_there;
    int fd, peer;

    listen_as(geteuid(), 8);
    fd = doorbell_call(dir, geteuid(), "ensure", "p");
    peer = accept(listener, NULL, NULL);
    cr_expect_eq(send(peer, SAID, strlen(SAID), 0), (ssize_t)strlen(SAID));
    cr_expect_eq(doorbell_hear(fd, 5000, &is_there, &err), TW_E_RETRY);
    cr_expect_str_eq(err.message, "?[31mred?\na?b \303\244??2J\302\240\302");
    (void)close(fd);
    (void)close(peer);
}

/* A queue that is full is told from nobody; and it is not waited for. */
Test(doorbell, tells_a_full_queue_from_nobody)
{
    bool is_there = true;
    int fds[16], n = 0;
    char far[200];

    memset(far, 'x', sizeof far - 1);
    far[sizeof far - 1] = '\0';
    errno = EAGAIN; /* of something before */
    cr_expect_eq(doorbell_ensure(far, geteuid(), "p", -1, 0, &is_there, NULL),
                 TW_E_NOT_FOUND);
    cr_expect_eq(doorbell_ensure(dir, geteuid(), "p", -1, 0, &is_there, NULL),
                 TW_E_NOT_FOUND);
    cr_expect_not(is_there);
    listen_as(geteuid(), 1);
    while (n < 16 &&
           (fds[n] = doorbell_call(dir, geteuid(), "ensure", "p")) >= 0)
        n++;
    cr_assert_lt(n, 16);
    is_there = true;
    cr_expect_eq(doorbell_ensure(dir, geteuid(), "p", -1, 0, &is_there, NULL),
                 TW_E_RETRY);
    cr_expect_not(is_there);
    while (n > 0)
        (void)close(fds[--n]);
}
