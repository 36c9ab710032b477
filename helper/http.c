/* SPDX-License-Identifier: MIT */
/*
 * http.c - the engine: transfers in flight on one curl_multi; see http.h.
 *
 * libcurl's own limits come too late (a chunked answer of 19 MB passes a
 * limit of 64 KiB) or not at all, so bytes are counted in the callbacks; and
 * a body counts only when the transfer ended well, since a cut one is handed
 * over whole first.
 */
#include "helper/http.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "helper/http_easy.h"
#include "helper/http_failure.h"
#include "helper/retry_after.h"
#include "helper/trust.h"
#include "provider/base/clock.h"
#include "provider/base/text.h"

#define HOST_CONNECTIONS_MAX 8L
#define TOTAL_CONNECTIONS_MAX 256L
#define POLL_MAX_MS 60000

struct http {
    CURLM *multi;
    struct transfer *active, *spare;
    bool system;
};

static size_t
on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct transfer *transfer = arg;

    if (!secret_append(&transfer->reply.body, bytes, size * n)) {
        transfer->reply.too_large = true;
        return 0;
    }
    return size * n;
}

static bool
take_field(const char *line, size_t n, const char *name, char *out,
           size_t size)
{
    size_t length = strlen(name);

    if (n <= length || line[length] != ':' ||
        strncasecmp(line, name, length) != 0)
        return false;
    line += length + 1;
    n -= length + 1;
    while (n && (*line == ' ' || *line == '\t')) {
        line++;
        n--;
    }
    while (n && strchr("\r\n\t ", line[n - 1]))
        n--;
    if (n >= size)
        n = size - 1;
    memcpy(out, line, n);
    out[n] = '\0';
    return true;
}

static size_t
on_header(char *line, size_t size, size_t n, void *arg)
{
    struct transfer *transfer = arg;
    struct http_reply *reply = &transfer->reply;
    char text[128];
    int64_t seconds;

    n *= size;
    transfer->header_bytes += n;
    if (transfer->header_bytes > HTTP_HEADERS_MAX) {
        reply->too_large = true;
        return 0;
    }
    if (n >= 5 && strncasecmp(line, "HTTP/", 5) == 0) {
        /* An interim answer's fields are not the answer's. */
        reply->content_type[0] = '\0';
        reply->retry_after = -1;
    } else if (take_field(line, n, "Content-Type", text, sizeof text)) {
        memcpy(reply->content_type, text, sizeof text);
    } else if (take_field(line, n, "Retry-After", text, sizeof text) &&
               retry_after_parse(text, time(NULL), &seconds) &&
               seconds > reply->retry_after) {
        reply->retry_after = seconds;
    }
    return n;
}

enum tw_status
http_new(bool system, struct http **out, struct tw_error *err)
{
    struct http *http = calloc(1, sizeof *http);

    if (!http)
        return tw_no_memory(err);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) ||
        !(http->multi = curl_multi_init())) {
        free(http);
        return tw_fail(err, TW_E_SYSTEM, "libcurl does not start");
    }
    (void)curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                            HOST_CONNECTIONS_MAX);
    (void)curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                            TOTAL_CONNECTIONS_MAX);
    http->system = system;
    *out = http;
    return TW_OK;
}

static struct transfer *
take_transfer(struct http *http)
{
    struct transfer *transfer = http->spare;

    if (transfer) {
        http->spare = transfer->next;
        return transfer;
    }
    transfer = calloc(1, sizeof *transfer);
    if (transfer && !(transfer->easy = curl_easy_init())) {
        free(transfer);
        return NULL;
    }
    return transfer;
}

static void
clear_transfer(struct transfer *transfer)
{
    curl_easy_reset(transfer->easy);
    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
    secret_clear(&transfer->reply.body);
}

static void
put_transfer(struct http *http, struct transfer *transfer)
{
    clear_transfer(transfer);
    transfer->next = http->spare;
    http->spare = transfer;
}

enum tw_status
http_post(struct http *http, const struct http_request *request,
          http_done *done, void *arg, struct tw_error *err)
{
    struct transfer *transfer;
    enum tw_status status;

    if (request->ca_file) {
        status = trust_check_file(request->ca_file, err);
        if (status)
            return status;
    }
    transfer = take_transfer(http);
    if (!transfer)
        return tw_no_memory(err);
    transfer->request = *request;
    transfer->done = done;
    transfer->arg = arg;
    transfer->header_bytes = 0;
    transfer->reply = (struct http_reply){.retry_after = -1,
                                          .body = SECRET_INIT(HTTP_BODY_MAX)};
    status = http_easy_set(transfer, http->system, on_body, on_header, err);
    if (!status && curl_multi_add_handle(http->multi, transfer->easy))
        status = tw_fail(err, TW_E_SYSTEM, "libcurl takes no request");
    if (status) {
        put_transfer(http, transfer);
        return status;
    }
    transfer->next = http->active;
    http->active = transfer;
    return TW_OK;
}

static void
unlink_transfer(struct http *http, const struct transfer *transfer)
{
    struct transfer **at = &http->active;

    while (*at && *at != transfer)
        at = &(*at)->next;
    if (*at)
        *at = transfer->next;
}

/* @code: what the transfer ended with. */
static void
finish(struct http *http, struct transfer *transfer, CURLcode code)
{
    struct http_reply *reply = &transfer->reply;
    long status = 0;

    unlink_transfer(http, transfer);
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_multi_remove_handle(http->multi, transfer->easy);
    if (code == CURLE_OK && status > 0) {
        reply->status = (int)status;
    } else {
        secret_clear(&reply->body);
        http_failure(transfer, code, &reply->err);
    }
    transfer->done(transfer->arg, reply);
    put_transfer(http, transfer);
}

static void
take_finished(struct http *http)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left))) {
        struct transfer *transfer;

        for (transfer = http->active; transfer; transfer = transfer->next) {
            if (message->msg == CURLMSG_DONE &&
                transfer->easy == message->easy_handle)
                break;
        }
        if (transfer)
            finish(http, transfer, message->data.result);
    }
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
            while (http->active)
                finish(http, http->active, CURLE_OPERATION_TIMEDOUT);
            return TW_OK;
        }
        if (now >= wake_ms || (!http->active && wake_ms == INT64_MAX))
            return TW_OK;
        (void)curl_multi_poll(http->multi, NULL, 0,
                              poll_time(now, wake_ms, deadline_ms), NULL);
    }
}

static void
free_list(CURLM *multi, struct transfer *transfer)
{
    while (transfer) {
        struct transfer *next = transfer->next;

        (void)curl_multi_remove_handle(multi, transfer->easy);
        clear_transfer(transfer);
        curl_easy_cleanup(transfer->easy);
        free(transfer);
        transfer = next;
    }
}

void
http_free(struct http *http)
{
    if (!http)
        return;
    free_list(http->multi, http->active);
    free_list(http->multi, http->spare);
    (void)curl_multi_cleanup(http->multi);
    free(http);
    curl_global_cleanup();
}
