/* SPDX-License-Identifier: MIT */
/*
 * http_easy.h - one transfer, and the settings it is made with.  Private to
 * http*.c, the only files that know libcurl.
 */
#ifndef TW_HELPER_HTTP_EASY_H
#define TW_HELPER_HTTP_EASY_H

#include <curl/curl.h>

#include "helper/http.h"

struct http_host;

struct transfer {
    CURL *easy; /* NULL while it waits for its turn */
    struct http_request request;
    http_done *done;
    void *arg;
    struct http_reply reply;
    int64_t started_ms;
    size_t header_bytes; /* of interim answers too */
    bool in_fields;      /* between a status line and its empty line */
    bool is_final;       /* that status line was no interim answer's */
    bool out_of_memory;
    char error[CURL_ERROR_SIZE];
    struct curl_slist
        lines[1 + HTTP_LINES_MAX]; /* in front of the common fields */
    struct secret authorities;     /* what is in the ca_file */
    struct http_host *host;
    struct transfer *next_waiting;         /* of its host */
    struct transfer *previous, *following; /* of all that are not done */
};

/* http_easy_fields: the header lines that every request has, or NULL. */
struct curl_slist *http_easy_fields(void);

/* http_easy_set: everything a request is sent with, on a handle as it was
 * made or reset.  TW_E_SYSTEM, and what trust_read_file() says of a ca_file.
 */
enum tw_status http_easy_set(struct transfer *transfer,
                             struct curl_slist *fields, bool system,
                             struct tw_error *err);

#endif
