/* SPDX-License-Identifier: MIT */
/*
 * http-answer-t.c - answers as they come: cut, foreign, without end.
 */
#include <criterion/criterion.h>

#include "provider/base/clock.h"
#include "tests/unit/asking.h"
#include "tests/unit/soon.h"
#include "tests/unit/under_valgrind.h"

Test(http_answer, a_cut_body_is_no_body)
{
    static const char *const CUT[] = {
        "Content-Length: 50\r\n\r\n{\"access_token\":\"x\"}",
        "Transfer-Encoding: chunked\r\n\r\n14\r\n{\"access_token\":\"x\"}\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
        "Content-Le",
    };

    for (size_t i = 0; i < sizeof CUT / sizeof *CUT; i++) {
        char bytes[300];
        struct answer answer;

        (void)snprintf(bytes, sizeof bytes, OK_HEAD "%s", CUT[i]);
        answer = ask(bytes);
        if (i == 4 && answer.status == 200)
            cr_assert_eq(answer.body_len, 0); /* headers cut: no body */
        else
            cr_assert_eq(answer.err.status, TW_E_RETRY, "%zu", i);
        cr_assert_eq(answer.body_len, 0);
        cr_assert(i == 4 || strstr(answer.err.message, "127.0.0.1:"));
    }
}

Test(http_answer, what_is_no_http_is_the_operators_matter)
{
    struct answer answer = ask("{\"access_token\":\"tok\"}");

    cr_assert_eq(answer.status, 0);
    cr_assert_eq(answer.err.status, TW_E_PROTOCOL);
    answer = ask("SSH-2.0-OpenSSH_9.2\r\n");
    cr_assert_eq(answer.status, 0);
    answer = ask("");
    cr_assert_eq(answer.err.status, TW_E_RETRY);
    cr_assert(strstr(answer.err.message, "without an answer"), "%s",
              answer.err.message);
}

Test(http_answer, retry_after_is_the_final_answers_and_the_larger)
{
    struct answer answer =
        ask("HTTP/1.1 103 Early\r\nRetry-After: 900\r\nContent-Type: "
            "text/early\r\n\r\n"
            "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nretry-after:  30 \r\n"
            "Retry-After: soon\r\nContent-Length: 0\r\n\r\n");

    cr_assert_eq(answer.status, 429);
    cr_assert_eq(answer.retry_after, 30);
    cr_assert_str_eq(answer.content_type, "");
    answer = ask("HTTP/1.1 503 Down\r\nRetry-After: 1e3\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n"
                 "2\r\n{}\r\n0\r\nRetry-After: 5\r\n\r\n");
    cr_assert_eq(answer.status, 503);
    cr_assert_eq(answer.retry_after, -1);
    answer = ask("HTTP/1.1 503 Down\r\nRetry-After: 9\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
                 "HTTP/1.1 200 OK: a trailer\r\nRetry-After: 5\r\n\r\n");
    cr_assert_eq(answer.status, 503);
    cr_assert_eq(answer.retry_after, 9);
}

Test(http_answer, a_long_content_type_is_cut)
{
    char bytes[400], type[300];
    struct answer answer;

    memset(type, 'x', sizeof type - 1);
    type[sizeof type - 1] = '\0';
    (void)snprintf(bytes, sizeof bytes,
                   "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
                   "Content-Length: 2\r\n\r\n{}",
                   type);
    answer = ask(bytes);
    cr_assert_eq(answer.status, 200, "%s", answer.err.message);
    cr_assert_str_eq(answer.body, "{}");
    cr_assert_eq(strlen(answer.content_type), sizeof answer.content_type - 1);
    cr_assert_eq(strspn(answer.content_type, "x"),
                 sizeof answer.content_type - 1);
}

/* Limits: servers that never stop. */

static bool
send_padded(struct raw_server *self, int fd, const char *request)
{
    size_t n = self->len;
    char *body = malloc(n);

    (void)request;
    cr_assert(body);
    memset(body, ' ', n);
    memcpy(body, "{}", 2);
    (void)raw_send_text(fd, self->bytes);
    (void)raw_send(fd, body, n);
    free(body);
    return false;
}

static struct answer
ask_padded(const char *head, size_t n)
{
    struct http_request request;
    struct answer answer;

    set_up(send_padded);
    server.bytes = head;
    server.len = n;
    request = request_to(server.url);
    answer = run(&request);
    tear_down();
    return answer;
}

Test(http_answer, a_body_may_have_a_mebibyte_and_no_byte_more)
{
    struct answer answer = ask_padded(OK_HEAD "\r\n", HTTP_BODY_MAX);

    cr_assert_eq(answer.status, 200, "%s", answer.err.message);
    cr_assert_eq(answer.body_len, HTTP_BODY_MAX);
    answer = ask_padded(OK_HEAD "\r\n", HTTP_BODY_MAX + 1);
    cr_assert(answer.too_large);
    cr_assert_eq(answer.status, 0);
    cr_assert_eq(answer.body_len, 0);
    cr_assert_eq(answer.err.status, TW_E_PROTOCOL);
    answer = ask_padded(OK_HEAD "Content-Length: 100000000\r\n\r\n", 100);
    cr_assert(answer.too_large, "%s", answer.err.message);
    cr_assert_eq(answer.err.status, TW_E_PROTOCOL);
}

/* The same piece for ever; the server's bytes begin with the head. */
static bool
send_for_ever(struct raw_server *self, int fd, const char *request)
{
    const char *piece = (const char *)self->bytes + self->len;

    (void)request;
    if (!raw_send(fd, self->bytes, self->len))
        return false;
    while (raw_send_text(fd, piece))
        continue;
    return false;
}

struct endless {
    const char *head, *piece;
    struct answer answer;
};

static int64_t
ask_once(void *arg)
{
    static char bytes[20000];
    struct endless *endless = arg;
    struct http_request request;
    int64_t start = clock_monotonic_ms();

    (void)snprintf(bytes, sizeof bytes, "%s%s", endless->head, endless->piece);
    set_up(send_for_ever);
    server.bytes = bytes;
    server.len = strlen(endless->head);
    request = request_to(server.url);
    endless->answer = run(&request);
    start = clock_monotonic_ms() - start;
    cr_assert_eq(endless->answer.status, 0);
    cr_assert_eq(endless->answer.body_len, 0);
    tear_down();
    return start;
}

static struct answer
ask_for_ever(const char *head, const char *piece)
{
    struct endless endless = {.head = head, .piece = piece};
    int64_t took;

    cr_assert(is_soon(ask_once, &endless, time_limit(2000), &took), "%ld",
              (long)took);
    return endless.answer;
}

/* One line without an end is no matter of this host's, so that another source
 * may be asked. */
static void
expect_other(struct answer answer)
{
    cr_expect_eq(answer.err.status, TW_E_RETRY, "%s", answer.err.message);
    cr_expect(strstr(answer.err.message, "too long a line"), "%s",
              answer.err.message);
}

Test(http_answer, what_never_ends_is_ended)
{
    static char line[8001];

    memset(line, 'a', sizeof line - 1);
    cr_assert(ask_for_ever(OK_HEAD "\r\n", line).too_large);
    cr_assert(ask_for_ever(OK_HEAD "Transfer-Encoding: chunked\r\n\r\n",
                           "10\r\n0123456789abcdef\r\n")
                  .too_large);
    cr_assert(ask_for_ever(OK_HEAD, "X-Header: aaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")
                  .too_large);
    cr_assert(ask_for_ever("", "HTTP/1.1 100 Continue\r\n\r\n").too_large);
    expect_other(ask_for_ever(OK_HEAD "X-Header: ", line)); /* one of fields */
    expect_other(ask_for_ever("HTTP/1.1 200 ", line));      /* of status */
}
