/* SPDX-License-Identifier: MIT */
/*
 * http_trace.c - what libcurl knows of a transfer's way, in our words; see
 * http_trace.h.
 */
#include <string.h>

#include "helper/http/http_easy.h"
#include "provider/base/text.h"

static int64_t
time_of(CURL *easy, CURLINFO info)
{
    curl_off_t us = 0;

    return curl_easy_getinfo(easy, info, &us) ? 0 : us;
}

/* A kept connection has no times of its own beginning, so the last step is
 * asked for first.  Of a connection that is there, and not yet secured, some
 * versions of libcurl tell nothing. */
enum http_phase
http_phase(const struct transfer *transfer)
{
    if (time_of(transfer->easy, CURLINFO_PRETRANSFER_TIME_T) > 0)
        return PHASE_ANSWER;
    if (transfer->tls_ms > 0)
        return PHASE_TLS;
    return time_of(transfer->easy, CURLINFO_NAMELOOKUP_TIME_T) > 0
               ? PHASE_CONNECT
               : PHASE_NAME;
}

static enum http_phase
phase_of(const struct transfer *transfer, CURLcode code)
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
        return http_phase(transfer);
    }
}

static int64_t
connected_us(const struct transfer *transfer, int64_t resolved_us)
{
    int64_t us = time_of(transfer->easy, CURLINFO_CONNECT_TIME_T);

    if (us == 0 && transfer->tls_ms > 0)
        us = (transfer->tls_ms - transfer->started_ms) * 1000;
    return us > resolved_us ? us : resolved_us;
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
    trace->phase = phase_of(transfer, code);
    trace->resolved_us = time_of(easy, CURLINFO_NAMELOOKUP_TIME_T);
    trace->connected_us = connected_us(transfer, trace->resolved_us);
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
