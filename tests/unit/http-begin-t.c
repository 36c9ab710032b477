/* SPDX-License-Identifier: MIT */
/*
 * http-begin-t.c - a request that must have begun by a moment.
 */
#include <criterion/criterion.h>

#include "provider/base/clock.h"
#include "tests/unit/asking.h"
#include "tests/unit/under_valgrind.h"

#define BEGIN_MS 100
#define ANSWER_MS 300

TestSuite(http_begin, .timeout = 60);

static bool
answer_late(struct raw_server *self, int fd, const char *request)
{
    (void)self;
    (void)request;
    (void)usleep(ANSWER_MS * 1000);
    return raw_send_text(fd, OK_HEAD "Content-Length: 2\r\n\r\n{}");
}

Test(http_begin, who_comes_too_late_is_not_sent)
{
    struct http_request request;
    struct tw_error err;

    set_up(answer_late);
    request = request_to(server.url);
    request.begin_by_ms = clock_monotonic_ms() - 1;
    cr_expect_eq(post_fails(&request, &err), TW_E_RETRY);
    cr_expect(strstr(err.message, "too little time is left"), "%s",
              err.message);
    cr_expect_eq(atomic_load(&server.connections), 0);
    request.begin_by_ms = clock_monotonic_ms() + time_limit(5000);
    cr_expect_eq(run(&request).status, 200);
    tear_down();
}

/* Of one host only so many are asked at once. */
Test(http_begin, whose_turn_comes_too_late_is_not_sent)
{
    enum { MANY = 20 };
    struct answer answers[MANY] = {0};
    struct http_request request;
    int sent = 0;

    set_up(answer_late);
    request = request_to(server.url);
    request.begin_by_ms = clock_monotonic_ms() + BEGIN_MS;
    for (size_t i = 0; i < MANY; i++)
        (void)http_post(http, &request, on_done, &answers[i], NULL);
    cr_assert_eq(http_run(http, INT64_MAX,
                          clock_monotonic_ms() + time_limit(20000), NULL),
                 TW_OK);
    for (size_t i = 0; i < MANY; i++) {
        cr_expect_leq(answers[i].times, 1);
        sent += answers[i].status == 200;
        cr_expect(answers[i].status == 200 ||
                  answers[i].err.status == TW_E_RETRY || !answers[i].times);
    }
    cr_expect_lt(sent, MANY, "all were");
    cr_expect_eq(atomic_load(&server.requests), sent);
    tear_down();
}
