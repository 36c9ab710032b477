/* SPDX-License-Identifier: MIT */
/*
 * asking.c - see asking.h.
 */
#include "tests/unit/asking.h"

#include <criterion/criterion.h>

#include "provider/base/clock.h"
#include "tests/unit/under_valgrind.h"

struct raw_server server;
static struct secret form = {.max = 1000};
struct http *http;

void
on_done(void *arg, struct http_reply *reply)
{
    struct answer *answer = arg;

    answer->times++;
    answer->status = reply->status;
    answer->too_large = reply->too_large;
    answer->retry_after = reply->retry_after;
    answer->body_len = reply->body.len;
    answer->err = reply->err;
    (void)snprintf(answer->body, sizeof answer->body, "%s",
                   secret_text(&reply->body));
    (void)snprintf(answer->content_type, sizeof answer->content_type, "%s",
                   reply->content_type);
}

struct http_request
request_to(const char *url)
{
    return (struct http_request){.url = url,
                                 .form = &form,
                                 .allow_loopback_http = true,
                                 .timeout_ms = (int)time_limit(5000)};
}

bool
send_head_and_hang(struct raw_server *self, int fd, const char *request)
{
    (void)request;
    (void)raw_send(fd, self->bytes, self->len);
    while (!atomic_load(&self->stopped))
        (void)usleep(1000);
    return false;
}

void
set_up(raw_answer *answer)
{
    struct tw_error err;

    raw_start(&server, answer);
    cr_assert_eq(http_new(true, &http, &err), TW_OK, "%s", err.message);
    cr_assert(secret_append_text(&form, "grant_type=client_credentials"));
}

void
tear_down(void)
{
    http_free(http);
    raw_stop(&server);
    secret_clear(&form);
}

struct answer
run(const struct http_request *request)
{
    struct answer answer = {0};
    struct tw_error err = {0};

    cr_assert_eq(http_post(http, request, on_done, &answer, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(http_run(http, INT64_MAX,
                          clock_monotonic_ms() + time_limit(10000), &err),
                 TW_OK);
    cr_assert_eq(answer.times, 1);
    return answer;
}

enum tw_status
post_fails(const struct http_request *request, struct tw_error *err)
{
    struct answer answer = {0};
    enum tw_status status = http_post(http, request, on_done, &answer, err);

    cr_assert_eq(answer.times, 0);
    cr_assert_eq(http_run(http, INT64_MAX, clock_monotonic_ms() + 10, NULL),
                 TW_OK);
    cr_assert_eq(answer.times, 0);
    return status;
}

struct answer
ask(const char *bytes)
{
    struct http_request request;
    struct answer answer;

    set_up(raw_send_bytes);
    server.bytes = bytes;
    server.len = strlen(bytes);
    request = request_to(server.url);
    answer = run(&request);
    cr_assert_eq(atomic_load(&server.requests), 1);
    tear_down();
    return answer;
}
