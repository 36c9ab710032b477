/* SPDX-License-Identifier: MIT */
/*
 * http_loop.c - see http_loop.h.
 */
#include "helper/http/http_loop.h"

#include <sys/epoll.h>

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *own)
{
    const struct http_loop *loop = arg;
    uint32_t events = 0;

    (void)easy;
    (void)own;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        events |= EPOLLIN;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        events |= EPOLLOUT;
    loop->watch(loop->arg, fd, events);
    return 0;
}

static int
on_timer(CURLM *multi, long wait_ms, void *arg)
{
    const struct http_loop *loop = arg;

    (void)multi;
    loop->timer(loop->arg, wait_ms);
    return 0;
}

enum tw_status
http_loop_set(CURLM *multi, struct http_loop *loop, struct tw_error *err)
{
    if (curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                          (long)loop->host_max) ||
        curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, loop) ||
        curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) ||
        curl_multi_setopt(multi, CURLMOPT_TIMERDATA, loop) ||
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer))
        return tw_fail(err, TW_E_SYSTEM, "libcurl cannot be attended");
    return TW_OK;
}

int
http_loop_ready(uint32_t events)
{
    int what = 0;

    if (events & (EPOLLIN | EPOLLHUP))
        what |= CURL_CSELECT_IN;
    if (events & EPOLLOUT)
        what |= CURL_CSELECT_OUT;
    if (events & EPOLLERR)
        what |= CURL_CSELECT_ERR;
    return what;
}
