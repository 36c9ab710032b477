/* SPDX-License-Identifier: MIT */
/*
 * http_answer.c - header lines and pieces of a body come in, a struct
 * http_reply grows (RFC 9110).
 *
 * libcurl's own limits come too late (a chunked answer of 19 MB passed a
 * limit of 64 KiB) or not at all, so bytes are counted here, those of interim
 * answers too.  An interim answer's fields are not the answer's, and neither
 * are a trailer's.
 */
#include "helper/http/http_answer.h"

#include <string.h>
#include <strings.h>

#include "helper/http/http_easy.h"
#include "helper/text/retry_after.h"
#include "provider/base/clock.h"

size_t
http_answer_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct transfer *transfer = arg;
    struct secret *body = &transfer->reply.body;

    n *= size;
    if (secret_append(body, bytes, n))
        return n;
    if (n > body->max - body->len)
        transfer->reply.too_large = true;
    else
        transfer->out_of_memory = true;
    return 0; /* ends the transfer: n was not 0 */
}

/* The value of "@name: value", printable and cut to @size; false when the
 * line is another field's. */
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
    while (n && line[n - 1] && strchr("\r\n\t ", line[n - 1]))
        n--;
    if (n >= size)
        n = size - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = line[i] >= 0x20 && line[i] <= 0x7e ? line[i] : '?';
    out[n] = '\0';
    return true;
}

static void
take_line(struct transfer *transfer, const char *line, size_t n)
{
    struct http_reply *reply = &transfer->reply;
    struct http_trace *trace = transfer->request.trace;
    char text[sizeof reply->content_type];
    int64_t seconds;

    if (take_field(line, n, "Content-Type", text, sizeof text)) {
        memcpy(reply->content_type, text, sizeof text);
    } else if (take_field(line, n, "Retry-After", text, sizeof text) &&
               retry_after_parse(text, clock_now().wall, &seconds) &&
               seconds > reply->retry_after) {
        reply->retry_after = seconds;
    } else if (trace && take_field(line, n, "Date", text, sizeof text)) {
        (void)http_date_parse(text, &trace->date);
    }
}

/* "HTTP/1.1 1..": one more comes. */
static bool
is_interim(const char *line, size_t n)
{
    const char *space = memchr(line, ' ', n);

    return space && space + 1 < line + n && space[1] == '1';
}

size_t
http_answer_header(char *line, size_t size, size_t n, void *arg)
{
    struct transfer *transfer = arg;
    struct http_reply *reply = &transfer->reply;

    n *= size;
    transfer->header_bytes += n;
    if (transfer->header_bytes > HTTP_HEADERS_MAX) {
        reply->too_large = true;
        return 0;
    }
    if (!transfer->in_fields && !transfer->is_final && n >= 5 &&
        memcmp(line, "HTTP/", 5) == 0) {
        transfer->in_fields = true;
        transfer->is_final = !is_interim(line, n);
        reply->content_type[0] = '\0';
        reply->retry_after = -1;
    } else if (n == 0 || *line == '\r' || *line == '\n') {
        transfer->in_fields = false;
    } else if (transfer->in_fields) {
        take_line(transfer, line, n);
    }
    return n;
}
