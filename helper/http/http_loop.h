/* SPDX-License-Identifier: MIT */
/*
 * http_loop.h - the engine on somebody else's epoll(7): libcurl's words for
 * what it waits for, and epoll's.  Private to http*.c.
 */
#ifndef TW_HELPER_HTTP_LOOP_H
#define TW_HELPER_HTTP_LOOP_H

#include <curl/curl.h>

#include "helper/http/http.h"

/* http_loop_set: @loop, which is borrowed, is told what @multi waits for. */
enum tw_status http_loop_set(CURLM *multi, struct http_loop *loop,
                             struct tw_error *err);

/* http_loop_ready: what epoll said, for curl_multi_socket_action(3). */
int http_loop_ready(uint32_t events);

#endif
