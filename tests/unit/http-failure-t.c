/* SPDX-License-Identifier: MIT */
/*
 * http-failure-t.c - what a person is told when there is no answer.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "helper/http/trust.h"
#include "helper/keys/certificate.h"
#include "provider/base/clock.h"
#include "tests/unit/asking.h"
#include "tests/unit/soon.h"
#include "tests/unit/under_valgrind.h"

struct silence {
    const char *head;
    int timeout_ms;
    int64_t deadline_ms; /* the run's own */
    struct answer answer;
};

static int64_t
time_of(void *arg)
{
    struct silence *silence = arg;
    struct http_request request;
    int64_t start, took;

    set_up(send_head_and_hang);
    server.bytes = silence->head;
    server.len = strlen(silence->head);
    request = request_to(server.url);
    request.timeout_ms = silence->timeout_ms;
    silence->answer = (struct answer){0};
    start = clock_monotonic_ms();
    cr_assert_eq(http_post(http, &request, on_done, &silence->answer, NULL),
                 TW_OK);
    cr_assert_eq(http_run(http, INT64_MAX, start + silence->deadline_ms, NULL),
                 TW_OK);
    took = clock_monotonic_ms() - start;
    cr_assert_eq(silence->answer.times, 1);
    cr_assert_eq(silence->answer.status, 0);
    cr_assert_eq(silence->answer.err.status, TW_E_RETRY);
    cr_assert_geq(took, 290);
    tear_down();
    return took;
}

Test(http_failure, time_is_up_when_it_is_up)
{
    struct silence silences[] = {
        {"", 300, 60000, {0}},
        {OK_HEAD "Content-Length: 9\r\n\r\n{}", 300, 60000, {0}},
        {"", 60000, 300, {0}},
    };
    int64_t took;

    for (size_t i = 0; i < sizeof silences / sizeof *silences; i++) {
        cr_assert(is_soon(time_of, &silences[i], time_limit(600), &took),
                  "%ld", (long)took);
        cr_assert(strstr(silences[i].answer.err.message, "timed out after 0."),
                  "%s", silences[i].answer.err.message);
    }
}

static bool
answer_once(struct raw_server *self, int fd, const char *request)
{
    if (atomic_load(&self->requests) == 1)
        return raw_send_text(fd, OK_HEAD "Content-Length: 2\r\n\r\n{}");
    self->len = 0;
    return send_head_and_hang(self, fd, request);
}

Test(http_failure, a_kept_connection_that_falls_silent_is_told_as_that)
{
    struct http_request request;
    struct answer answer;

    set_up(answer_once);
    request = request_to(server.url);
    cr_assert_eq(run(&request).status, 200);
    request.timeout_ms = 300;
    answer = run(&request);
    cr_assert_eq(atomic_load(&server.connections), 1);
    cr_assert(strstr(answer.err.message, "no whole answer came"), "%s",
              answer.err.message);
    tear_down();
}

static struct answer
ask_in_tls(int port, int64_t timeout_ms)
{
    struct http_request request;
    char url[100];

    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
    request = request_to(url);
    request.timeout_ms = (int)timeout_ms;
    return run(&request);
}

/* What whoever listens answers to a ClientHello, the first in its queue. */
struct hello_answer {
    int listener;
    const char *bytes;
    size_t len;
};

static void *
answer_hello(void *arg)
{
    const struct hello_answer *self = arg;
    int fd = accept(self->listener, NULL, NULL);
    char hello[1000];

    if (fd >= 0 && recv(fd, hello, sizeof hello, 0) > 0)
        (void)send(fd, self->bytes, self->len, MSG_NOSIGNAL);
    (void)close(fd);
    return NULL;
}

static struct answer
ask_who_answers(const struct hello_answer *hello, int port)
{
    struct hello_answer copy = *hello;
    struct answer answer;
    pthread_t thread;

    cr_assert_eq(pthread_create(&thread, NULL, answer_hello, &copy), 0);
    answer = ask_in_tls(port, time_limit(5000));
    (void)pthread_join(thread, NULL);
    return answer;
}

/* A port where nobody accepts, with a queue of one. */
static int
open_port(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_eq(bind(listener, (struct sockaddr *)&address, n), 0);
    cr_assert_eq(listen(listener, 0), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &n), 0);
    *port = ntohs(address.sin_port);
    return listener;
}

Test(http_failure, a_port_without_tls_is_told_as_that)
{
    static const char PLAIN[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    struct answer answer;
    int port, listener = open_port(&port);

    set_up(raw_send_bytes);
    answer = ask_in_tls(port, time_limit(2000)); /* nobody accepts */
    cr_assert(strstr(answer.err.message, "no TLS connection came about"), "%s",
              answer.err.message);
    answer = ask_in_tls(port, time_limit(2000)); /* the queue is full */
    cr_assert(strstr(answer.err.message, "no connection came about"), "%s",
              answer.err.message);
    (void)close(accept(listener, NULL, NULL));
    answer = ask_who_answers(
        &(struct hello_answer){listener, PLAIN, sizeof PLAIN - 1}, port);
    (void)close(listener);
    cr_assert_eq(answer.err.status, TW_E_PROTOCOL);
    cr_assert(strstr(answer.err.message, "does not speak TLS") &&
                  strstr(answer.err.message, "plain http"),
              "%s", answer.err.message);
    tear_down();
}

Test(http_failure, an_alert_says_itself_why)
{
    /* Fatal, and of those that say nothing about versions (RFC 8446 6). */
    static const char INTERNAL_ERROR[] = "\x15\x03\x03\x00\x02\x02\x50";
    struct answer answer;
    int port, listener = open_port(&port);

    set_up(raw_send_bytes);
    answer = ask_who_answers(&(struct hello_answer){listener, INTERNAL_ERROR,
                                                    sizeof INTERNAL_ERROR - 1},
                             port);
    (void)close(listener);
    cr_assert_eq(answer.err.status, TW_E_RETRY);
    cr_assert(strstr(answer.err.message, "broke TLS off") &&
                  strstr(answer.err.message, "internal error") &&
                  !strstr(answer.err.message, "TLS 1.2"),
              "%s", answer.err.message);
    tear_down();
}

Test(http_failure, a_third_of_a_longer_time_is_for_the_connection)
{
    struct answer answer;
    int port, listener = open_port(&port);
    int64_t start = clock_monotonic_ms(), took;

    set_up(raw_send_bytes);
    answer = ask_in_tls(port, 18000);
    took = clock_monotonic_ms() - start;
    cr_assert(strstr(answer.err.message, "no TLS connection came about"), "%s",
              answer.err.message);
    cr_assert(took >= 5990 && took < 17000, "%ld", (long)took);
    (void)close(listener);
    tear_down();
}

/* A ca_file of @bytes and @mode, which nobody may believe. */
static void
expect_no_authority(char *path, const char *bytes, mode_t mode,
                    enum tw_status status)
{
    struct http_request request = request_to("https://127.0.0.1:1/token");
    struct tw_error err;
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    cr_assert_eq(fchmod(fd, mode), 0);
    (void)close(fd);
    request.ca_file = path;
    cr_expect_eq(post_fails(&request, &err), status, "%04o", mode);
    cr_expect(strstr(err.message, "ca.pem"), "%s", err.message);
    (void)unlink(path);
}

Test(http_failure, a_bad_ca_file_never_means_no_check)
{
    char folder[] = "/tmp/http-failure-t.XXXXXX", path[64];
    struct http_request request;
    struct tw_error err;

    set_up(raw_send_bytes);
    cr_assert(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/ca.pem", folder);
    request = request_to("https://127.0.0.1:1/token");
    request.ca_file = path;
    cr_expect_eq(post_fails(&request, &err), TW_E_CONFIG);
    cr_expect(strstr(err.message, "ca.pem: does not exist"));
    request.ca_file = folder;
    cr_expect_eq(post_fails(&request, &err), TW_E_ACCESS);
    cr_expect(strstr(err.message, folder));
    expect_no_authority(path, "", 0600, TW_E_CONFIG);
    expect_no_authority(path, "x", 0664, TW_E_ACCESS);
    expect_no_authority(path, "x", 0646, TW_E_ACCESS);
    if (geteuid() != 0)
        expect_no_authority(path, "x", 0, TW_E_ACCESS);
    cr_assert_eq(mkfifo(path, 0600), 0);
    request.ca_file = path;
    cr_expect_eq(post_fails(&request, &err), TW_E_ACCESS);
    (void)unlink(path);
    (void)rmdir(folder);
    tear_down();
}

#define CERTIFICATE                                                      \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIBdjCCARugAwIBAgIUaCYFYdeJmjvBgwKAZ1+YKXSkSrMwCgYIKoZIzj0EAwIw\n" \
    "DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjkyMTMxNTRaGA8yMTI2MTEwNTIxMzE1\n" \
    "NFowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFBs\n" \
    "SqU+Sq4gRIRonTolkutzlewvZuCnWWAOEY8G2zfu2oS/Qu+D9DUQo/Dar5i7wLg5\n" \
    "PhuHegpY4wkvSyfhTdajUzBRMB0GA1UdDgQWBBSC1U/Wory75DLZldXSdAMrF/t3\n" \
    "0DAfBgNVHSMEGDAWgBSC1U/Wory75DLZldXSdAMrF/t30DAPBgNVHRMBAf8EBTAD\n" \
    "AQH/MAoGCCqGSM49BAMCA0kAMEYCIQDEuikbO9762y7W4kggoecDRGqhetUqKUqD\n" \
    "zS4vNgAQLwIhAJB9cloH2LDf+Az/yli2EUQoMrzN8dSz+OOULDgPpoOP\n"         \
    "-----END CERTIFICATE-----\n"

Test(http_failure, a_lack_of_memory_is_told_from_a_bad_ca_file)
{
    static const struct {
        const char *text;
        bool good;
    } ROWS[] = {
        {CERTIFICATE, true},
        {"# whose\n" CERTIFICATE "\n" CERTIFICATE "# the end\n", true},
        {"", false},
        {"x", false},
        {CERTIFICATE "-----BEGIN CERTIFICATE-----\nMIIB\n", false},
        {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END "
         "CERTIFICATE-----\n" CERTIFICATE,
         false},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        AUTO_SECRET text = SECRET_INIT(TRUST_FILE_MAX);

        cr_assert(secret_append_text(&text, ROWS[i].text));
        cr_expect_eq(certificate_is_bundle(&text), ROWS[i].good, "%zu", i);
    }
}

Test(http_failure, nobody_there_is_told_with_host_and_port)
{
    struct http_request request;
    struct answer answer;

    set_up(raw_send_bytes);
    request = request_to("http://127.0.0.1:1/token");
    answer = run(&request);
    cr_assert_eq(answer.err.status, TW_E_RETRY);
    cr_assert(strstr(answer.err.message, "127.0.0.1:1: connection refused"),
              "%s", answer.err.message);
    request = request_to("https://nobody.invalid/token");
    request.timeout_ms = 2000;
    answer = run(&request);
    cr_assert_eq(answer.err.status, TW_E_RETRY);
    cr_assert(strstr(answer.err.message, "nobody.invalid: "), "%s",
              answer.err.message);
    tear_down();
}

/* Who stands between. */

static struct answer
by_proxy(const char *proxy)
{
    struct http_request request = request_to("https://127.0.0.1:2/token");
    struct answer answer;

    cr_assert_eq(setenv("https_proxy", proxy, 1), 0);
    cr_assert_eq(http_new(false, &http, NULL), TW_OK);
    answer = run(&request);
    http_free(http);
    cr_assert_eq(unsetenv("https_proxy"), 0);
    cr_assert_eq(answer.err.status, TW_E_RETRY, "%s", answer.err.message);
    return answer;
}

#define HAS(answer, words) \
    cr_expect(strstr((answer).err.message, words), "%s", (answer).err.message)

Test(http_failure, a_proxys_password_is_not_told)
{
    static const char *const PROXIES[] = {
        "http://user:hunter2@bad host:80",
        "http://user:hunter2@127.0.0.1:99999",
        "ftp://user:hunter2@127.0.0.1:1",
    };

    for (size_t i = 0; i < sizeof PROXIES / sizeof *PROXIES; i++) {
        struct answer answer = by_proxy(PROXIES[i]);

        cr_expect_null(strstr(answer.err.message, "hunter2"), "%s",
                       answer.err.message);
        HAS(answer, "the proxy's address is not understood\nsee the variables "
                    "https_proxy");
    }
}

Test(http_failure, a_proxy_that_is_not_there_is_told_from_the_server)
{
    struct http_request request = request_to("https://127.0.0.1:2/token");
    struct answer answer = by_proxy("http://127.0.0.1:1");

    HAS(answer, "the proxy is not reached: connection refused\nsee the");
    answer = by_proxy("http://[::1]:1");
    HAS(answer, "the proxy is not reached: ");

    cr_assert_eq(setenv("https_proxy", "http://127.0.0.1:1", 1), 0);
    cr_assert_eq(setenv("no_proxy", "127.0.0.1", 1), 0);
    cr_assert_eq(http_new(false, &http, NULL), TW_OK);
    answer = run(&request);
    http_free(http);
    HAS(answer, "127.0.0.1:2: connection refused\nnothing listens there");
}

Test(http_failure, a_proxy_that_refuses_is_told_from_the_server)
{
    static const struct {
        const char *bytes, *words;
    } ROWS[] = {
        {"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
         "Content-Length: 0\r\n\r\n",
         "the proxy refuses: it answers HTTP 407\nit wants a user name and a "
         "password; see the variables https_proxy"},
        {"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno",
         "the proxy refuses: it answers HTTP 403\nsee the variables "
         "https_proxy"},
        {"HTTP/1.1 302 There\r\nLocation: https://127.0.0.1/\r\n"
         "Content-Length: 0\r\n\r\n",
         "the proxy refuses: it answers HTTP 302\n"},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct answer answer;

        raw_start(&server, raw_send_bytes);
        server.bytes = ROWS[i].bytes;
        server.len = strlen(ROWS[i].bytes);
        answer = by_proxy(server.url);
        raw_stop(&server);
        HAS(answer, ROWS[i].words);
    }
}
