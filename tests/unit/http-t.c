/* SPDX-License-Identifier: MIT */
/*
 * http-t.c - the engine: what it sends, to whom, until when, and how many at
 * once.
 */
#include <criterion/criterion.h>

#include "provider/base/clock.h"
#include "tests/unit/asking.h"
#include "tests/unit/soon.h"
#include "tests/unit/under_valgrind.h"

Test(http, a_request_is_what_strict_servers_take)
{
    struct http_request request;
    struct answer answer;
    const char *last = server.last;

    set_up(raw_send_bytes);
    server.bytes = OK_HEAD "Content-Length: 2\r\n\r\n{}";
    server.len = strlen(server.bytes);
    request = request_to(server.url);
    request.authorization = "Authorization: Basic aWQ6c2VjcmV0";
    answer = run(&request);
    cr_assert_eq(answer.status, 200);
    cr_assert_str_eq(answer.body, "{}");
    cr_assert_str_eq(answer.content_type, "application/json");
    cr_assert_eq(answer.retry_after, -1);
    cr_assert_eq(strncmp(last, "POST /token HTTP/1.1\r\n", 22), 0);
    cr_assert(strstr(last, "\r\nAccept: application/json\r\n"));
    cr_assert(strstr(
        last, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
    cr_assert(strstr(last, "\r\nUser-Agent: tokenward/"));
    cr_assert(strstr(last, "\r\nAuthorization: Basic aWQ6c2VjcmV0\r\n"));
    cr_assert_null(strcasestr(last, "\r\nExpect"));
    cr_assert_null(strcasestr(last, "\r\nAccept-Encoding"));
    cr_assert_null(strcasestr(last, "\r\nCookie"));
    cr_assert_null(strcasestr(last, "\r\nUpgrade"));
    cr_assert_str_eq(strstr(last, "\r\n\r\n") + 4,
                     "grant_type=client_credentials");
    tear_down();
}

Test(http, one_profiles_credentials_are_not_in_the_next_ones_request)
{
    struct http_request request;

    set_up(raw_send_bytes);
    server.bytes = OK_HEAD "Content-Length: 2\r\nSet-Cookie: a=b\r\n\r\n{}";
    server.len = strlen(server.bytes);
    request = request_to(server.url);
    request.authorization = "Authorization: Basic aWQ6c2VjcmV0";
    (void)run(&request);
    atomic_store(&server.requests, 0);
    request.authorization = NULL;
    (void)run(&request);
    cr_assert_null(strcasestr(server.last, "Authorization"));
    cr_assert_null(strcasestr(server.last, "Cookie"));
    tear_down();
}

/* By any way to fail, in one engine; the last of them begins with what the
 * others left. */
Test(http, a_failure_is_none_of_the_next_request)
{
    static const char *const FAILING[] = {
        "http://127.0.0.1:1/token",
        "https://127.0.0.1:1/token",
        "https://nobody.invalid/token",
    };
    struct http_request request, good;

    set_up(raw_send_bytes);
    server.bytes = OK_HEAD "Content-Length: 2\r\n\r\n{}";
    server.len = strlen(server.bytes);
    good = request_to(server.url);
    for (size_t i = 0; i < 2 * (sizeof FAILING / sizeof *FAILING); i++) {
        struct answer answer;

        request = request_to(FAILING[i / 2]);
        request.timeout_ms = 1000;
        answer = run(&request);
        cr_assert_eq(answer.status, 0);
        cr_expect_eq(answer.err.status, TW_E_RETRY, "%s: %s", FAILING[i / 2],
                     answer.err.message);
        if (i % 2)
            cr_expect_eq(run(&good).status, 200, "after %s", FAILING[i / 2]);
    }
    tear_down();
}

Test(http, no_redirect_is_followed)
{
    static const int CODES[] = {301, 302, 303, 307, 308};
    static const char *const PLACES[] = {"/other", "http://127.0.0.1:1/",
                                         "file:///etc/passwd",
                                         "https://localhost/"};

    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 4; j++) {
            char bytes[300];
            struct answer answer;

            (void)snprintf(bytes, sizeof bytes,
                           "HTTP/1.1 %d Moved\r\nLocation: %s\r\nRefresh: 0; "
                           "url=%s\r\nContent-Length: 0\r\n\r\n",
                           CODES[i], PLACES[j], PLACES[j]);
            answer = ask(bytes);
            cr_assert_eq(answer.status, CODES[i]);
        }
    }
}

/* Whatever comes after the first request is read, and not answered. */
static bool
answer_once_and_close(struct raw_server *self, int fd, const char *request)
{
    (void)request;
    if (atomic_load(&self->requests) == 1)
        return raw_send_text(fd, OK_HEAD "Content-Length: 2\r\n\r\n{}");
    return false;
}

Test(http, what_may_be_used_once_is_sent_once)
{
    struct http_request request;
    struct answer answer;

    set_up(answer_once_and_close);
    request = request_to(server.url);
    cr_assert_eq(run(&request).status, 200);
    request.once = true;
    answer = run(&request);
    cr_expect_eq(answer.err.status, TW_E_RETRY);
    cr_expect(strstr(answer.err.message, "without an answer"), "%s",
              answer.err.message);
    tear_down();
    cr_expect_eq(atomic_load(&server.requests), 2);
}

static int64_t
wake(void *arg)
{
    int64_t start = clock_monotonic_ms(), took;

    (void)arg;
    cr_assert_eq(http_run(http, start + 200, start + 60000, NULL), TW_OK);
    took = clock_monotonic_ms() - start;
    cr_assert_geq(took, 200);
    return took;
}

Test(http, a_run_returns_to_wake)
{
    int64_t took;

    set_up(raw_send_bytes);
    cr_assert(is_soon(wake, NULL, time_limit(1000), &took), "%ld", (long)took);
    tear_down();
}

/* What is not even asked. */

Test(http, plain_http_stays_on_this_machine)
{
    static const char *const URLS[] = {
        "http://example.test/token",
        "http://192.0.2.1/token",
        "http://localhost.test/token",
        "http://127.0.0.1.test/token",
        "http://127.1/token",
        "http://[::2]/token",
        "http://user:pw@127.0.0.1/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "https://user:pw@127.0.0.1/",
        "",
        "127.0.0.1",
    };
    struct http_request request;
    struct tw_error err;

    set_up(raw_send_bytes);
    for (size_t i = 0; i < sizeof URLS / sizeof *URLS; i++) {
        request = request_to(URLS[i]);
        cr_assert_eq(post_fails(&request, &err), TW_E_CONFIG, "%s", URLS[i]);
        cr_assert_null(strstr(err.message, "pw"));
    }
    request = request_to(server.url);
    request.allow_loopback_http = false;
    cr_assert_eq(post_fails(&request, &err), TW_E_CONFIG);
    cr_assert_eq(atomic_load(&server.connections), 0);
    tear_down();
}

Test(http, no_proxy_hears_plain_http)
{
    struct http_request request;
    struct raw_server proxy;

    set_up(raw_send_bytes);
    server.bytes = OK_HEAD "Content-Length: 2\r\n\r\n{}";
    server.len = strlen(server.bytes);
    http_free(http);
    raw_start(&proxy, raw_send_bytes);
    cr_assert_eq(setenv("http_proxy", proxy.url, 1), 0);
    cr_assert_eq(setenv("ALL_PROXY", proxy.url, 1), 0);
    cr_assert_eq(http_new(false, &http, NULL), TW_OK);
    request = request_to(server.url);
    cr_assert_eq(run(&request).status, 200);
    cr_assert_eq(atomic_load(&proxy.connections), 0);
    raw_stop(&proxy);
    tear_down();
}

Test(http, the_systems_requests_go_by_no_proxy)
{
    struct raw_server proxy;

    set_up(raw_send_bytes);
    for (int system = 0; system < 2; system++) {
        struct http_request request = request_to("https://localhost:1/token");

        http_free(http);
        raw_start(&proxy, raw_send_bytes);
        cr_assert_eq(setenv("https_proxy", proxy.url, 1), 0);
        cr_assert_eq(http_new(system, &http, NULL), TW_OK);
        cr_assert_neq(run(&request).status, 200);
        cr_assert_eq(atomic_load(&proxy.connections), system ? 0 : 1);
        raw_stop(&proxy);
    }
    tear_down();
}

Test(http, no_password_comes_from_a_file_of_curls)
{
    char home[] = "/tmp/tokenward-http.XXXXXX", path[64];
    struct http_request request;
    FILE *file;

    cr_assert(mkdtemp(home));
    (void)snprintf(path, sizeof path, "%s/.netrc", home);
    file = fopen(path, "w");
    cr_assert(file);
    (void)fputs("default login somebody password secret\n", file);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(setenv("HOME", home, 1), 0);
    set_up(raw_send_bytes);
    server.bytes = OK_HEAD "Content-Length: 2\r\n\r\n{}";
    server.len = strlen(server.bytes);
    request = request_to(server.url);
    cr_assert_eq(run(&request).status, 200);
    cr_assert_null(strcasestr(server.last, "Authorization"));
    tear_down();
    cr_assert(unlink(path) == 0 && rmdir(home) == 0);
}

/* Many. */

static atomic_int at_once, most_at_once;

static bool
answer_and_count(struct raw_server *self, int fd, const char *request)
{
    int now = atomic_fetch_add(&at_once, 1) + 1;

    (void)self;
    (void)request;
    if (now > atomic_load(&most_at_once))
        atomic_store(&most_at_once, now);
    (void)usleep(2000);
    (void)atomic_fetch_sub(&at_once, 1);
    return raw_send_text(fd, OK_HEAD "Content-Length: 2\r\n\r\n{}");
}

Test(http, many_at_once_go_over_few_connections)
{
    enum { MANY = 200 };
    struct answer *answers = calloc(MANY, sizeof *answers);
    struct http_request request;

    cr_assert(answers);
    set_up(answer_and_count);
    request = request_to(server.url);
    for (size_t i = 0; i < MANY; i++)
        cr_assert_eq(http_post(http, &request, on_done, &answers[i], NULL),
                     TW_OK);
    cr_assert_eq(http_run(http, INT64_MAX,
                          clock_monotonic_ms() + time_limit(20000), NULL),
                 TW_OK);
    for (size_t i = 0; i < MANY; i++)
        cr_assert(answers[i].times == 1 && answers[i].status == 200);
    cr_assert_leq(atomic_load(&most_at_once), 8);
    cr_assert_leq(atomic_load(&server.connections), 8);
    free(answers);
    tear_down();
}

/* It is looked at when its turn comes, which others must not be hurt by. */
Test(http, who_cannot_start_when_the_turn_comes_is_told)
{
    enum { MANY = 20 };
    struct answer answers[MANY] = {0};
    struct http_request request, broken;

    set_up(answer_and_count);
    request = broken = request_to(server.url);
    broken.ca_file = "/nonexistent/ca.pem";
    for (size_t i = 0; i < MANY; i++)
        cr_assert_eq(http_post(http, i == MANY - 2 ? &broken : &request,
                               on_done, &answers[i], NULL),
                     TW_OK);
    cr_assert_eq(http_run(http, INT64_MAX,
                          clock_monotonic_ms() + time_limit(20000), NULL),
                 TW_OK);
    for (size_t i = 0; i < MANY; i++) {
        cr_expect_eq(answers[i].times, 1);
        cr_expect_eq(answers[i].status, i == MANY - 2 ? 0 : 200);
    }
    cr_expect_eq(answers[MANY - 2].err.status, TW_E_CONFIG);
    cr_expect_str_eq(answers[MANY - 2].err.message,
                     "ca_file /nonexistent/ca.pem: does not exist");
    tear_down();
}

Test(http, who_waits_when_the_deadline_comes_is_told_too)
{
    enum { MANY = 50 };
    struct answer answers[MANY] = {0};
    struct http_request request;

    set_up(send_head_and_hang);
    request = request_to(server.url);
    for (size_t i = 0; i < MANY; i++)
        cr_assert_eq(http_post(http, &request, on_done, &answers[i], NULL),
                     TW_OK);
    cr_assert_eq(http_run(http, INT64_MAX, clock_monotonic_ms() + 200, NULL),
                 TW_OK);
    for (size_t i = 0; i < MANY; i++)
        cr_assert(answers[i].times == 1 &&
                  answers[i].err.status == TW_E_RETRY);
    tear_down();
}

Test(http, what_is_under_way_can_be_dropped)
{
    struct answer answers[20] = {0};
    struct http_request request;

    set_up(send_head_and_hang);
    request = request_to(server.url);
    for (size_t i = 0; i < 20; i++)
        cr_assert_eq(http_post(http, &request, on_done, &answers[i], NULL),
                     TW_OK);
    cr_assert_eq(http_run(http, clock_monotonic_ms() + 50, INT64_MAX, NULL),
                 TW_OK);
    tear_down();
    for (size_t i = 0; i < 20; i++)
        cr_assert_eq(answers[i].times, 0);
}

struct chain {
    struct http_request request;
    int left, good;
};

static void
post_next(void *arg, struct http_reply *reply)
{
    struct chain *chain = arg;

    chain->good += reply->status == 200;
    if (--chain->left > 0)
        cr_assert_eq(http_post(http, &chain->request, post_next, chain, NULL),
                     TW_OK);
}

static bool
answer_at_once(struct raw_server *self, int fd, const char *request)
{
    (void)self;
    (void)request;
    return raw_send_text(fd, OK_HEAD "Content-Length: 2\r\n\r\n{}");
}

Test(http, an_answer_may_lead_to_the_next_request)
{
    struct chain chain = {.left = 2000};

    set_up(answer_at_once);
    chain.request = request_to(server.url);
    cr_assert_eq(http_post(http, &chain.request, post_next, &chain, NULL),
                 TW_OK);
    cr_assert_eq(http_run(http, INT64_MAX,
                          clock_monotonic_ms() + time_limit(20000), NULL),
                 TW_OK);
    cr_assert_eq(chain.good, 2000);
    cr_assert_leq(atomic_load(&server.connections), 2);
    tear_down();
}
