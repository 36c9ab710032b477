/* SPDX-License-Identifier: MIT */
/*
 * redirect-request-t.c - where a browser comes back to, and what it brings.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/person/redirect_request.h"

TestSuite(redirect_request, .timeout = 60);

/* Places. */

static const char *
problem_of(const char *text, struct redirect_place *out)
{
    return redirect_place_problem(text, strlen(text), out);
}

Test(redirect_request, is_to_a_place_of_this_host)
{
    static const struct {
        const char *uri, *host, *path;
        unsigned port;
        bool is_ipv4, is_ipv6;
    } ROWS[] = {
        {REDIRECT_PLACE, "127.0.0.1", "/", 0, true, false},
        {"http://127.0.0.1", "127.0.0.1", "", 0, true, false},
        {"http://127.0.0.1:8401/a/b", "127.0.0.1", "/a/b", 8401, true, false},
        {"http://[::1]:1/", "[::1]", "/", 1, false, true},
        {"http://127.0.0.1/.a/b../...", "127.0.0.1", "/.a/b../...", 0, true,
         false},
        {"http://localhost:65535", "localhost", "", 65535, true, true},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct redirect_place place;

        cr_assert_null(problem_of(ROWS[i].uri, &place), "%s", ROWS[i].uri);
        cr_expect_str_eq(place.host, ROWS[i].host);
        cr_expect_str_eq(place.path, ROWS[i].path);
        cr_expect_eq(place.port, ROWS[i].port);
        cr_expect_eq(place.is_ipv4, ROWS[i].is_ipv4);
        cr_expect_eq(place.is_ipv6, ROWS[i].is_ipv6);
    }
}

Test(redirect_request, is_to_no_other)
{
    static const char *const BAD[] = {
        "https://127.0.0.1/",
        "http://127.0.0.2/",
        "http://a.test/",
        "http://localhost.a.test/",
        "http://127.0.0.1.a.test/",
        "HTTP://127.0.0.1/",
        "http://[::2]/",
        "http://127.0.0.1/?a=b",
        "http://127.0.0.1?a",
        "http://127.0.0.1/#a",
        "http://127.0.0.1/.",
        "http://127.0.0.1/a/../b",
        "http://127.0.0.1/a/.%2E",
        "http://127.0.0.1/%2e/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/",
        "http://me@127.0.0.1/",
        "urn:ietf:wg:oauth:2.0:oob",
        "",
    };
    char path[400] = "http://127.0.0.1/";
    struct redirect_place place;

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_expect_not_null(problem_of(BAD[i], &place), "%s", BAD[i]);
    memset(path + strlen(path), 'a', 255);
    cr_expect_not_null(problem_of(path, &place));
    path[strlen("http://127.0.0.1") + 255] = '\0';
    cr_expect_null(problem_of(path, &place));
}

/* Requests. */

#define HOST "Host: 127.0.0.1:8401\r\n"
#define TWICE "GET /cb?code=a HTTP/1.1\r\n" HOST HOST "\r\n"
#define HEAD(target) "GET " target " HTTP/1.1\r\nHost: 127.0.0.1:8401\r\n\r\n"

static struct redirect_answer answer;

static enum redirect_kind
kind_of(const char *head)
{
    struct redirect_place place;

    cr_assert_null(problem_of("http://127.0.0.1:8401/cb", &place));
    redirect_answer_clear(&answer);
    redirect_answer_init(&answer);
    return redirect_request_read(&place, head, strlen(head), &answer);
}

static const char *
value(enum redirect_parameter parameter)
{
    return secret_text(&answer.values[parameter]);
}

Test(redirect_request, brings_a_code)
{
    cr_assert_eq(kind_of(HEAD("/cb?code=a%2Bb%2f+c&state=s%7E&iss=https%3A%2F"
                              "%2Fa.test&other=x")),
                 REDIRECT_HERE);
    cr_expect_str_eq(value(REDIRECT_CODE), "a+b/ c");
    cr_expect_str_eq(value(REDIRECT_STATE), "s~");
    cr_expect_str_eq(value(REDIRECT_ISSUER), "https://a.test");
    cr_expect(answer.has[REDIRECT_CODE]);
    cr_expect_not(answer.has[REDIRECT_ERROR]);
}

Test(redirect_request, brings_a_refusal)
{
    cr_assert_eq(kind_of(HEAD("/cb?error=access_denied&state=s&error_"
                              "description=no%0A")),
                 REDIRECT_HERE);
    cr_expect_str_eq(value(REDIRECT_ERROR), "access_denied");
    cr_expect_str_eq(value(REDIRECT_DESCRIPTION), "",
                     "what cannot be shown is not");
    cr_assert_eq(kind_of(HEAD("/cb?error_description=no+way&error=a")),
                 REDIRECT_HERE);
    cr_expect_str_eq(value(REDIRECT_DESCRIPTION), "no way");
}

Test(redirect_request, may_be_empty)
{
    cr_expect_eq(kind_of(HEAD("/cb")), REDIRECT_HERE);
    cr_expect_eq(kind_of(HEAD("/cb?")), REDIRECT_HERE);
    cr_expect_eq(kind_of(HEAD("/cb?&=&code")), REDIRECT_HERE);
    cr_expect(answer.has[REDIRECT_CODE]);
    cr_expect_eq(answer.values[REDIRECT_CODE].len, 0);
}

Test(redirect_request, is_read_in_one_way)
{
    static const char *const BAD[] = {
        HEAD("/cb?code=a&code=b"),
        HEAD("/cb?state=a&state=a"),
        HEAD("/cb?code=a%00b"),
        HEAD("/cb?code=a%0Ab"),
        HEAD("/cb?code=%e4"),
        HEAD("/cb?code=%4"),
        HEAD("/cb?code=%"),
        HEAD("/cb?code=%g1"),
        HEAD("/cb?code=%2g"),
        HEAD("/cb?code=%4@"),
        HEAD("/cb?code=%7f"),
        "GET /cb?code=a\r\nHost: 127.0.0.1:8401\r\n\r\n",
        "GET /cb?code=a HTTP/2\r\nHost: 127.0.0.1:8401\r\n\r\n",
        "GET /cb?code=a b HTTP/1.1\r\nHost: 127.0.0.1:8401\r\n\r\n",
        "\r\n",
        "\n\n",
        "\x16\x03\x01\n\n",
    };

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_expect_eq(kind_of(BAD[i]), REDIRECT_BROKEN, "%s", BAD[i]);
}

Test(redirect_request, is_for_this_place_alone)
{
    static const char *const BAD[] = {
        HEAD("/"),
        HEAD("/favicon.ico"),
        HEAD("/cb/?code=a"),
        HEAD("//cb?code=a"),
        HEAD("http://127.0.0.1:8401/cb?code=a"),
        "GET /cb?code=a HTTP/1.1\r\n\r\n",
        "GET /cb?code=a HTTP/1.1\r\nHost: a.test:8401\r\n\r\n",
        "GET /cb?code=a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /cb?code=a HTTP/1.1\r\nHost: localhost:8401\r\n\r\n",
        "GET /cb?code=a HTTP/1.1\r\nHosts: 127.0.0.1:8401\r\n\r\n",
        "GET /cb?code=a HTTP/1.1\r\nFrom: 127.0.0.1:8401\r\n\r\n",
        TWICE,
    };

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_expect_eq(kind_of(BAD[i]), REDIRECT_ELSEWHERE, "%s", BAD[i]);
    cr_expect_eq(kind_of("GET /cb HTTP/1.0\nA: b\nhost:127.0.0.1:8401 \n\n"),
                 REDIRECT_HERE);
    cr_expect_eq(kind_of("GET /cb HTTP/1.0\nFrom: b\nHost:\t127.0.0.1:8401"
                         "\t\n\n"),
                 REDIRECT_HERE);
    cr_expect_eq(kind_of("POST /cb HTTP/1.1\r\n\r\n"), REDIRECT_NO_GET);
    cr_expect_eq(kind_of("HEAD /cb HTTP/1.1\r\n\r\n"), REDIRECT_NO_GET);
}

/* Which a browser does not name. */
Test(redirect_request, may_be_at_the_port_of_http)
{
    static const struct {
        const char *host;
        enum redirect_kind kind;
    } ROWS[] = {{"127.0.0.1", REDIRECT_HERE},
                {"127.0.0.1:80", REDIRECT_HERE},
                {"127.0.0.1:8401", REDIRECT_ELSEWHERE},
                {"localhost", REDIRECT_ELSEWHERE},
                {"a.test", REDIRECT_ELSEWHERE}};
    struct redirect_place place;
    char head[128];

    cr_assert_null(problem_of("http://127.0.0.1:80/cb", &place));
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        (void)snprintf(head, sizeof head,
                       "GET /cb HTTP/1.1\r\nHost: %s\r\n\r\n", ROWS[i].host);
        cr_expect_eq(
            redirect_request_read(&place, head, strlen(head), &answer),
            ROWS[i].kind, "%s", ROWS[i].host);
    }
}

Test(redirect_request, is_looked_at_when_it_is_whole)
{
    static const char WHOLE[] = HEAD("/cb?code=a");
    struct redirect_place place;

    cr_assert_null(problem_of("http://127.0.0.1:8401/cb", &place));
    redirect_answer_init(&answer);
    for (size_t n = 0; n < strlen(WHOLE); n++)
        cr_expect_eq(redirect_request_read(&place, WHOLE, n, &answer),
                     REDIRECT_INCOMPLETE, "%zu", n);
    redirect_answer_clear(&answer);
}

Test(redirect_request, may_be_pasted)
{
    redirect_answer_init(&answer);
    cr_assert(redirect_address_read(
        "http://127.0.0.1:8401/cb?code=a%20b&state=s#top\n", &answer));
    cr_expect_str_eq(value(REDIRECT_CODE), "a b");
    cr_expect_str_eq(value(REDIRECT_STATE), "s");
    redirect_answer_clear(&answer);
    cr_expect_not(redirect_address_read("a%20b", &answer));
    cr_expect_not(redirect_address_read("?code=a&code=b", &answer));
    redirect_answer_clear(&answer);
}
