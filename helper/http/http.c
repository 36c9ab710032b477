/* SPDX-License-Identifier: MIT */
/*
 * http.c - the engine: requests come in, answers go out, by one curl_multi;
 * see http.h.
 *
 * An answer counts only when its transfer ended well: libcurl hands over the
 * whole body of a cut answer before it says that it was cut.  The deadline is
 * kept here, by the monotonic clock; libcurl's own is not trusted with it.
 */
#include "helper/http/http.h"

#include <curl/curl.h>
#include <limits.h>
#include <string.h>

#include "helper/http/http_certificate.h"
#include "helper/http/http_easy.h"
#include "helper/http/http_failure.h"
#include "helper/http/http_loop.h"
#include "helper/http/http_queue.h"
#include "helper/http/trust.h"
#include "helper/text/url.h"
#include "provider/base/clock.h"

#define POLL_MAX_MS 60000

/* From this version on a handle that was reset still has the request that it
 * sent, secrets and all, in a buffer of its own. */
#define LIBCURL_REMEMBERS 0x080700

struct http {
    CURLM *multi;
    struct http_common common;
    struct http_queue queue;
    struct transfer *transfers; /* all that are not done */
    bool remembers;             /* see LIBCURL_REMEMBERS */
    CURL *idle[HTTP_ACTIVE_MAX];
    size_t idle_count;
    struct http_loop loop; /* of http_attend() */
    bool expired; /* the run's deadline has come: nothing new begins */
};

enum tw_status
http_new(bool system, struct http **out, struct tw_error *err)
{
    struct http *http = calloc(1, sizeof *http);

    if (!http)
        return tw_no_memory(err);
    http->common.system = system;
    if (curl_global_init(CURL_GLOBAL_SSL) ||
        !(http->multi = curl_multi_init()) ||
        !(http->common.fields = http_easy_fields())) {
        http_free(http);
        return tw_fail(err, TW_E_SYSTEM, "libcurl does not start");
    }
    if (!http_certificate_same_library()) {
        http_free(http);
        return tw_fail(err, TW_E_SYSTEM,
                       "libcurl is not one of OpenSSL, or of another OpenSSL "
                       "than tokenward: certificates could not be checked");
    }
    http->remembers =
        curl_version_info(CURLVERSION_NOW)->version_num >= LIBCURL_REMEMBERS;
    http->queue.host_max = HTTP_HOST_ACTIVE_MAX;
    (void)curl_multi_setopt(http->multi, CURLMOPT_PIPELINING,
                            CURLPIPE_NOTHING);
    (void)curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                            (long)HTTP_HOST_ACTIVE_MAX);
    (void)curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                            (long)HTTP_ACTIVE_MAX);
    /* Else a moment with few requests closes what the next ones want. */
    (void)curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS,
                            (long)HTTP_ACTIVE_MAX);
    *out = http;
    return TW_OK;
}

static CURL *
take_easy(struct http *http)
{
    return http->idle_count ? http->idle[--http->idle_count]
                            : curl_easy_init();
}

/* Reset before anything that it borrowed can go away.  One that failed is not
 * used again: a reset leaves it the buffer of a request whose host had no
 * address, and libcurl then takes no other size for it, ever. */
static void
put_easy(struct http *http, CURL *easy, bool good)
{
    if (!good || http->remembers ||
        http->idle_count == sizeof http->idle / sizeof *http->idle) {
        curl_easy_cleanup(easy);
        return;
    }
    curl_easy_reset(easy);
    http->idle[http->idle_count++] = easy;
}

static void
link_transfer(struct http *http, struct transfer *transfer)
{
    transfer->following = http->transfers;
    if (http->transfers)
        http->transfers->previous = transfer;
    http->transfers = transfer;
}

static void
unlink_transfer(struct http *http, struct transfer *transfer)
{
    if (transfer->previous)
        transfer->previous->following = transfer->following;
    else
        http->transfers = transfer->following;
    if (transfer->following)
        transfer->following->previous = transfer->previous;
}

static void
free_transfer(struct transfer *transfer)
{
    secret_clear(&transfer->reply.body);
    trust_release(transfer->authorities);
    free(transfer);
}

/* Takes the handle away from what was active, to be used again if it did its
 * work. */
static void
stop(struct http *http, struct transfer *transfer, bool good)
{
    if (transfer->easy) {
        (void)curl_multi_remove_handle(http->multi, transfer->easy);
        put_easy(http, transfer->easy, good);
        transfer->easy = NULL;
    }
    http_queue_end(&http->queue, transfer->host);
}

/* Hands the answer over; whoever gets it may post again. */
static void
deliver(struct http *http, struct transfer *transfer)
{
    if (transfer->reply.status == 0)
        secret_clear(&transfer->reply.body);
    unlink_transfer(http, transfer);
    transfer->done(transfer->arg, &transfer->reply);
    free_transfer(transfer);
}

static enum tw_status
start(struct http *http, struct transfer *transfer, struct tw_error *err)
{
    enum tw_status status;

    transfer->easy = take_easy(http);
    if (!transfer->easy)
        return tw_no_memory(err);
    transfer->started_ms = clock_monotonic_ms();
    if (transfer->request.begin_by_ms &&
        transfer->started_ms > transfer->request.begin_by_ms)
        return tw_fail(err, TW_E_RETRY,
                       "%.100s: was not asked, too little time is left for an "
                       "answer that must not be lost",
                       http_host_shown(transfer->host));
    status = http_easy_set(transfer, &http->common, err);
    if (!status && curl_multi_add_handle(http->multi, transfer->easy))
        status = tw_fail(err, TW_E_SYSTEM, "libcurl takes no request");
    return status;
}

/* Starts what may start.  @own: the one whose failure is its poster's. */
static enum tw_status
start_all(struct http *http, const struct transfer *own, struct tw_error *err)
{
    enum tw_status result = TW_OK;
    struct transfer *transfer;

    while (!http->expired && (transfer = http_queue_take(&http->queue))) {
        bool is_own = transfer == own;
        enum tw_status status =
            start(http, transfer, is_own ? err : &transfer->reply.err);

        if (!status)
            continue;
        stop(http, transfer, false);
        transfer->reply.unsent = true;
        if (is_own)
            result = status;
        else
            deliver(http, transfer);
    }
    return result;
}

enum tw_status
http_post(struct http *http, const struct http_request *request,
          http_done *done, void *arg, struct tw_error *err)
{
    const char *problem = url_endpoint_problem(
        request->url, strlen(request->url), request->allow_loopback_http);
    struct transfer *transfer;
    enum tw_status status;

    if (problem)
        return tw_fail(err, TW_E_CONFIG, "the endpoint's URL %s", problem);
    if (request->header_count > HTTP_LINES_MAX)
        return tw_fail(err, TW_E_CONFIG, "more than %d header lines",
                       HTTP_LINES_MAX);
    if (http->expired)
        return tw_fail(err, TW_E_RETRY, "no time is left for a request");
    transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        return tw_no_memory(err);
    transfer->request = *request;
    transfer->done = done;
    transfer->arg = arg;
    transfer->reply = (struct http_reply){.retry_after = -1,
                                          .body = SECRET_INIT(HTTP_BODY_MAX)};
    transfer->host = http_queue_host(&http->queue, request->url);
    if (!transfer->host) {
        free_transfer(transfer);
        return tw_no_memory(err);
    }
    link_transfer(http, transfer);
    http_queue_put(&http->queue, transfer);
    status = start_all(http, transfer, err);
    if (status) {
        unlink_transfer(http, transfer);
        free_transfer(transfer);
    }
    return status;
}

/* @code: what the transfer ended with. */
static void
finish(struct http *http, struct transfer *transfer, CURLcode code)
{
    struct http_reply *reply = &transfer->reply;
    long status = 0;

    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status > 0)
        reply->status = (int)status;
    else
        http_failure(transfer, code);
    http_trace_fill(transfer, code);
    stop(http, transfer, code == CURLE_OK);
    (void)start_all(http, NULL, NULL);
    deliver(http, transfer);
}

static void
take_finished(struct http *http)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left))) {
        CURLcode code = message->data.result;
        char *private = NULL;

        if (message->msg == CURLMSG_DONE &&
            !curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
                               &private) &&
            private)
            finish(http, (struct transfer *)(void *)private, code);
    }
}

/* The deadline has come: everything ends, and nothing follows. */
static void
expire(struct http *http)
{
    struct transfer *transfer;

    http->expired = true;
    while ((transfer = http_queue_shed(&http->queue))) {
        (void)tw_fail(&transfer->reply.err, TW_E_RETRY,
                      "%.100s: was not asked, too many others were first",
                      http_host_shown(transfer->host));
        deliver(http, transfer);
    }
    while (http->transfers)
        finish(http, http->transfers, CURLE_OPERATION_TIMEDOUT);
    http->expired = false;
}

static int
poll_time(int64_t now, int64_t wake_ms, int64_t deadline_ms)
{
    int64_t until = wake_ms < deadline_ms ? wake_ms : deadline_ms;
    int64_t left = until - now;

    return left < POLL_MAX_MS ? (int)left : POLL_MAX_MS;
}

enum tw_status
http_run(struct http *http, int64_t wake_ms, int64_t deadline_ms,
         struct tw_error *err)
{
    for (;;) {
        int64_t now;
        int running;

        if (curl_multi_perform(http->multi, &running))
            return tw_fail(err, TW_E_SYSTEM, "libcurl lost its way");
        take_finished(http);
        now = clock_monotonic_ms();
        if (now >= deadline_ms) {
            expire(http);
            return TW_OK;
        }
        if (now >= wake_ms || (!http->transfers && wake_ms == INT64_MAX))
            return TW_OK;
        if (curl_multi_poll(http->multi, NULL, 0,
                            poll_time(now, wake_ms, deadline_ms), NULL))
            return tw_fail(err, TW_E_SYSTEM, "libcurl cannot wait");
    }
}

enum tw_status
http_attend(struct http *http, const struct http_loop *loop,
            struct tw_error *err)
{
    http->loop = *loop;
    http->queue.host_max = loop->host_max;
    return http_loop_set(http->multi, &http->loop, err);
}

enum tw_status
http_turn(struct http *http, int fd, uint32_t events, struct tw_error *err)
{
    int running;

    if (curl_multi_socket_action(http->multi,
                                 fd < 0 ? CURL_SOCKET_TIMEOUT : fd,
                                 http_loop_ready(events), &running))
        return tw_fail(err, TW_E_SYSTEM, "libcurl lost its way");
    take_finished(http);
    return TW_OK;
}

void
http_overdue(struct http *http, int64_t now_ms, int64_t grace_ms)
{
    struct transfer *transfer = http->transfers;

    while (transfer) {
        bool late =
            transfer->easy &&
            transfer->started_ms + transfer->request.timeout_ms + grace_ms <=
                now_ms;

        if (late)
            finish(http, transfer, CURLE_OPERATION_TIMEDOUT);
        /* Who is told may have begun and ended others. */
        transfer = late ? http->transfers : transfer->following;
    }
}

void
http_free(struct http *http)
{
    if (!http)
        return;
    while (http->transfers) {
        struct transfer *transfer = http->transfers;

        unlink_transfer(http, transfer);
        if (transfer->easy)
            stop(http, transfer, false);
        free_transfer(transfer);
    }
    while (http->idle_count)
        curl_easy_cleanup(http->idle[--http->idle_count]);
    if (http->multi)
        (void)curl_multi_cleanup(http->multi);
    curl_slist_free_all(http->common.fields);
    trust_release(http->common.trust);
    http_queue_clear(&http->queue);
    free(http);
}
