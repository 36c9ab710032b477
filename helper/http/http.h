/* SPDX-License-Identifier: MIT */
/*
 * http.h - one engine for one POST or ten thousand: a curl_multi, bounded.
 *
 * https only (http to a loopback address if the request allows it), TLS 1.2
 * or later, verified; no redirects, cookies, netrc or content decoding;
 * HTTP/1.1.  libcurl is known to http*.c alone, one small room: the engine
 * (http.c), whose turn it is (http_queue.c), the settings of a request
 * (http_easy.c), what a certificate must have (http_certificate.c), the answer
 * as it comes (http_answer.c), failures in plain words (http_failure.c), how
 * far it came (http_trace.c), somebody else's epoll (http_loop.c).
 */
#ifndef TW_HELPER_HTTP_H
#define TW_HELPER_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define HTTP_BODY_MAX (1024 * 1024)  /* of an answer; as golang/oauth2 */
#define HTTP_HEADERS_MAX (64 * 1024) /* of an answer, all together */
#define HTTP_FORM_MAX (256 * 1024)   /* of a request */
#define HTTP_LINES_MAX 16            /* of request.headers */
#define HTTP_CONNECT_MS 5000         /* TLS and all; a third of the time ... */
#define HTTP_CONNECT_SHARE 3         /* ... for who has more than 15 s */

struct identity;
struct http_trace;

struct http_request {
    const char *url;           /* borrowed until done is called, as all here */
    const struct secret *form; /* application/x-www-form-urlencoded; NULL: a
                                  GET request, without one */
    const char *authorization; /* a whole header line, or NULL */
    const struct identity *identity; /* shown in the handshake, or NULL; such
                                        a connection serves one request */
    const struct secret *headers;    /* more whole lines, or NULL */
    size_t header_count;             /* at most HTTP_LINES_MAX */
    const char *ca_file; /* instead of the system's trust, or NULL */
    bool allow_loopback_http;
    bool once; /* what is in the form may be used once: a lost answer is a
                  failure, and the request is never sent again */
    int timeout_ms;
    int64_t
        begin_by_ms; /* monotonic: after that it is not sent any more, since
                        a lost answer would cost more; 0: at any time */
    struct http_trace *trace; /* filled in on its way, or NULL */
};

struct http_reply {
    int status; /* 0: there was no whole answer, see err */
    char content_type[128];
    int64_t retry_after; /* seconds from now; -1: not said.  Not clamped but
                            for overflow */
    struct secret body;
    bool too_large; /* the answer passed a limit */
    bool unsent;    /* status 0: it could not be begun, and nobody was asked */
    struct tw_error
        err; /* status 0: TW_E_RETRY (network), TW_E_CONFIG (ca_file),
                TW_E_PROTOCOL (too large, no HTTP), ... */
};

typedef void
http_done(void *arg,
          struct http_reply *reply); /* @reply is cleared after the call */

struct http;

/* http_new: as @system, no proxy variables.  One engine for each process. */
enum tw_status http_new(bool system, struct http **out, struct tw_error *err);

/* http_post: starts a request; @done is called from http_run(), once. */
enum tw_status http_post(struct http *http, const struct http_request *request,
                         http_done *done, void *arg, struct tw_error *err);

/* http_run: drives what was started, and what @done starts, until nothing is
 * under way or the monotonic time @deadline_ms has come; what is unfinished
 * then is done with TW_E_RETRY.  @wake_ms: also returns then (INT64_MAX: no).
 */
enum tw_status http_run(struct http *http, int64_t wake_ms,
                        int64_t deadline_ms, struct tw_error *err);

/* For a process that waits for other things too: @watch names the EPOLLIN and
 * EPOLLOUT that @fd is waited for (0: no more), @timer the milliseconds after
 * which http_turn() is wanted without a descriptor (-1: not). */
struct http_loop {
    void (*watch)(void *arg, int fd, uint32_t events);
    void (*timer)(void *arg, int64_t wait_ms);
    int host_max; /* requests at once to one host: who attends has an order of
                     its own */
    void *arg;
};

/* http_attend: from now on http_turn() drives the engine, not http_run(). */
enum tw_status http_attend(struct http *http, const struct http_loop *loop,
                           struct tw_error *err);

/* http_turn: @fd is ready for @events; -1: the time has come.  @done is
 * called from here. */
enum tw_status http_turn(struct http *http, int fd, uint32_t events,
                         struct tw_error *err);

/* http_overdue: what libcurl should have ended by itself @grace_ms ago ends
 * now, with TW_E_RETRY. */
void http_overdue(struct http *http, int64_t now_ms, int64_t grace_ms);

void http_free(struct http *http);

/* http_bundle: libcurl's own file of authorities, which it reads where there
 * is no trust_directory(); NULL: it has none. */
const char *http_bundle(void);

#endif
