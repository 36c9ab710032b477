/* SPDX-License-Identifier: MIT */
/*
 * http_certificate.c - see http_certificate.h.
 *
 * libcurl compares names itself.  Where a certificate has no subjectAltName
 * with a host name or an address, it takes the subject's common name instead,
 * and has no switch for that.  RFC 9525 2 forbids it: nothing constrains what
 * an authority lets people write there.  So a certificate without such a name
 * is refused while OpenSSL verifies the chain, before libcurl compares
 * anything.  Which name it must be stays libcurl's matter; that way one check
 * is right for every host, address and proxy.
 */
#include "helper/http/http_certificate.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "helper/http/http_easy.h"
#include "helper/http/http_trace.h"
#include "provider/base/clock.h"
#include "provider/base/date.h"
#include "provider/base/text.h"

/* 112 bits: RSA from 2048 on, no SHA-1.  Debian's own default. */
#define SECURITY_LEVEL 2

#define CLOCK_HINT "is the clock of this machine right?"

static const struct certificate_fault FAULTS[] = {
    /* What libcurl begins with, and leaves there when the chain is good and
     * the names, which it compares after it, differ. */
    {X509_V_ERR_UNSPECIFIED, false, "its certificate is for another host",
     "is the host spelled right? a certificate must name it as "
     "subjectAltName"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, true,
     "its certificate is from an unknown authority", NULL},
    {X509_V_ERR_CERT_NOT_YET_VALID, false, "its certificate is not yet valid",
     CLOCK_HINT},
    {X509_V_ERR_CERT_HAS_EXPIRED, false, "its certificate has expired",
     "its operator must renew it; " CLOCK_HINT},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, true,
     "its certificate is self-signed", NULL},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, true,
     "its certificate is from an unknown, self-signed authority", NULL},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, true,
     "its certificate is from an unknown authority", NULL},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, true,
     "its certificate is from an unknown authority", NULL},
    {X509_V_ERR_CERT_REVOKED, false, "its certificate was revoked", NULL},
    {X509_V_ERR_INVALID_CA, false,
     "its certificate is from one that may certify nobody", NULL},
    {X509_V_ERR_INVALID_PURPOSE, false,
     "its certificate is not one for servers",
     "its operator must get one with the purpose serverAuth"},
    {X509_V_ERR_APPLICATION_VERIFICATION, false,
     "its certificate names no host",
     "a common name does not count; its operator must get one with "
     "subjectAltName"},
    {X509_V_ERR_EE_KEY_TOO_SMALL, false, "its certificate's key is too weak",
     "its operator must get one with RSA 2048, P-256 or better"},
    {X509_V_ERR_CA_KEY_TOO_SMALL, false,
     "its certificate's authority has too weak a key", NULL},
    {X509_V_ERR_CA_MD_TOO_WEAK, false,
     "its certificate has too weak a signature", NULL},
};

static void
free_names(GENERAL_NAMES *names)
{
    sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
}

static bool
names_a_host(const X509 *certificate)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    bool found = false;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        int type = sk_GENERAL_NAME_value(names, i)->type;

        found = found || type == GEN_DNS || type == GEN_IPADD;
    }
    free_names(names);
    return found;
}

static int64_t
seconds_of(const ASN1_TIME *time)
{
    struct tm date;
    int64_t seconds = 0;

    if (ASN1_TIME_to_tm(time, &date) == 1)
        (void)date_seconds(&date, &seconds);
    return seconds;
}

/* Of 4 or 16 bytes; the server may have written any number of them. */
static const char *
show_address(struct shown *out, const ASN1_STRING *address)
{
    int n = ASN1_STRING_length(address);

    if (n != sizeof(struct in_addr) && n != sizeof(struct in6_addr))
        return NULL;
    return inet_ntop(n == sizeof(struct in_addr) ? AF_INET : AF_INET6,
                     ASN1_STRING_get0_data(address), out->text,
                     sizeof out->text);
}

static const char *
show_host(struct shown *out, const GENERAL_NAME *name)
{
    if (name->type == GEN_IPADD)
        return show_address(out, name->d.iPAddress);
    if (name->type == GEN_DNS)
        return text_printable(
            out, (const char *)ASN1_STRING_get0_data(name->d.dNSName),
            (size_t)ASN1_STRING_length(name->d.dNSName));
    return NULL;
}

static void
add_name(struct http_trace *trace, const GENERAL_NAME *name)
{
    size_t used = strlen(trace->names);
    struct shown shown;
    const char *host = show_host(&shown, name);

    if (host)
        (void)snprintf(trace->names + used, sizeof trace->names - used, "%s%s",
                       used ? ", " : "", host);
}

/* Before anything is said of it: of one that is refused people want to know
 * most. */
static void
describe(const X509 *certificate, struct http_trace *trace)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    char authority[sizeof trace->authority] = "";
    struct shown shown;

    trace->names[0] = '\0';
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        add_name(trace, sk_GENERAL_NAME_value(names, i));
    free_names(names);
    (void)X509_NAME_get_text_by_NID(X509_get_issuer_name(certificate),
                                    NID_commonName, authority,
                                    sizeof authority);
    (void)text_printable(&shown, authority, strlen(authority));
    (void)strcpy(trace->authority, shown.text);
    trace->not_before = seconds_of(X509_get0_notBefore(certificate));
    trace->not_after = seconds_of(X509_get0_notAfter(certificate));
}

/* Where a connection's settings lead back to its request. */
static int
request_index(void)
{
    static int known = -1;

    if (known < 0)
        known = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    return known;
}

static struct http_trace *
trace_of(const X509_STORE_CTX *chain)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(
        chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct http_request *request =
        ssl ? SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), request_index())
            : NULL;

    return request ? request->trace : NULL;
}

/* Called for each certificate of a chain, the server's own last. */
static int
on_certificate(int is_good, X509_STORE_CTX *chain)
{
    struct http_trace *trace = trace_of(chain);

    if (trace)
        describe(X509_STORE_CTX_get0_cert(chain), trace);
    if (!is_good || X509_STORE_CTX_get_error_depth(chain) != 0 ||
        names_a_host(X509_STORE_CTX_get_current_cert(chain)))
        return is_good;
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

static CURLcode
on_context(CURL *easy, void *context, void *arg)
{
    struct transfer *transfer = arg;
    struct http_request *request = &transfer->request;
    const struct identity *identity = request->identity;
    SSL_CTX *ssl = context;

    (void)easy;
    transfer->tls_ms = clock_monotonic_ms();
    if (request->trace &&
        SSL_CTX_set_ex_data(ssl, request_index(), request) != 1)
        return CURLE_OUT_OF_MEMORY;
    if (identity && SSL_CTX_use_cert_and_key(
                        ssl, identity->certificate.own, identity->key.pkey,
                        identity->certificate.chain, 1) != 1)
        return CURLE_SSL_CERTPROBLEM;
    if (SSL_CTX_get_security_level(ssl) < SECURITY_LEVEL)
        SSL_CTX_set_security_level(ssl, SECURITY_LEVEL);
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, on_certificate);
    /* A connection keeps its buffers, for they cost as much as a request does,
     * but what was read from them does not stay there. */
    (void)SSL_CTX_clear_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_options(ssl, SSL_OP_CLEANSE_PLAINTEXT);
    return CURLE_OK;
}

bool
http_certificate_same_library(void)
{
    const char *theirs = curl_version_info(CURLVERSION_NOW)->ssl_version;
    const char *version = theirs ? strchr(theirs, '/') : NULL;
    const char *ours = OpenSSL_version(OPENSSL_VERSION_STRING);
    size_t n = strlen(ours);

    return version && strncmp(version + 1, ours, n) == 0 &&
           (version[n + 1] == '\0' || version[n + 1] == ' ');
}

bool
http_certificate_set(struct transfer *transfer)
{
    CURL *easy = transfer->easy;

    return !curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context) &&
           !curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, transfer);
}

const struct certificate_fault *
http_certificate_fault(long code)
{
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
        if (FAULTS[i].code == code)
            return &FAULTS[i];
    }
    return NULL;
}
