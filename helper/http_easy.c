/* SPDX-License-Identifier: MIT */
/*
 * http_easy.c - the settings of one POST, each for a reason; see http.h.
 *
 * Never set: CURLOPT_ACCEPT_ENCODING (1 MB of gzip becomes 1 GiB),
 * CURLOPT_VERBOSE (prints credentials), anything with cookies or netrc.
 */
#include "helper/http_easy.h"

#include "helper/http_failure.h"
#include "helper/trust.h"
#include "helper/url.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unversioned"
#endif

static bool
add_header(struct transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, line);

    if (longer)
        transfer->headers = longer;
    return longer != NULL;
}

static bool
set_headers(struct transfer *transfer)
{
    const char *authorization = transfer->request.authorization;

    return add_header(transfer, "Accept: application/json") &&
           add_header(transfer,
                      "Content-Type: application/x-www-form-urlencoded") &&
           add_header(transfer, "Expect:") &&
           (!authorization || add_header(transfer, authorization));
}

static void
set_transport(CURL *easy, bool system)
{
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                           (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                           (long)HTTP_CONNECT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT,
                           "tokenward/" PACKAGE_VERSION);
    if (system)
        (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

/* What must not fail unseen: without it a request would be unsafe. */
static bool
set_trust(CURL *easy, const char *ca_file)
{
    const char *directory = ca_file ? NULL : trust_directory();
    CURLcode code = curl_easy_setopt(easy, CURLOPT_SSLVERSION,
                                     (long)CURL_SSLVERSION_TLSv1_2);

    if (!code)
        code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    if (!code)
        code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!code && ca_file)
        code = curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    if (!code && ca_file)
        code = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    if (!code && directory)
        code = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    if (!code && directory)
        code = curl_easy_setopt(easy, CURLOPT_CAPATH, directory);
    return code == CURLE_OK;
}

static bool
set_request(struct transfer *transfer)
{
    const struct http_request *request = &transfer->request;
    CURL *easy = transfer->easy;
    const char *schemes =
        request->allow_loopback_http ? "http,https" : "https";

    return !curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, schemes) &&
           !curl_easy_setopt(easy, CURLOPT_URL, request->url) &&
           !curl_easy_setopt(easy, CURLOPT_POST, 1L) &&
           !curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                             (curl_off_t)request->form->len) &&
           !curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                             secret_text(request->form)) &&
           !curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) &&
           !curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                             (long)request->timeout_ms);
}

enum tw_status
http_easy_set(struct transfer *transfer, bool system,
              curl_write_callback on_body, curl_write_callback on_header,
              struct tw_error *err)
{
    CURL *easy = transfer->easy;

    transfer->error[0] = '\0';
    set_transport(easy, system);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    if (!set_headers(transfer) ||
        !set_trust(easy, transfer->request.ca_file) || !set_request(transfer))
        return tw_fail(err, TW_E_SYSTEM,
                       "libcurl refuses the settings of a request");
    return TW_OK;
}
