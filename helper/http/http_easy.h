/* SPDX-License-Identifier: MIT */
/*
 * http_easy.h - one transfer, and the settings it is made with.  Private to
 * http*.c, the only files that know libcurl.
 */
#ifndef TW_HELPER_HTTP_EASY_H
#define TW_HELPER_HTTP_EASY_H

#include <curl/curl.h>

#include "helper/http/http.h"
#include "helper/http/http_trace.h"

struct http_host;
struct trust_file;

struct transfer {
    CURL *easy; /* NULL while it waits for its turn */
    struct http_request request;
    http_done *done;
    void *arg;
    struct http_reply reply;
    int64_t started_ms;
    int64_t tls_ms; /* when TLS began: there is a connection; 0: not yet */
    size_t header_bytes; /* of interim answers too */
    bool in_fields;      /* between a status line and its empty line */
    bool is_final;       /* that status line was no interim answer's */
    bool out_of_memory;
    char error[CURL_ERROR_SIZE];
    struct curl_slist
        lines[1 + HTTP_LINES_MAX];  /* in front of the common fields */
    struct trust_file *authorities; /* of the ca_file, or NULL */
    struct http_host *host;
    struct transfer *next_waiting;         /* of its host */
    struct transfer *previous, *following; /* of all that are not done */
};

/* http_easy_fields: the header lines that every request has, or NULL. */
struct curl_slist *http_easy_fields(void);

/* What the requests of an engine share. */
struct http_common {
    struct curl_slist *fields; /* of http_easy_fields() */
    struct trust_file *trust;  /* the last ca_file, see trust_hold() */
    bool system;
};

/* http_easy_set: everything a request is sent with, on a handle as it was
 * made or reset.  TW_E_SYSTEM, and what trust_hold() says of a ca_file. */
enum tw_status http_easy_set(struct transfer *transfer,
                             struct http_common *common, struct tw_error *err);

/* http_phase: what a transfer that is under way waits for. */
enum http_phase http_phase(const struct transfer *transfer);

/* http_trace_fill: what the request's trace, if it has one, is told at the
 * end. */
void http_trace_fill(const struct transfer *transfer, CURLcode code);

#endif
