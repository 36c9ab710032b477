/* SPDX-License-Identifier: MIT */
/*
 * wipe-t.c - what json-c and libcurl free is gone from this process's memory.
 *
 * Linked with helper/wipe.c, as the helper is.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "helper/http/http.h"
#include "helper/text/json.h"
#include "provider/base/clock.h"
#include "tests/unit/marks.h"
#include "tests/unit/raw_server.h"

Test(wipe, the_search_finds_what_is_there)
{
    char *copy;

    if (!WIPES)
        cr_skip_test("the allocator is the sanitizer's");
    copy = malloc(MARK_LEN);
    cr_assert(copy);
    cr_assert_eq(count_marks(), 0);
    write_mark(copy);
    cr_assert_geq(count_marks(), 1);
    explicit_bzero(copy, MARK_LEN);
    free(copy);
    cr_assert_eq(count_marks(), 0);
}

Test(wipe, what_json_c_frees_is_gone)
{
    char text[] =
        "{\"access_token\":\"................................\",\"x\":"
        "{\"y\":[\"................................\"]}}";
    struct json *json;

    if (!WIPES)
        cr_skip_test("the allocator is the sanitizer's");
    write_mark(strstr(text, "...."));
    write_mark(strstr(text, "[\"") + 2);
    json = json_read(text, strlen(text));
    cr_assert(json);
    explicit_bzero(text, sizeof text);
    cr_assert_geq(count_marks(), 2);
    json_free(json);
    cr_assert_eq(count_marks(), 0);
}

static bool
answer_with_mark(struct raw_server *server, int fd, const char *request)
{
    char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n"
                  "................................";

    (void)server;
    (void)request;
    write_mark(strstr(text, "...."));
    return raw_send(fd, text, strlen(text));
}

/* A server in a process of its own: its copies are not the ones meant. */
static pid_t
start_server(char *url, size_t size)
{
    int ends[2];
    pid_t child;
    ssize_t n;

    cr_assert_eq(pipe(ends), 0);
    child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        static struct raw_server server;

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        raw_start(&server, answer_with_mark);
        if (write(ends[1], server.url, strlen(server.url)) < 0)
            _exit(1);
        for (;;)
            (void)pause();
    }
    (void)close(ends[1]);
    n = read(ends[0], url, size - 1);
    cr_assert_gt(n, 0);
    url[n] = '\0';
    (void)close(ends[0]);
    return child;
}

static void
ignore(void *arg, struct http_reply *reply)
{
    *(int *)arg = reply->status;
}

Test(wipe, what_libcurl_frees_is_gone)
{
    struct secret form = SECRET_INIT(1000), header = SECRET_INIT(1000);
    struct http *http;
    char mark[MARK_LEN], url[100];
    struct http_request request = {.url = url,
                                   .form = &form,
                                   .allow_loopback_http = true,
                                   .timeout_ms = 5000};
    pid_t child;
    int status = 0;

    if (!WIPES)
        cr_skip_test("the allocator is the sanitizer's");
    child = start_server(url, sizeof url);
    write_mark(mark);
    cr_assert(secret_append_text(&form, "client_secret=") &&
              secret_append(&form, mark, MARK_LEN) &&
              secret_append_text(&header, "Authorization: Basic ") &&
              secret_append(&header, mark, MARK_LEN));
    explicit_bzero(mark, sizeof mark);
    request.authorization = secret_text(&header);
    cr_assert_eq(http_new(true, &http, NULL), TW_OK);
    cr_assert_eq(http_post(http, &request, ignore, &status, NULL), TW_OK);
    cr_assert_eq(http_run(http, INT64_MAX, clock_monotonic_ms() + 5000, NULL),
                 TW_OK);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    cr_assert_eq(status, 200);
    http_free(http);
    secret_clear(&form);
    secret_clear(&header);
    cr_assert_eq(count_marks(), 0);
}

Test(wipe, memory_that_grows_and_shrinks_keeps_its_bytes)
{
    unsigned char *bytes = NULL;
    static const size_t SIZES[] = {1,     24, 25, 4096,   100, 1 << 20,
                                   70000, 7,  8,  200000, 1,   300000};

    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        size_t before = i ? SIZES[i - 1] : 0, now = SIZES[i];
        size_t both = before < now ? before : now;

        bytes = realloc(bytes, now);
        cr_assert(bytes);
        for (size_t j = 0; j < both; j++)
            cr_assert_eq(bytes[j], (unsigned char)(j * 7));
        for (size_t j = 0; j < now; j++)
            bytes[j] = (unsigned char)(j * 7);
    }
    free(bytes);
    free(NULL);
}

/* As realloc(3) of the C library does, and leaves nothing behind. */
Test(wipe, memory_of_no_size_is_freed)
{
    char *block;

    if (!WIPES)
        cr_skip_test("the allocator is the sanitizer's");
    block = malloc(MARK_LEN);
    cr_assert(block);
    write_mark(block);
    cr_assert_geq(count_marks(), 1);
    cr_expect_null(realloc(block, 0));
    cr_expect_eq(count_marks(), 0);
}
