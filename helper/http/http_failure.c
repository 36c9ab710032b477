/* SPDX-License-Identifier: MIT */
/*
 * http_failure.c - libcurl's codes to statuses by who must act, and to words;
 * see http_failure.h.
 *
 * A message is host:port, what happened, what libcurl says to it, and what
 * can be done.  URLs hold no credentials (see url.h), and what libcurl says
 * is cut and printable.
 */
#include "helper/http/http_failure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "helper/http/http_certificate.h"
#include "helper/http/http_queue.h"
#include "helper/http/trust.h"
#include "helper/keys/certificate.h"
#include "provider/base/clock.h"
#include "provider/base/text.h"

#define TOO_LONG 100 /* CURLE_TOO_LARGE, which libcurl has from 8.6 on */
#define PROXY_HINT "see the variables https_proxy and no_proxy"

/* What a failure is, once it is known. */
struct failure {
    enum tw_status status;
    const char *words;
    const char *hint;
    bool is_clear; /* libcurl's own words would add nothing */
};

struct row {
    CURLcode code;
    struct failure failure;
};

static const struct row ROWS[] = {
    {CURLE_UNSUPPORTED_PROTOCOL,
     {TW_E_PROTOCOL, "does not speak HTTP/1.1", NULL, false}},
    {CURLE_URL_MALFORMAT,
     {TW_E_CONFIG, "the endpoint's URL is not understood", NULL, false}},
    {CURLE_COULDNT_RESOLVE_PROXY,
     {TW_E_RETRY, "the proxy's name could not be resolved", PROXY_HINT,
      false}},
    {CURLE_COULDNT_RESOLVE_HOST,
     {TW_E_RETRY, "could not resolve its name",
      "is the host spelled right, and the network up?", true}},
    {CURLE_COULDNT_CONNECT,
     {TW_E_RETRY, "could not be connected to", NULL, false}},
    {CURLE_WEIRD_SERVER_REPLY,
     {TW_E_PROTOCOL, "does not speak HTTP", NULL, false}},
    {CURLE_PARTIAL_FILE,
     {TW_E_RETRY, "ended its answer too early", NULL, true}},
    {CURLE_OUT_OF_MEMORY, {TW_E_SYSTEM, "out of memory", NULL, true}},
    {CURLE_SSL_CONNECT_ERROR,
     {TW_E_RETRY, "does not agree on TLS", "TLS 1.2 or later is needed",
      false}},
    {CURLE_SSL_CERTPROBLEM,
     {TW_E_CONFIG, "OpenSSL takes no such client certificate or key",
      "is the key of a kind and size that TLS 1.2 allows?", true}},
    {CURLE_GOT_NOTHING,
     {TW_E_RETRY, "closed the connection without an answer", NULL, true}},
    {CURLE_SEND_ERROR, {TW_E_RETRY, "broke the connection off", NULL, false}},
    {CURLE_RECV_ERROR, {TW_E_RETRY, "sent no whole answer", NULL, false}},
    {CURLE_PROXY, {TW_E_RETRY, "the proxy refuses", NULL, false}},
};

/* Who must act: with a ca_file, whoever wrote that into the profile; without
 * one, the server's operator or the network in between. */
static struct failure
server_failure(const struct transfer *transfer,
               const struct certificate_fault *fault, char *words, size_t size)
{
    const char *file = transfer->request.ca_file;

    if (!fault->is_authority)
        return (struct failure){TW_E_RETRY, fault->words, fault->hint, true};
    if (file) {
        (void)snprintf(words, size, "%s (trusted is ca_file %s alone)",
                       fault->words, file);
        return (struct failure){TW_E_CONFIG, words,
                                "is that the right ca_file?", true};
    }
    return (struct failure){
        TW_E_RETRY, fault->words,
        "a private authority must be named in the profile, as ca_file", true};
}

/* A proxy that speaks TLS comes first, and is believed by the system's
 * authorities: its result is good before there is one of the server's. */
static struct failure
certificate_failure(const struct transfer *transfer, char *words, size_t size)
{
    const struct certificate_fault *fault;
    long proxy = 0, server = 0;

    (void)curl_easy_getinfo(transfer->easy, CURLINFO_PROXY_SSL_VERIFYRESULT,
                            &proxy);
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT,
                            &server);
    fault = http_certificate_fault(proxy ? proxy : server);
    if (!fault)
        return (struct failure){
            TW_E_RETRY, "its certificate is not to be trusted", NULL, false};
    if (!proxy)
        return server_failure(transfer, fault, words, size);
    (void)snprintf(words, size, "the proxy is not believed: %s", fault->words);
    return (struct failure){TW_E_RETRY, words, PROXY_HINT, true};
}

static const struct failure *
find_usual(CURLcode code)
{
    static const struct failure OTHER = {TW_E_RETRY, "could not be talked to",
                                         NULL, false};

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (ROWS[i].code == code)
            return &ROWS[i].failure;
    }
    return &OTHER;
}

static struct failure
ca_failure(const struct transfer *transfer, char *words, size_t size)
{
    const struct trust_file *authorities = transfer->authorities;

    /* Some versions of libcurl tell a lack of memory so. */
    if (authorities && certificate_is_bundle(&authorities->text))
        return *find_usual(CURLE_OUT_OF_MEMORY);
    if (transfer->request.ca_file) {
        (void)snprintf(words, size, "ca_file %s holds no readable certificate",
                       transfer->request.ca_file);
        return (struct failure){TW_E_CONFIG, words, NULL, true};
    }
    return (struct failure){
        TW_E_SYSTEM, "this machine's trusted certificates cannot be read",
        "are they installed (package ca-certificates)?", false};
}

/* What OpenSSL says when it is the server's matter and will stay so, or ours.
 */
struct tls_row {
    const char *said;
    enum tw_status status;
    const char *words, *hint;
};

#define REFUSES "refuses the client's certificate"
#define REFUSES_HINT                                                        \
    "has it expired, was it revoked, and does the server trust who issued " \
    "it?"

static const struct tls_row TLS_ROWS[] = {
    /* Whose certificate is good, and yet not let in (RFC 8446 6.2). */
    {"alert access denied", TW_E_DENIED, "refuses this client",
     "is the client's certificate the right one, and does the server know "
     "it?"},
    {"alert bad certificate", TW_E_DENIED, REFUSES, REFUSES_HINT},
    {"alert certificate expired", TW_E_DENIED, REFUSES, REFUSES_HINT},
    {"alert certificate revoked", TW_E_DENIED, REFUSES, REFUSES_HINT},
    {"alert certificate unknown", TW_E_DENIED, REFUSES, REFUSES_HINT},
    {"certificate required", TW_E_CONFIG, "wants a client certificate",
     "see client_certificate in tokenward-profiles(5)"},
    /* TLS 1.2 has no word of its own for a certificate that is missed. */
    {"alert handshake failure", TW_E_RETRY, "does not agree on TLS",
     "does it want a client certificate? see client_certificate in "
     "tokenward-profiles(5); else it and OpenSSL have no cipher in common"},
    {"alert unknown ca", TW_E_DENIED, REFUSES, REFUSES_HINT},
    {"alert unsupported certificate", TW_E_DENIED, REFUSES, REFUSES_HINT},
    {"malloc failure", TW_E_SYSTEM, "out of memory", NULL},
    {"protocol version", TW_E_PROTOCOL, "does not agree on TLS",
     "TLS 1.2 or later is needed"},
    {"unrecognized name", TW_E_RETRY, "knows no host of that name",
     "is the host spelled right?"},
    {"unsupported protocol", TW_E_PROTOCOL, "does not agree on TLS",
     "TLS 1.2 or later is needed"},
    {"wrong version number", TW_E_PROTOCOL, "does not speak TLS",
     "is that a port for plain http?"},
};

static struct failure
tls_failure(const struct transfer *transfer, const struct failure *usual)
{
    for (size_t i = 0; i < sizeof TLS_ROWS / sizeof *TLS_ROWS; i++) {
        if (strstr(transfer->error, TLS_ROWS[i].said))
            return (struct failure){TLS_ROWS[i].status, TLS_ROWS[i].words,
                                    TLS_ROWS[i].hint, false};
    }
    if (strstr(transfer->error, " alert "))
        return (struct failure){TW_E_RETRY, "broke TLS off",
                                "whoever runs it will see in its log why",
                                false};
    return *usual;
}

static bool
may_have_proxy(void)
{
    static const char *const NAMES[] = {"https_proxy", "HTTPS_PROXY",
                                        "all_proxy", "ALL_PROXY"};

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv(NAMES[i]);

        if (value && *value)
            return true;
    }
    return false;
}

/* libcurl names whom it did not reach: "Failed to connect to HOST port N ",
 * and what it was to be reached by, " via HOST ". */
static bool
is_of_proxy(const struct transfer *transfer)
{
    const char *host = http_host_shown(transfer->host);
    bool is_ipv6 = *host == '[';
    int n = (int)strcspn(host += is_ipv6, is_ipv6 ? "]" : ":");
    const char *colon = strchr(host + n, ':');
    char own[CURL_ERROR_SIZE];

    if (!may_have_proxy())
        return false;
    (void)snprintf(own, sizeof own, "Failed to connect to %.*s port %s ", n,
                   host, colon ? colon + 1 : "443");
    return strncasecmp(transfer->error, own, strlen(own)) != 0 ||
           strstr(transfer->error, " via ");
}

static struct failure
connect_failure(const struct transfer *transfer, const struct failure *usual,
                char *words, size_t size)
{
    struct failure failure = *usual;
    long code = 0;

    (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &code);
    if (code == ECONNREFUSED) {
        failure.words = "connection refused";
        failure.hint = "nothing listens there: is the server up?";
        failure.is_clear = true;
    } else if (code) {
        failure.words = strerrordesc_np((int)code);
        failure.is_clear = true;
    }
    if (!is_of_proxy(transfer))
        return failure;
    (void)snprintf(words, size, "the proxy is not reached%s%s",
                   code ? ": " : "", code ? failure.words : "");
    return (struct failure){failure.status, words, PROXY_HINT,
                            failure.is_clear};
}

/* Does the proxy not let us through?  Its address may hold a password, so
 * libcurl's own words to one that it does not understand are not shown. */
static bool
proxy_failure(const struct transfer *transfer, struct failure *out,
              char *words, size_t size)
{
    static const char UNSUPPORTED[] = "Unsupported proxy";
    long answer = 0;

    if (strncmp(transfer->error, UNSUPPORTED, strlen(UNSUPPORTED)) == 0) {
        *out = (struct failure){TW_E_RETRY,
                                "the proxy's address is not understood",
                                PROXY_HINT, true};
        return true;
    }
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE,
                            &answer);
    if (answer < 300)
        return false;
    (void)snprintf(words, size, "the proxy refuses: it answers HTTP %ld",
                   answer);
    *out = (struct failure){
        TW_E_RETRY, words,
        answer == 407 ? "it wants a user name and a password; " PROXY_HINT
                      : PROXY_HINT,
        true};
    return true;
}

static const char *const WAITED[] = {
    [PHASE_NAME] = "its name was not resolved",
    [PHASE_CONNECT] = "no connection came about",
    [PHASE_TLS] = "no TLS connection came about",
    [PHASE_ANSWER] = "no whole answer came",
};

/* "timed out after 5.0 s: no connection came about" */
static struct failure
time_failure(const struct transfer *transfer, char *words, size_t size)
{
    int64_t ms = clock_monotonic_ms() - transfer->started_ms;

    (void)snprintf(words, size, "timed out after %d.%d s: %s",
                   (int)(ms / 1000), (int)(ms % 1000 / 100),
                   WAITED[http_phase(transfer)]);
    return (struct failure){TW_E_RETRY, words, NULL, true};
}

/* A line before the body that is longer than libcurl takes is told as a lack
 * of memory by the older ones.  Which of the two it was nobody knows; both may
 * pass. */
static struct failure
memory_failure(const struct transfer *transfer, const struct failure *usual)
{
    bool is_in_head = http_phase(transfer) == PHASE_ANSWER &&
                      (transfer->in_fields || !transfer->is_final);

    return is_in_head
               ? (struct failure){TW_E_RETRY,
                                  "its answer begins with too long a line, or "
                                  "there is no memory for it",
                                  NULL, true}
               : *usual;
}

/* Where libcurl could not ask, it says the same as where nobody knows it. */
static struct failure
name_failure(const struct transfer *transfer, const struct failure *usual)
{
    return strstr(transfer->error, "thread failed to start")
               ? (struct failure){TW_E_SYSTEM,
                                  "no thread can be started to resolve its "
                                  "name",
                                  "is there a limit of processes or memory?",
                                  true}
               : *usual;
}

static struct failure
find_failure(const struct transfer *transfer, CURLcode code, char *words,
             size_t size)
{
    const struct failure *usual = find_usual(code);
    struct failure failure;

    if (transfer->reply.too_large) {
        (void)snprintf(words, size,
                       "its answer is too large (over %d KiB, or %d KiB of "
                       "headers)",
                       HTTP_BODY_MAX / 1024, HTTP_HEADERS_MAX / 1024);
        return (struct failure){TW_E_PROTOCOL, words, NULL, true};
    }
    if (transfer->out_of_memory)
        return *find_usual(CURLE_OUT_OF_MEMORY);
    if (proxy_failure(transfer, &failure, words, size))
        return failure;
    switch ((int)code) {
    case CURLE_OPERATION_TIMEDOUT:
        return time_failure(transfer, words, size);
    case CURLE_PEER_FAILED_VERIFICATION:
        return certificate_failure(transfer, words, size);
    case CURLE_SSL_CACERT_BADFILE:
        return ca_failure(transfer, words, size);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SEND_ERROR: /* TLS 1.3 says so after the handshake */
    case CURLE_RECV_ERROR:
        return tls_failure(transfer, usual);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return name_failure(transfer, usual);
    case CURLE_COULDNT_CONNECT:
        return connect_failure(transfer, usual, words, size);
    case CURLE_OUT_OF_MEMORY:
    case TOO_LONG:
        return memory_failure(transfer, usual);
    default:
        return *usual;
    }
}

void
http_failure(struct transfer *transfer, CURLcode code)
{
    const char *host = http_host_shown(transfer->host);
    const char *said =
        *transfer->error ? transfer->error : curl_easy_strerror(code);
    struct http_reply *reply = &transfer->reply;
    struct failure failure;
    struct shown shown;
    char words[224];

    if (code == CURLE_FILESIZE_EXCEEDED)
        reply->too_large = true;
    failure = find_failure(transfer, code, words, sizeof words);
    (void)tw_fail(
        &reply->err, failure.status, "%.100s: %s%s%s%s%s", host, failure.words,
        failure.is_clear ? "" : ": ",
        failure.is_clear ? "" : text_printable(&shown, said, strlen(said)),
        failure.hint ? "\n" : "", failure.hint ? failure.hint : "");
}
