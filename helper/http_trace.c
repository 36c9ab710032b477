/* SPDX-License-Identifier: MIT */
/*
 * http_trace.c - what libcurl knows of a transfer's way, in our words; see
 * http_trace.h.
 */
#include <string.h>

#include "helper/http_easy.h"
#include "provider/base/text.h"

enum http_phase
http_phase(CURL *easy)
{
    curl_off_t resolved_us = 0, sent_us = 0;
    long port = 0;

    /* A kept connection has no times of its own beginning, so the last step
     * is asked for first. */
    (void)curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
    if (sent_us > 0)
        return PHASE_ANSWER;
    (void)curl_easy_getinfo(easy, CURLINFO_LOCAL_PORT, &port);
    if (port > 0)
        return PHASE_TLS;
    (void)curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved_us);
    return resolved_us > 0 ? PHASE_CONNECT : PHASE_NAME;
}

static enum http_phase
phase_of(CURL *easy, CURLcode code)
{
    switch ((int)code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return PHASE_NAME;
    case CURLE_COULDNT_CONNECT:
        return PHASE_CONNECT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return PHASE_TLS;
    default:
        return http_phase(easy);
    }
}

static int64_t
time_of(CURL *easy, CURLINFO info)
{
    curl_off_t us = 0;

    return curl_easy_getinfo(easy, info, &us) ? 0 : us;
}

void
http_trace_fill(const struct transfer *transfer, CURLcode code)
{
    struct http_trace *trace = transfer->request.trace;
    CURL *easy = transfer->easy;
    char *address = NULL;
    long tunnel = 0;
    struct shown shown;

    if (!trace)
        return;
    trace->phase = phase_of(easy, code);
    trace->resolved_us = time_of(easy, CURLINFO_NAMELOOKUP_TIME_T);
    trace->connected_us = time_of(easy, CURLINFO_CONNECT_TIME_T);
    trace->secured_us = time_of(easy, CURLINFO_APPCONNECT_TIME_T);
    trace->answered_us = time_of(easy, CURLINFO_STARTTRANSFER_TIME_T);
    trace->ended_us = time_of(easy, CURLINFO_TOTAL_TIME_T);
    (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
    trace->by_proxy = tunnel != 0;
    (void)curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
    if (address)
        (void)strncpy(trace->address,
                      text_printable(&shown, address, strlen(address)),
                      sizeof trace->address - 1);
}
