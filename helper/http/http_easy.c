/* SPDX-License-Identifier: MIT */
/*
 * http_easy.c - the settings of one POST, each for a reason; see http.h.
 *
 * A handle is reset between two requests and set from the beginning, so that
 * nothing of one profile's request (a body, a header, a ca_file) can be left
 * for another's.  Never set: CURLOPT_ACCEPT_ENCODING (1 MB of gzip becomes
 * 1 GiB), CURLOPT_VERBOSE (prints credentials), anything with cookies or
 * netrc.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "helper/http/http_easy.h"

#include <strings.h>

#include "helper/http/http_answer.h"
#include "helper/http/http_certificate.h"
#include "helper/http/trust.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unversioned"
#endif

struct setting {
    CURLoption option;
    long value;
};

/* The connection and the bounds of what comes over it. */
static const struct setting SETTINGS[] = {
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_QUICK_EXIT, 1}, /* never waits for a silent name server */
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_UNRESTRICTED_AUTH, 0},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
    {CURLOPT_HTTP09_ALLOWED, 0},
    {CURLOPT_HTTP_CONTENT_DECODING, 0},
    {CURLOPT_UPLOAD_BUFFERSIZE, 16384}, /* the least; it is made, and wiped,
                                           for each request, as is ... */
    {CURLOPT_BUFFERSIZE, 4096},         /* ... that of a usual answer */
    {CURLOPT_HEADEROPT, CURLHEADER_SEPARATE}, /* no proxy gets our fields */
    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},    /* and gives us none of his */
    {CURLOPT_MAXFILESIZE, HTTP_BODY_MAX}, /* an announced length; the rest is
                                             counted in http_answer.c */
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_PROXY_SSL_VERIFYPEER, 1},
    {CURLOPT_PROXY_SSL_VERIFYHOST, 2},
};

static bool
set_all(CURL *easy)
{
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++) {
        if (curl_easy_setopt(easy, SETTINGS[i].option, SETTINGS[i].value))
            return false;
    }
    return !curl_easy_setopt(easy, CURLOPT_USERAGENT,
                             "tokenward/" PACKAGE_VERSION);
}

struct curl_slist *
http_easy_fields(void)
{
    static const char *const FIELDS[] = {
        "Content-Type: application/x-www-form-urlencoded", /* of a form */
        "Accept: application/json",
        "Expect:", /* never: some servers choke on 100-continue */
    };
    struct curl_slist *fields = NULL;

    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        struct curl_slist *longer = curl_slist_append(fields, FIELDS[i]);

        if (!longer) {
            curl_slist_free_all(fields);
            return NULL;
        }
        fields = longer;
    }
    return fields;
}

const char *
http_bundle(void)
{
    return curl_version_info(CURLVERSION_NOW)->cainfo;
}

/* A profile's authority stands alone; without one, a directory of hashed
 * names is looked into instead of reading a whole bundle, if there is one. */
static bool
set_trust(struct transfer *transfer)
{
    const struct trust_file *file = transfer->authorities;
    const char *directory = file ? NULL : trust_directory();
    struct curl_blob blob = {.flags = CURL_BLOB_NOCOPY};

    if (!file && !directory)
        return true;
    if (file) {
        blob.data = file->text.bytes;
        blob.len = file->text.len;
    }
    return !curl_easy_setopt(transfer->easy, CURLOPT_CAINFO, NULL) &&
           !curl_easy_setopt(transfer->easy, CURLOPT_CAPATH, directory) &&
           (!file ||
            !curl_easy_setopt(transfer->easy, CURLOPT_CAINFO_BLOB, &blob));
}

/* Plain http stays on this machine: only where it was allowed (http_post()
 * looked at the host), and never by way of a proxy. */
static bool
set_address(CURL *easy, const struct http_request *request, bool system)
{
    bool plain = request->allow_loopback_http &&
                 strncasecmp(request->url, "http:", 5) == 0;

    if ((plain || system) && curl_easy_setopt(easy, CURLOPT_PROXY, ""))
        return false;
    return !curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                             plain ? "http" : "https") &&
           !curl_easy_setopt(easy, CURLOPT_URL, request->url);
}

/* Borrowed like the form: libcurl reads it, and no copy is made. */
static struct curl_slist *
add_line(struct curl_slist *line, const char *text, struct curl_slist *next)
{
    *line = (struct curl_slist){.data = (char *)(uintptr_t)text, .next = next};
    return line;
}

static bool
set_form(struct transfer *transfer, struct curl_slist *fields)
{
    const struct http_request *request = &transfer->request;
    CURL *easy = transfer->easy;

    if (!request->form)
        fields = fields->next; /* it has no type */
    if (request->authorization)
        fields = add_line(&transfer->lines[HTTP_LINES_MAX],
                          request->authorization, fields);
    for (size_t i = 0; i < request->header_count; i++)
        fields = add_line(&transfer->lines[i],
                          secret_text(&request->headers[i]), fields);
    if (curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields))
        return false;
    if (!request->form)
        return !curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    return !curl_easy_setopt(easy, CURLOPT_POST, 1L) &&
           !curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE,
                             (long)request->form->len) &&
           !curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                             secret_text(request->form));
}

/* A request whose kept connection is closed in place of an answer is sent
 * again by libcurl, though the server may have read it.  A server that took a
 * refresh token the first time takes the second one for a thief's (RFC 9700
 * 4.14.2); on a connection of its own there is no second one. */
static bool
set_once(CURL *easy, bool once)
{
    return !curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, once ? 1L : 0L);
}

/* libcurl knows connections, and sessions to resume, by their host and
 * settings, and not by what our callback puts into the handshake: whoever
 * comes next would be taken for this client.  So nothing of it is reused, and
 * set_once() sees that nothing of somebody else's is. */
static bool
set_identity(struct transfer *transfer)
{
    const struct identity *identity = transfer->request.identity;
    CURL *easy = transfer->easy;

    return http_certificate_set(transfer) &&
           (!identity ||
            (!curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) &&
             !curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) &&
             !curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L)));
}

static bool
set_times(CURL *easy, long timeout_ms)
{
    long connect_ms = timeout_ms / HTTP_CONNECT_SHARE;

    if (connect_ms < HTTP_CONNECT_MS)
        connect_ms =
            timeout_ms < HTTP_CONNECT_MS ? timeout_ms : HTTP_CONNECT_MS;
    return timeout_ms > 0 &&
           !curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms) &&
           !curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
}

static bool
set_callbacks(struct transfer *transfer)
{
    CURL *easy = transfer->easy;

    return !curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) &&
           !curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error) &&
           !curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_answer_body) &&
           !curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) &&
           !curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION,
                             http_answer_header) &&
           !curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
}

enum tw_status
http_easy_set(struct transfer *transfer, struct http_common *common,
              struct tw_error *err)
{
    const struct http_request *request = &transfer->request;
    CURL *easy = transfer->easy;
    enum tw_status status = TW_OK;

    if (request->ca_file)
        status = trust_hold(request->ca_file, &common->trust,
                            &transfer->authorities, err);
    if (status)
        return status;
    if (set_all(easy) && set_identity(transfer) && set_trust(transfer) &&
        set_address(easy, request, common->system) &&
        set_form(transfer, common->fields) &&
        set_once(easy, request->once || request->identity) &&
        set_times(easy, request->timeout_ms) && set_callbacks(transfer))
        return TW_OK;
    return tw_fail(err, TW_E_SYSTEM,
                   "libcurl refuses the settings of a request");
}
