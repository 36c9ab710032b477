/* SPDX-License-Identifier: MIT */
/*
 * http_easy.h - one transfer, and the settings it is made with.  Private to
 * http*.c, the only files that know libcurl.
 */
#ifndef TW_HELPER_HTTP_EASY_H
#define TW_HELPER_HTTP_EASY_H

#include <curl/curl.h>

#include "helper/http.h"

struct transfer {
    CURL *easy;
    struct curl_slist *headers;
    struct http_request request;
    http_done *done;
    void *arg;
    struct http_reply reply;
    size_t header_bytes;
    char error[CURL_ERROR_SIZE];
    struct transfer *next; /* of the engine's list */
};

/* http_easy_set: everything a request is sent with.  TW_E_SYSTEM. */
enum tw_status http_easy_set(struct transfer *transfer, bool system,
                             curl_write_callback on_body,
                             curl_write_callback on_header,
                             struct tw_error *err);

#endif
