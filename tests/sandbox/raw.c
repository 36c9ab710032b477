/* SPDX-License-Identifier: MIT */
/*
 * raw.c - see raw.h.  The one place that knows GnuTLS.
 */
#include "tests/sandbox/raw.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define HEAD_MAX 65536 /* a Retry-After or Location may be long */
#define STEP_MAX 65536 /* bytes of an endless answer at a time */
#define FILLER 1000    /* bytes of one endless header line's value */
#define BUSY_MS 1      /* until the next try */

void
raw_init(struct raw *raw)
{
    *raw = (struct raw){.fd = -1, .text = {.max = ANSWER_BODY_MAX + HEAD_MAX}};
}

static void
add_head(struct secret *text, const struct answer *answer)
{
    char line[80];

    (void)snprintf(line, sizeof line, "HTTP/1.1 %u Sandbox\r\n",
                   answer->status);
    (void)secret_append_text(text, line);
    for (size_t i = 0; i < answer->header_count; i++) {
        (void)secret_append_text(text, answer->headers[i].name);
        (void)secret_append_text(text, ": ");
        (void)secret_append_text(text, answer->headers[i].value);
        (void)secret_append_text(text, "\r\n");
    }
    (void)secret_append_text(text, "Connection: close\r\n");
}

void
raw_prepare(struct raw *raw, int fd, void *tls, const struct answer *answer)
{
    char line[FILLER + 80];

    raw->fd = fd;
    raw->tls = tls;
    raw->drip_ms = answer->drip_ms;
    raw->endless = answer->manner == MANNER_ENDLESS_HEADERS;
    add_head(&raw->text, answer);
    if (raw->endless) {
        raw->head = raw->text.len;
        memset(line, 'a', FILLER);
        line[FILLER] = '\0';
        (void)secret_append_text(&raw->text, "X-Endless: ");
        (void)secret_append_text(&raw->text, line);
        (void)secret_append_text(&raw->text, "\r\n");
    } else {
        (void)snprintf(line, sizeof line, "Content-Length: %zu\r\n\r\n",
                       answer->body.len);
        (void)secret_append_text(&raw->text, line);
        raw->head = raw->text.len;
        (void)secret_append(&raw->text, answer->body.bytes, answer->body.len);
    }
}

/* How many bytes went out; 0: not now; -1: never again.  After a 0 the same
 * bytes must come again, as GnuTLS wants it. */
static ssize_t
put(const struct raw *raw, const char *bytes, size_t n)
{
    ssize_t put;

    if (raw->tls) {
        put = gnutls_record_send(raw->tls, bytes, n);
        if (put == GNUTLS_E_AGAIN || put == GNUTLS_E_INTERRUPTED)
            return 0;
    } else {
        put = send(raw->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0 && (errno == EAGAIN || errno == EINTR))
            return 0;
    }
    return put <= 0 ? -1 : put;
}

int64_t
raw_step(struct raw *raw)
{
    size_t budget = raw->endless ? STEP_MAX : 1;

    while (budget) {
        size_t until = raw->sent < raw->head ? raw->head : raw->text.len;
        size_t n = until - raw->sent;
        ssize_t sent;

        if (raw->sent >= raw->head && n > budget)
            n = budget;
        if (n == 0)
            return -1; /* all was sent */
        sent = put(raw, raw->text.bytes + raw->sent, n);
        if (sent < 0)
            return -1;
        if (sent == 0)
            return BUSY_MS;
        if (raw->sent >= raw->head)
            budget -= (size_t)sent;
        raw->sent += (size_t)sent;
        if (raw->endless && raw->sent == raw->text.len)
            raw->sent = raw->head;
    }
    return raw->endless ? BUSY_MS : raw->drip_ms;
}

void
raw_reset(int fd)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};

    /* tcp(7): dissolving an association resets the connection. */
    (void)connect(fd, &nobody, sizeof nobody);
}

void
raw_clear(struct raw *raw)
{
    secret_clear(&raw->text);
    raw_init(raw);
}
