/* SPDX-License-Identifier: MIT */
/*
 * redirect-t.c - a browser comes back, and so do others.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helper/person/redirect.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "tests/unit/cpu_time.h"

TestSuite(redirect, .timeout = 60);

static struct redirect_answer answer;

static const char *
value(enum redirect_parameter parameter)
{
    return secret_text(&answer.values[parameter]);
}

static struct redirect *redirect;

static void
open_at(const char *uri)
{
    struct tw_error err = {0};

    cr_assert_eq(redirect_open(uri, &redirect, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(redirect_expect(redirect, "st4te", &err), TW_OK);
}

static unsigned
port_of(void)
{
    unsigned port = 0;

    (void)sscanf(redirect_uri(redirect), "http://127.0.0.1:%u", &port);
    return port;
}

static int
connect_to(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_geq(fd, 0);
    cr_assert_eq(
        connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* What is answered to this, of which a part is sent late; NULL: it is not
 * heard out. */
static const char *
answer_to(const char *request, size_t length, size_t late)
{
    static char page[4096];
    AUTO_CLOSE int fd = connect_to(port_of());
    size_t have = 0, early = length - late;
    ssize_t n;

    cr_assert_eq(send(fd, request, early, MSG_NOSIGNAL), (ssize_t)early);
    redirect_wait(redirect, 100);
    if (late && send(fd, request + early, late, MSG_NOSIGNAL) < 0)
        return NULL;
    while ((n = recv(fd, page + have, sizeof page - 1 - have, 0)) > 0)
        have += (size_t)n;
    page[have] = '\0';
    return n < 0 ? NULL : page;
}

/* What a browser is shown that asks for this. */
static const char *
visit(const char *target)
{
    char request[1024];
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", target,
                     port_of());
    const char *page = answer_to(request, (size_t)n, 0);

    cr_assert_not_null(page);
    return page;
}

Test(redirect, waits_for_the_answer_to_what_was_asked)
{
    static const char *const OTHERS[] = {
        "/?code=c&state=other", "/?code=c",
        "/?code=c&state=", "/?code=c&state=st4te2", "/"};

    open_at(NULL);
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        cr_expect_not_null(strstr(visit(OTHERS[i]), "400 Bad Request"), "%s",
                           OTHERS[i]);
        cr_expect(redirect_is_expected(redirect));
    }
    cr_expect_not_null(strstr(visit("/favicon.ico"), "404 Not Found"));
    cr_expect_not(redirect_take(redirect, &answer));
    cr_expect_not_null(strstr(visit("/?code=c0de&state=st4te"), "200 OK"));
    cr_expect_not(redirect_is_expected(redirect));
    cr_assert(redirect_take(redirect, &answer));
    cr_expect_str_eq(value(REDIRECT_CODE), "c0de");
    redirect_answer_clear(&answer);
    cr_expect_not(redirect_take(redirect, &answer));
    redirect_close(redirect);
}

/* A page is loaded again, or the address opened in a second tab, while the
 * code is on its way. */
Test(redirect, shows_the_same_again)
{
    static const struct {
        const char *first, *again, *shown;
    } ROWS[] = {
        {"/?code=c&state=st4te", "/?code=c2&state=st4te", "Thank you"},
        {"/?error=a&state=st4te", "/?code=c2&state=st4te", "Not logged in"},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        open_at(NULL);
        cr_expect_not_null(strstr(visit(ROWS[i].first), ROWS[i].shown));
        cr_expect_not_null(strstr(visit(ROWS[i].again), ROWS[i].shown));
        cr_assert(redirect_take(redirect, &answer));
        cr_expect_str_neq(value(REDIRECT_CODE), "c2", "the first one counts");
        redirect_answer_clear(&answer);
        cr_expect_not_null(strstr(visit(ROWS[i].again), ROWS[i].shown));
        cr_expect_not_null(strstr(visit("/?state=other"), "Not this login"));
        cr_expect_not_null(strstr(visit("/favicon.ico"), "Nothing here"));
        cr_expect_not(redirect_take(redirect, &answer));
        cr_expect_not(redirect_is_expected(redirect));
        redirect_close(redirect);
    }
}

/* As a browser on the other half of this host does, and one that looks there
 * first for localhost. */
static void
come_back_longer(const char *host)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_addr = in6addr_loopback};
    AUTO_CLOSE int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char uri[64], page[64] = "";
    unsigned port = 0;

    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address))
        cr_skip_test("this host has no ::1");
    (void)close(fd);
    fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(uri, sizeof uri, "http://%s/cb", host);
    open_at(uri);
    cr_assert_eq(
        sscanf(redirect_uri(redirect) + strlen("http://") + strlen(host),
               ":%u/cb", &port),
        1, "%s", redirect_uri(redirect));
    address.sin6_port = htons((uint16_t)port);
    cr_assert_eq(
        connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    (void)dprintf(fd,
                  "GET /cb?code=c&state=st4te HTTP/1.1\r\nHost: %s:%u\r\n"
                  "\r\n",
                  host, port);
    redirect_wait(redirect, 5000);
    cr_assert_gt(recv(fd, page, sizeof page - 1, 0), 0);
    cr_expect_not_null(strstr(page, "200 OK"));
    cr_assert(redirect_take(redirect, &answer));
    redirect_answer_clear(&answer);
    redirect_close(redirect);
}

Test(redirect, may_be_to_the_longer_addresses)
{
    come_back_longer("[::1]");
    come_back_longer("localhost");
}

Test(redirect, shows_nothing_that_came)
{
    const char *page;

    open_at("http://127.0.0.1/cb");
    page = visit("/cb?error=%3Cb%3E&error_description=%3Cscript%3E&state="
                 "st4te");
    cr_expect_not_null(strstr(page, "200 OK"));
    cr_expect_not_null(strstr(page, "Not logged in"));
    cr_expect_null(strstr(page, "script"));
    cr_expect_not_null(strstr(page, "default-src 'none'"));
    cr_expect_not_null(strstr(page, "no-store"));
    cr_expect_not_null(strstr(page, "no-referrer"));
    redirect_close(redirect);
}

/* What a site learns that has the browser come here, in a frame or else. */
Test(redirect, shows_nothing_to_other_sites)
{
    static const char PAGE[] =
        "GET /?code=c&state=g HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
        "Origin: http://a.test\r\nSec-Fetch-Site: cross-site\r\n"
        "Sec-Fetch-Dest: iframe\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\n\r\n";
    static const char ASKING[] = "OPTIONS / HTTP/1.1\r\n"
                                 "Host: 127.0.0.1:%u\r\n"
                                 "Origin: http://a.test\r\n"
                                 "Access-Control-Request-Method: PUT\r\n\r\n";
    char request[512];
    const char *page;
    int n;

    open_at(NULL);
    n = snprintf(request, sizeof request, PAGE, port_of());
    page = answer_to(request, (size_t)n, 0);
    cr_assert_not_null(page);
    cr_expect_not_null(strstr(page, "400 Bad Request"));
    cr_expect_not_null(strstr(page, "frame-ancestors 'none'"));
    cr_expect_null(strstr(page, "Access-Control"));
    n = snprintf(request, sizeof request, ASKING, port_of());
    page = answer_to(request, (size_t)n, 0);
    cr_assert_not_null(page);
    cr_expect_not_null(strstr(page, "405 Method Not Allowed"));
    cr_expect_null(strstr(page, "Access-Control"));
    cr_expect(redirect_is_expected(redirect));
    redirect_close(redirect);
}

Test(redirect, looks_as_the_window_does)
{
    const char *page;

    open_at(NULL);
    page = visit("/");
    cr_expect_not_null(
        strstr(page, "\"color-scheme\" content=\"light dark\""));
    cr_expect_not_null(strstr(page, "\"viewport\" content=\"width=device"));
    redirect_close(redirect);
}

Test(redirect, stands_who_says_too_little_and_who_says_too_much)
{
    static char much[REDIRECT_HEAD_MAX + 4096];
    int idle[40];
    AUTO_CLOSE int loud = -1;
    int64_t began_ms;

    open_at(NULL);
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
        idle[i] = connect_to(port_of());
        cr_assert_eq(send(idle[i], "GET /", 5, MSG_NOSIGNAL), 5);
        redirect_wait(redirect, 0);
    }
    loud = connect_to(port_of());
    memset(much, 'a', sizeof much);
    began_ms = clock_monotonic_ms();
    (void)!send(loud, much, sizeof much, MSG_NOSIGNAL | MSG_DONTWAIT);
    redirect_wait(redirect, 50);
    cr_expect_lt(clock_monotonic_ms() - began_ms, 20000);
    cr_expect_not_null(strstr(visit("/?code=c&state=st4te"), "200 OK"));
    cr_expect(redirect_take(redirect, &answer));
    redirect_answer_clear(&answer);
    redirect_close(redirect);
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        (void)close(idle[i]);
}

/* A browser connects, and says what it wants a moment later. */
Test(redirect, keeps_no_browser_out_for_a_crowd)
{
    static const char VISIT[] =
        "GET /?code=c&state=st4te HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n";
    char page[64] = "";
    AUTO_CLOSE int browser = -1;
    int idle[40];

    open_at(NULL);
    browser = connect_to(port_of());
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
        idle[i] = connect_to(port_of());
        redirect_wait(redirect, 0);
    }
    (void)dprintf(browser, VISIT, port_of());
    redirect_wait(redirect, 5000);
    cr_assert_gt(recv(browser, page, sizeof page - 1, MSG_DONTWAIT), 0);
    cr_expect_not_null(strstr(page, "200 OK"));
    redirect_close(redirect);
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        (void)close(idle[i]);
}

/* Whoever comes then stays in line, and the socket ready. */
Test(redirect, rests_while_there_is_no_descriptor)
{
    struct rlimit limit, none;
    AUTO_CLOSE int caller = -1;
    int64_t cpu;

    open_at(NULL);
    caller = connect_to(port_of());
    cr_assert_eq(send(caller, "GET /", 5, MSG_NOSIGNAL), 5);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){.rlim_cur = (rlim_t)caller + 1,
                           .rlim_max = limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    cpu = cpu_ms();
    redirect_wait(redirect, 1000);
    cr_expect_lt(cpu_ms() - cpu, 200);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_not_null(strstr(visit("/?code=c&state=st4te"), "200 OK"));
    redirect_close(redirect);
}

Test(redirect, hears_out_who_sends_too_much)
{
    static char much[REDIRECT_HEAD_MAX + 40000];
    const char *page;

    open_at(NULL);
    memset(much, 'a', sizeof much);
    memcpy(much, "GET / HTTP/1.1\r\n", 16);
    page = answer_to(much, sizeof much, 10000);
    cr_assert_not_null(page, "a reset has overtaken the page");
    cr_expect_not_null(strstr(page, " 431 "), "%s", page);
    cr_expect_not_null(strstr(page, "</html>"), "%s", page);
    memcpy(much, "POST / HTTP/1.1\r\n\r\n", 19);
    page = answer_to(much, sizeof much, 10000);
    cr_assert_not_null(page, "a reset has overtaken the page");
    cr_expect_not_null(strstr(page, " 405 "), "%s", page);
    cr_expect(redirect_is_expected(redirect));
    redirect_close(redirect);
}

Test(redirect, says_that_a_port_is_taken)
{
    struct redirect *second = NULL;
    struct tw_error err = {0};
    char uri[64];

    open_at(NULL);
    (void)snprintf(uri, sizeof uri, "http://localhost:%u/", port_of());
    cr_expect_eq(redirect_open(uri, &second, &err), TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "Address already in use"), "%s",
                       err.message);
    redirect_close(redirect);
    cr_expect_eq(redirect_open(uri, &second, &err), TW_OK, "%s", err.message);
    cr_expect_str_eq(redirect_uri(second), uri);
    redirect_close(second);
    cr_expect_eq(redirect_open("https://127.0.0.1/", &second, &err),
                 TW_E_CONFIG);
}
