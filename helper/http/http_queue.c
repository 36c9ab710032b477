/* SPDX-License-Identifier: MIT */
/*
 * http_queue.c - transfers come in, those whose turn it is go out; see
 * http_queue.h.
 */
#include "helper/http/http_queue.h"

#include <stdlib.h>
#include <string.h>

#include "helper/text/url.h"

const char *
http_host_shown(const struct http_host *host)
{
    size_t n;

    return url_authority(host->origin, &n);
}

struct http_host *
http_queue_host(struct http_queue *queue, const char *url)
{
    size_t n = url_origin(url);
    struct http_host *host = calloc(1, sizeof *host + n + 1);
    struct http_host *known;

    if (!host)
        return NULL;
    memcpy(host->origin, url, n);
    known = (struct http_host *)(uintptr_t)table_find(&queue->table,
                                                      host->origin, "");
    if (known || !table_add(&queue->table, host->origin, "", host)) {
        free(host);
        return known;
    }
    host->next = queue->hosts;
    queue->hosts = host;
    return host;
}

/* A host stands in line once, and only if it has something to start. */
static void
line_up(struct http_queue *queue, struct http_host *host)
{
    if (host->in_line || !host->first || host->active >= queue->host_max)
        return;
    host->in_line = true;
    host->next_in_line = NULL;
    if (queue->last)
        queue->last->next_in_line = host;
    else
        queue->first = host;
    queue->last = host;
}

void
http_queue_put(struct http_queue *queue, struct transfer *transfer)
{
    struct http_host *host = transfer->host;

    transfer->next_waiting = NULL;
    if (host->last)
        host->last->next_waiting = transfer;
    else
        host->first = transfer;
    host->last = transfer;
    line_up(queue, host);
}

static struct transfer *
take_first(struct http_host *host)
{
    struct transfer *transfer = host->first;

    if (transfer) {
        host->first = transfer->next_waiting;
        if (!host->first)
            host->last = NULL;
    }
    return transfer;
}

struct transfer *
http_queue_take(struct http_queue *queue)
{
    while (queue->first && queue->active < HTTP_ACTIVE_MAX) {
        struct http_host *host = queue->first;
        struct transfer *transfer = take_first(host);

        queue->first = host->next_in_line;
        if (!queue->first)
            queue->last = NULL;
        host->in_line = false;
        if (transfer) {
            host->active++;
            queue->active++;
            line_up(queue, host);
            return transfer;
        }
    }
    return NULL;
}

struct transfer *
http_queue_shed(struct http_queue *queue)
{
    for (struct http_host *host = queue->hosts; host; host = host->next) {
        if (host->first)
            return take_first(host);
    }
    return NULL;
}

void
http_queue_end(struct http_queue *queue, struct http_host *host)
{
    host->active--;
    queue->active--;
    line_up(queue, host);
}

void
http_queue_clear(struct http_queue *queue)
{
    while (queue->hosts) {
        struct http_host *host = queue->hosts;

        queue->hosts = host->next;
        free(host);
    }
    table_clear(&queue->table);
    *queue = (struct http_queue){.active = 0};
}
