/* SPDX-License-Identifier: MIT */
/*
 * asking.h - one engine and one server on the loopback interface: a request is
 * made, and what came of it is kept.
 */
#ifndef TW_TESTS_ASKING_H
#define TW_TESTS_ASKING_H

#include "helper/http/http.h"
#include "tests/unit/raw_server.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

/* What came of one request. */
struct answer {
    int times, status;
    bool too_large;
    int64_t retry_after;
    size_t body_len;
    char body[100], content_type[128];
    struct tw_error err;
};

extern struct raw_server server;
extern struct http *http;

/* set_up: the server answers by @answer; tear_down() ends both. */
void set_up(raw_answer *answer);
void tear_down(void);

/* request_to: with a small form and five seconds. */
struct http_request request_to(const char *url);

/* send_head_and_hang: a raw_answer: the server's bytes, and then silence. */
bool send_head_and_hang(struct raw_server *self, int fd, const char *request);

/* on_done: an http_done that fills in a struct answer. */
void on_done(void *arg, struct http_reply *reply);

/* run: starts @request and waits for its answer, which must come. */
struct answer run(const struct http_request *request);

/* post_fails: @request is refused at once; the answer never comes. */
enum tw_status post_fails(const struct http_request *request,
                          struct tw_error *err);

/* ask: set_up, one request that gets exactly these bytes, tear_down. */
struct answer ask(const char *bytes);

#endif
