/* SPDX-License-Identifier: MIT */
/*
 * http_failure.c - libcurl's codes to statuses, by who must act.
 */
#include "helper/http_failure.h"

#include <stdio.h>
#include <string.h>

#include "provider/base/text.h"

struct row {
    CURLcode code;
    enum tw_status status;
    const char *words;
    const char *hint;
};

#define TRUST_HINT \
    "if its certificate is from a private authority, name that in ca_file"

static const struct row ROWS[] = {
    {CURLE_COULDNT_RESOLVE_HOST, TW_E_RETRY, "its name cannot be resolved",
     "is the host spelled right, and the network up?"},
    {CURLE_COULDNT_RESOLVE_PROXY, TW_E_RETRY,
     "the proxy's name cannot be resolved", "see https_proxy"},
    {CURLE_COULDNT_CONNECT, TW_E_RETRY, "cannot be connected to", NULL},
    {CURLE_OPERATION_TIMEDOUT, TW_E_RETRY, "gave no whole answer in time",
     NULL},
    {CURLE_PARTIAL_FILE, TW_E_RETRY, "ended its answer too early", NULL},
    {CURLE_GOT_NOTHING, TW_E_RETRY, "closed the connection without a word",
     NULL},
    {CURLE_RECV_ERROR, TW_E_RETRY, "broke the connection off", NULL},
    {CURLE_SEND_ERROR, TW_E_RETRY, "broke the connection off", NULL},
    {CURLE_PEER_FAILED_VERIFICATION, TW_E_RETRY,
     "has a certificate that is not to be trusted", TRUST_HINT},
    {CURLE_SSL_CACERT_BADFILE, TW_E_CONFIG,
     "the certificates of ca_file cannot be read", NULL},
    {CURLE_SSL_CONNECT_ERROR, TW_E_RETRY, "does not agree on TLS",
     "TLS 1.2 or later is needed"},
    {CURLE_UNSUPPORTED_PROTOCOL, TW_E_PROTOCOL, "does not speak HTTP/1.1",
     NULL},
    {CURLE_WEIRD_SERVER_REPLY, TW_E_PROTOCOL, "does not speak HTTP", NULL},
};

static const struct row *
row_of(CURLcode code)
{
    static const struct row OTHER = {CURLE_OK, TW_E_RETRY,
                                     "cannot be talked to", NULL};

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (ROWS[i].code == code)
            return &ROWS[i];
    }
    return &OTHER;
}

/* "host:port" of an URL that was checked when it was read. */
static void
write_host(const char *url, char *out, size_t size)
{
    const char *host = strstr(url, "://");
    size_t n;

    host = host ? host + 3 : url;
    n = strcspn(host, "/?#");
    (void)snprintf(out, size, "%.*s", n < 256 ? (int)n : 256, host);
}

static const char *
hint_of(const struct row *row, const char *said)
{
    if (row->code != CURLE_PEER_FAILED_VERIFICATION)
        return row->hint;
    if (strstr(said, "not yet valid"))
        return "is the clock of this machine right?";
    if (strstr(said, "expired"))
        return "its operator must renew it; is the clock of this machine "
               "right?";
    if (strstr(said, "no alternative certificate") ||
        strstr(said, "does not match"))
        return "it is the certificate of another host";
    return row->hint;
}

void
http_failure(const struct transfer *transfer, CURLcode code,
             struct tw_error *err)
{
    const struct row *row = row_of(code);
    const char *said = transfer->error, *hint = hint_of(row, said);
    struct shown shown;
    char host[264];

    write_host(transfer->request.url, host, sizeof host);
    if (transfer->reply.too_large) {
        (void)tw_fail(err, TW_E_PROTOCOL,
                      "%s: its answer is too large (more than %d KiB)", host,
                      HTTP_BODY_MAX / 1024);
        return;
    }
    if (!*said)
        said = curl_easy_strerror(code);
    (void)tw_fail(err, row->status, "%s: %s: %s%s%s", host, row->words,
                  text_printable(&shown, said, strlen(said)), hint ? "\n" : "",
                  hint ? hint : "");
}
