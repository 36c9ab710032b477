/* SPDX-License-Identifier: MIT */
/*
 * http_queue.h - whose turn it is: so many at once for each host, so many at
 * once in all.  Private to http*.c.
 *
 * libcurl could queue by itself, but its time limits run while a request
 * waits, and each one that waits holds a handle.
 */
#ifndef TW_HELPER_HTTP_QUEUE_H
#define TW_HELPER_HTTP_QUEUE_H

#include "helper/base/table.h"
#include "helper/http/http_easy.h"

#define HTTP_HOST_ACTIVE_MAX 8 /* more make a server slower, not faster */
#define HTTP_ACTIVE_MAX 256

/* Scheme, host and port of a URL, with what goes on there. */
struct http_host {
    struct http_host *next;         /* of all */
    struct http_host *next_in_line; /* of those with something to start */
    struct transfer *first, *last;  /* waiting */
    int active;
    bool in_line;
    char origin[]; /* as it stands in the URL, NUL-ended */
};

struct http_queue {
    struct table table;
    struct http_host *hosts;
    struct http_host *first, *last; /* in line */
    int active;
    int host_max; /* at once for each host */
};

/* http_queue_host: of @url, made when it is new; NULL: out of memory. */
struct http_host *http_queue_host(struct http_queue *queue, const char *url);

/* http_host_shown: "host:port" as it stands in the URL. */
const char *http_host_shown(const struct http_host *host);

/* http_queue_put: @transfer waits; its host is set. */
void http_queue_put(struct http_queue *queue, struct transfer *transfer);

/* http_queue_take: the next one that may start, now counted as active, or
 * NULL.  Hosts take turns. */
struct transfer *http_queue_take(struct http_queue *queue);

/* http_queue_shed: one that waits, whoever's turn it is; NULL: none does. */
struct transfer *http_queue_shed(struct http_queue *queue);

/* http_queue_end: one that was active at @host is no longer. */
void http_queue_end(struct http_queue *queue, struct http_host *host);

void http_queue_clear(struct http_queue *queue);

#endif
