/* SPDX-License-Identifier: MIT */
/*
 * http_certificate.h - what a server's certificate must have beyond what
 * libcurl asks of it, and what its faults mean.  The one place that knows
 * libssl.  Private to http*.c.
 */
#ifndef TW_HELPER_HTTP_CERTIFICATE_H
#define TW_HELPER_HTTP_CERTIFICATE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "helper/http/http.h"
#include "helper/http/identity.h"

struct certificate_fault {
    long code;         /* an X509_V_ERR_... */
    bool is_authority; /* another ca_file would help */
    const char *words;
    const char *hint; /* or NULL */
};

/* http_certificate_same_library: that libcurl's OpenSSL is ours: it hands us
 * its objects. */
bool http_certificate_same_library(void);

struct transfer;

/* http_certificate_set: every TLS connection that is made for @transfer, a
 * proxy's too, asks for more, shows the request's identity to whoever asks,
 * tells its trace of the certificate that it was shown, and notes when it
 * began. */
bool http_certificate_set(struct transfer *transfer);

/* http_certificate_fault: what CURLINFO_SSL_VERIFYRESULT says of a peer whose
 * verification failed; NULL: nothing that we have words for. */
const struct certificate_fault *http_certificate_fault(long code);

#endif
